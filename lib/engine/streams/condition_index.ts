/**
 * Live queries on one table by the values that their conditions ask for: from changed rows to the few that they can concern,
 * at a cost that hardly depends on how many there are.
 *
 * @module
 */

import type { ChangedRows, ColumnValues, RowCondition, TrackedTable } from "../protocol.ts";
import type { SqlValue } from "../values.ts";
import { RangeIndex } from "./range_index.ts";

/** Conditions on one table. */
export class ConditionIndex<Entry> {
  readonly #conditions = new Map<Entry, Placed>();
  readonly #columns = new Map<string, ColumnIndex<Entry>>();
  #tracked: TrackedTable | null = null;
  /** Entries of whose rows the writer does not tell everything. */
  readonly #uncovered = new Set<Entry>();

  /** All entries. */
  get entries(): Iterable<Entry> {
    return this.#conditions.keys();
  }

  /** Number of entries. */
  get size(): number {
    return this.#conditions.size;
  }

  /** Adds an entry that reads these columns (null for all) of rows that satisfy one of the conditions. */
  add(entry: Entry, any: readonly RowCondition[], read: readonly string[] | null): void {
    this.remove(entry);
    this.#conditions.set(entry, { any, read });
    if (!this.#covers(any, read)) this.#uncovered.add(entry);
    for (const condition of any) {
      let index = this.#columns.get(condition.column);
      if (index === undefined) this.#columns.set(condition.column, index = new ColumnIndex());
      index.add(entry, condition);
    }
  }

  /** Removes an entry, when it is there. */
  remove(entry: Entry): void {
    const placed = this.#conditions.get(entry);
    if (placed === undefined) return;
    this.#conditions.delete(entry);
    this.#uncovered.delete(entry);
    for (const condition of placed.any) {
      const index = this.#columns.get(condition.column);
      if (index === undefined) continue;
      index.remove(entry, condition);
      if (index.size === 0) this.#columns.delete(condition.column);
    }
  }

  /** What the writer reports of the table from now on. */
  track(tracked: TrackedTable | null): void {
    if (tracked === this.#tracked) return;
    this.#tracked = tracked;
    this.#uncovered.clear();
    for (const [entry, { any, read }] of this.#conditions) {
      if (!this.#covers(any, read)) this.#uncovered.add(entry);
    }
  }

  /** Entries that one of the changed rows can concern; null stands for rows that are not known. */
  hits(rows: ChangedRows | null): Iterable<Entry> {
    const tracked = this.#tracked;
    if (rows === null || tracked === null || rows.slot !== tracked.slot) return this.entries;
    const hits = new Set<Entry>(this.#uncovered);
    for (const [column, index] of this.#columns) {
      const at = tracked.columns.indexOf(column);
      if (at >= 0) index.collect(rows.columns[at]!, hits);
    }
    return hits;
  }

  /** True when every change that can matter is reported by row. */
  #covers(any: readonly RowCondition[], read: readonly string[] | null): boolean {
    const tracked = this.#tracked;
    if (tracked === null || !any.every(({ column }) => tracked.columns.includes(column))) return false;
    const { watched } = tracked;
    return watched === null || (read !== null && read.every((column) => watched.includes(column)));
  }
}

interface Placed {
  readonly any: readonly RowCondition[];
  readonly read: readonly string[] | null;
}

/** Conditions on one column. */
class ColumnIndex<Entry> {
  readonly #byValue = new Map<SqlValue, Set<Entry>>();
  readonly #ranges = new RangeIndex<Entry>();

  get size(): number {
    return this.#byValue.size + this.#ranges.size;
  }

  add(entry: Entry, { equals, lower, upper }: RowCondition): void {
    if (equals === null) this.#ranges.add(entry, lower ?? -Infinity, upper ?? Infinity);
    for (const value of equals ?? []) {
      const known = this.#byValue.get(value);
      if (known === undefined) this.#byValue.set(value, new Set([entry]));
      else known.add(entry);
    }
  }

  remove(entry: Entry, { equals }: RowCondition): void {
    if (equals === null) this.#ranges.remove(entry);
    for (const value of equals ?? []) {
      const known = this.#byValue.get(value);
      known?.delete(entry);
      if (known?.size === 0) this.#byValue.delete(value);
    }
  }

  collect(values: ColumnValues, hits: Set<Entry>): void {
    const all = (entries: Iterable<Entry>) => {
      for (const entry of entries) hits.add(entry);
    };
    if (values === null) {
      for (const entries of this.#byValue.values()) all(entries);
      this.#ranges.overlapping(-Infinity, Infinity, hits);
    } else if ("lower" in values) {
      for (const [value, entries] of this.#byValue) {
        if (typeof value === "number" && value >= values.lower && value <= values.upper) all(entries);
      }
      this.#ranges.overlapping(values.lower, values.upper, hits);
    } else {
      for (const value of values) {
        const entries = this.#byValue.get(value);
        if (entries !== undefined) all(entries);
        if (this.#ranges.size === 0) continue;
        // Texts and blobs are greater than every number, so only a range without an upper end has them.
        if (typeof value === "number") this.#ranges.overlapping(value, value, hits);
        else if (typeof value === "bigint") {
          this.#ranges.overlapping(Number(value) - 2048, Number(value) + 2048, hits);
        } else this.#ranges.overlapping(Infinity, Infinity, hits);
      }
    }
  }
}
