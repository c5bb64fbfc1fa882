/**
 * A result after some changes of rows, made of the result before them.
 *
 * @module
 */

import type { PatchPlan, RowChange } from "../protocol.ts";
import type { Row, Rows, SqlValue } from "../values.ts";

/**
 * The rows after these changes, in order; the very same array when none of them shows; null when they do not fit to the rows,
 * which then are not those that the changes were made to. `rowColumns` names what a change tells of each side.
 */
export function patchRows(
  rows: Rows,
  plan: PatchPlan,
  rowColumns: readonly string[],
  changes: readonly RowChange[],
): Rows | null {
  const width = rowColumns.length;
  const place = (column: string) => rowColumns.indexOf(column);
  const key = place(plan.key);
  const filter = place(plan.column);
  const shown = plan.columns.map(place);
  if (key < 0 || filter < 0 || shown.includes(-1)) return null;
  const shownKey = plan.columns.indexOf(plan.key);
  const keyName = shownKey < 0 ? null : plan.names[shownKey]!;
  let patched: Row[] | null = null;
  for (const change of changes) {
    const was = change[filter] === plan.value && change[key] !== null;
    const is = change[width + filter] === plan.value && change[width + key] !== null;
    if (!was && !is) continue;
    const now: Rows = patched ?? rows;
    const from = was ? find(now, keyName, change[key]!) : null;
    if (from !== null && !from.isThere) return null;
    if (from !== null && is && change[key] === change[width + key]) {
      const isEqual = shown.every((at) => Object.is(change[at], change[width + at]));
      if (isEqual) continue;
      patched ??= [...rows];
      patched[from.at] = rowOf(plan, shown, change, width);
      continue;
    }
    patched ??= [...rows];
    if (from !== null) patched.splice(from.at, 1);
    if (!is) continue;
    const to = find(patched, keyName, change[width + key]!);
    if (to.isThere) return null;
    patched.splice(to.at, 0, rowOf(plan, shown, change, width));
  }
  return patched ?? rows;
}

/** Where the row with this key is, or belongs. Without the name of its key a result has one row at most. */
function find(
  rows: Rows,
  keyName: string | null,
  key: SqlValue,
): { readonly at: number; readonly isThere: boolean } {
  if (keyName === null) return { at: 0, isThere: rows.length > 0 };
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]![keyName] as number) < (key as number)) low = middle + 1;
    else high = middle;
  }
  return { at: low, isThere: low < rows.length && rows[low]![keyName] === key };
}

/** True when both show the same, row by row. */
export function showSame(one: Rows, other: Rows, names: readonly string[]): boolean {
  return one.length === other.length &&
    one.every((row, i) => row === other[i] || names.every((name) => Object.is(row[name], other[i]![name])));
}

function rowOf({ names }: PatchPlan, shown: readonly number[], change: RowChange, from: number): Row {
  const row: Record<string, SqlValue> = {};
  for (const [i, name] of names.entries()) row[name] = change[from + shown[i]!]!;
  return row;
}
