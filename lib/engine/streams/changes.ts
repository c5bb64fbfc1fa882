/**
 * What has changed between two results, row by row. Rows are told apart by a key, and are the same objects as before where
 * nothing in them has changed.
 *
 * @module
 */

import { misuse } from "../errors.ts";
import { queryKey, type Row, type Rows, type SqlValue } from "../values.ts";

/** Rows that came, went and changed since the result that was shown before; the first result is all added. */
export interface RowChanges<T extends object = Row> {
  /** In the order of the new result. */
  readonly added: readonly T[];
  /** In the order of the old result. */
  readonly removed: readonly T[];
  /** Rows whose key stayed and whose values did not, in the order of the new result. */
  readonly updated: readonly { readonly before: T; readonly after: T }[];
}

/** A result whose rows can be found by key. */
export interface KeyedRows {
  readonly rows: Rows;
  readonly byKey: ReadonlyMap<string, Row>;
}

/**
 * Finds the key of each row. Rows that equal the one with their key in `before` are replaced by that one. Takes time in
 * proportion to the rows.
 *
 * @throws {EngineError} with code `MISUSE` when the result lacks a column of the key, or two rows have one key.
 */
export function keyRows(
  rows: Rows,
  key: readonly string[],
  before: KeyedRows | null,
  sql: string,
): KeyedRows {
  const byKey = new Map<string, Row>();
  const kept = rows.map((row) => {
    const values = key.map((column) => {
      if (Object.hasOwn(row, column)) return row[column]!;
      throw misuse("watch", `the result must have the column "${column}" of the key`, sql);
    });
    const name = queryKey("", values);
    const known = before?.byKey.get(name);
    const made = known !== undefined && equalRows(known, row) ? known : row;
    if (byKey.has(name)) {
      const shown = values.map((value) => typeof value === "string" ? `"${value}"` : String(value)).join(
        ", ",
      );
      throw misuse("watch", `the key ${key.join(", ")} must tell rows apart, two of them have ${shown}`, sql);
    }
    byKey.set(name, made);
    return made;
  });
  return { rows: kept, byKey };
}

/** What has changed from one result to the next; rows that stayed the same object have not. */
export function changesBetween(before: KeyedRows | null, after: KeyedRows): RowChanges {
  const added: Row[] = [];
  const updated: { before: Row; after: Row }[] = [];
  for (const [name, row] of after.byKey) {
    const known = before?.byKey.get(name);
    if (known === undefined) added.push(row);
    else if (known !== row && !equalRows(known, row)) updated.push({ before: known, after: row });
  }
  const removed: Row[] = [];
  for (const [name, row] of before?.byKey ?? []) if (!after.byKey.has(name)) removed.push(row);
  return { added, removed, updated };
}

function equalRows(a: Row, b: Row): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && equalValues(a[name]!, b[name]!));
}

function equalValues(a: SqlValue, b: SqlValue): boolean {
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return Object.is(a, b);
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
