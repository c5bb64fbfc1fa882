/**
 * From a commit to the streams that it concerns.
 *
 * ```
 * commit.dirty  -> tables and columns -> candidates (cached per interned dirty set)
 * commit.rows   -> values -> of the candidates with a condition, those that a changed row can concern
 * ```
 *
 * The cost of a commit that touches none of the streams' columns is one map lookup; of one with known rows, one lookup per
 * changed value, however many streams have a condition on that column. Without known rows all candidates are concerned.
 *
 * @module
 */

import type { ChangedRows, Commit, Dependencies, DirtySet, TrackedTable } from "../protocol.ts";
import type { SqlValue } from "../values.ts";
import type { StreamEntry } from "./entry.ts";

interface Candidates {
  /** Concerned whatever the rows are. */
  readonly coarse: readonly StreamEntry[];
  readonly byTable: readonly ConditionIndex[];
}

/** What a lookup cost. */
export interface LookupCost {
  /** Streams compared. */
  entries: number;
  /** Streams that the rows have spared. */
  spared: number;
}

/** Index of live queries by what they depend on. */
export class DependencyIndex {
  readonly #entries = new Set<StreamEntry>();
  readonly #dirtySets = new Map<number, DirtySet>();
  readonly #tracked = new Map<number, TrackedTable>();
  readonly #candidates = new Map<number, Candidates>();

  /** Adds a stream, or takes note of its new dependencies. */
  add(entry: StreamEntry): void {
    this.#entries.add(entry);
    this.#candidates.clear();
  }

  /** Removes a stream. */
  remove(entry: StreamEntry): void {
    this.#entries.delete(entry);
    this.#candidates.clear();
  }

  /** Takes note of what the writer reports by row. */
  track(tracked: TrackedTable): void {
    this.#tracked.set(tracked.slot, tracked);
  }

  /** All streams. */
  get entries(): ReadonlySet<StreamEntry> {
    return this.#entries;
  }

  /** The commit's dirty set, remembered by number. */
  dirtySet(commit: Commit): DirtySet {
    if (commit.dirty !== null) {
      this.#dirtySets.set(commit.dirtyId, commit.dirty);
      this.#candidates.delete(commit.dirtyId);
      return commit.dirty;
    }
    return this.#dirtySets.get(commit.dirtyId)!;
  }

  /** Calls `concern` for each stream whose result the commit may have changed, once per stream or more. */
  concerned(commit: Commit, concern: (entry: StreamEntry) => void): LookupCost {
    const cost: LookupCost = { entries: 0, spared: 0 };
    const dirty = this.dirtySet(commit);
    if (this.#entries.size === 0) return cost;
    let candidates = this.#candidates.get(commit.dirtyId);
    if (candidates === undefined) {
      candidates = this.#find(dirty, cost);
      this.#candidates.set(commit.dirtyId, candidates);
    }
    for (const entry of candidates.coarse) concern(entry);
    cost.entries += candidates.coarse.length;
    for (const index of candidates.byTable) {
      const rows = commit.rows?.find((each) => this.#tracked.get(each.slot)?.table === index.table);
      const hits = rows === undefined ? null : index.hits(rows, this.#tracked.get(rows.slot)!);
      for (const entry of hits ?? index.entries) concern(entry);
      cost.entries += hits?.size ?? index.entries.length;
      if (hits !== null) cost.spared += index.entries.length - hits.size;
    }
    return cost;
  }

  #find(dirty: DirtySet, cost: LookupCost): Candidates {
    const coarse: StreamEntry[] = [];
    const byTable = new Map<string, StreamEntry[]>();
    for (const entry of this.#entries) {
      cost.entries++;
      const { dependencies } = entry;
      if (dirty.everything || dependencies === null || dependencies.everything) {
        coarse.push(entry);
        continue;
      }
      const overlaps = dirty.tables.filter(([table, columns]) =>
        dependencies.tables.some(([read, readColumns]) => read === table && meet(columns, readColumns))
      );
      if (overlaps.length === 0) continue;
      if (dependencies.condition === null) coarse.push(entry);
      else {
        const { table } = dependencies.condition;
        const list = byTable.get(table);
        if (list === undefined) byTable.set(table, [entry]);
        else list.push(entry);
      }
    }
    return { coarse, byTable: [...byTable].map(([table, entries]) => new ConditionIndex(table, entries)) };
  }
}

/** A write to all columns concerns every reader of the table; a write to some, those who read one of them. */
function meet(written: readonly string[] | null, read: readonly string[] | null): boolean {
  if (written === null || read === null) return true;
  return written.some((column) => read.includes(column));
}

/** True when every change that can matter to these dependencies is reported by row. */
function covers(tracked: TrackedTable, { tables, condition }: Dependencies): boolean {
  if (!tracked.columns.includes(condition!.column)) return false;
  const { watched } = tracked;
  if (watched === null) return true;
  const read = tables.find(([table]) => table === tracked.table)?.[1];
  return read !== null && read !== undefined && read.every((column) => watched.includes(column));
}

interface Range {
  readonly lower: number;
  readonly upper: number;
  readonly entry: StreamEntry;
}

/** Streams on one table by the values that their conditions ask for. */
class ConditionIndex {
  readonly table: string;
  readonly entries: readonly StreamEntry[];
  readonly #equals = new Map<string, Map<SqlValue, StreamEntry[]>>();
  readonly #ranges = new Map<string, Range[]>();
  #judged: TrackedTable | null = null;
  #isCovered = false;

  constructor(table: string, entries: readonly StreamEntry[]) {
    this.table = table;
    this.entries = entries;
    for (const entry of entries) {
      const { column, equals, lower, upper } = entry.dependencies!.condition!;
      if (equals !== null) {
        const byValue = getOrMake(this.#equals, column, () => new Map<SqlValue, StreamEntry[]>());
        getOrMake(byValue, equals, () => []).push(entry);
      } else {
        getOrMake(this.#ranges, column, () => []).push({
          lower: lower ?? -Infinity,
          upper: upper ?? Infinity,
          entry,
        });
      }
    }
  }

  /** Streams that one of the changed rows can concern; null when the rows do not tell a column that is asked for. */
  hits(rows: ChangedRows, tracked: TrackedTable): Set<StreamEntry> | null {
    if (this.#judged !== tracked) {
      this.#judged = tracked;
      this.#isCovered = this.entries.every((entry) => covers(tracked, entry.dependencies!));
    }
    if (!this.#isCovered) return null;
    const hits = new Set<StreamEntry>();
    const { columns } = tracked;
    const width = columns.length;
    for (const [column, byValue] of this.#equals) {
      const at = columns.indexOf(column);
      if (at < 0) return null;
      for (let i = at; i < rows.values.length; i += width) {
        const found = byValue.get(rows.values[i]!);
        if (found !== undefined) { for (const entry of found) hits.add(entry); }
      }
    }
    for (const [column, ranges] of this.#ranges) {
      const at = columns.indexOf(column);
      if (at < 0) return null;
      for (let i = at; i < rows.values.length; i += width) {
        const value = rows.values[i]!;
        if (typeof value !== "number" && typeof value !== "bigint") continue;
        for (const { lower, upper, entry } of ranges) if (value >= lower && value <= upper) hits.add(entry);
      }
    }
    return hits;
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
