/**
 * From a commit to the streams that it concerns.
 *
 * ```
 * commit.dirty  -> tables and columns -> candidates (cached per interned dirty set, kept up to date as streams come and go)
 * commit.rows   -> values -> of the candidates with a condition, those that a changed row can concern
 * ```
 *
 * The cost of a commit that touches none of the streams' columns is one map lookup; of one with known rows, one lookup per
 * changed value, however many streams have a condition on that column. Without known rows all candidates are concerned.
 *
 * @module
 */

import type { Commit, DirtySet, TrackedTable } from "../protocol.ts";
import { ConditionIndex } from "./condition_index.ts";
import type { StreamEntry } from "./entry.ts";

interface Candidates {
  readonly dirty: DirtySet;
  /** Concerned whatever the rows are. */
  readonly coarse: Set<StreamEntry>;
  readonly byTable: Map<string, ConditionIndex<StreamEntry>>;
}

/** What a lookup cost. */
export interface LookupCost {
  /** Streams compared. */
  entries: number;
  /** Streams that the rows have spared. */
  spared: number;
}

/** More sets than this are looked for anew: each of them is kept up to date with every stream that comes or goes. */
const maxCandidates = 32;

/** Index of live queries by what they depend on. */
export class DependencyIndex {
  readonly #entries = new Set<StreamEntry>();
  readonly #dirtySets = new Map<number, DirtySet>();
  /** What is reported of a table, by its name. */
  readonly #tracked = new Map<string, TrackedTable>();
  readonly #candidates = new Map<number, Candidates>();
  /** Streams with a condition, by table. */
  readonly #conditioned = new Map<string, number>();
  readonly #placed = new Map<StreamEntry, readonly string[]>();

  /** Adds a stream, or takes note of its new dependencies. */
  add(entry: StreamEntry): void {
    const isKnown = this.#entries.has(entry);
    this.#entries.add(entry);
    this.#count(entry, entry.dependencies?.conditions.map(({ table }) => table) ?? []);
    for (const candidates of this.#candidates.values()) {
      if (isKnown) take(candidates, entry);
      this.#place(candidates, entry);
    }
  }

  /** Removes a stream. */
  remove(entry: StreamEntry): void {
    this.#entries.delete(entry);
    this.#count(entry, []);
    for (const candidates of this.#candidates.values()) take(candidates, entry);
  }

  /** Takes note of what the writer reports by row. */
  track(tracked: TrackedTable): void {
    this.#tracked.set(tracked.table, tracked);
    for (const { byTable } of this.#candidates.values()) byTable.get(tracked.table)?.track(tracked);
  }

  /** The writer reports no rows of the table any more, or of any table. */
  untrack(table: string | null): void {
    if (table === null) this.#tracked.clear();
    else this.#tracked.delete(table);
    for (const { byTable } of this.#candidates.values()) {
      for (const [name, index] of byTable) if (table === null || table === name) index.track(null);
    }
  }

  /** True when some stream has a condition on rows of the table. */
  needs(table: string): boolean {
    return this.#conditioned.has(table);
  }

  /** The table whose rows are reported in this slot. */
  trackedTable(slot: number): string | null {
    for (const tracked of this.#tracked.values()) if (tracked.slot === slot) return tracked.table;
    return null;
  }

  /** What is reported of a table by row, or null. */
  reported(table: string): TrackedTable | null {
    return this.#tracked.get(table) ?? null;
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
      candidates = this.#find(dirty);
      cost.entries += this.#entries.size;
      if (this.#candidates.size >= maxCandidates) {
        this.#candidates.delete(this.#candidates.keys().next().value!);
      }
      this.#candidates.set(commit.dirtyId, candidates);
    }
    // A listener may end subscriptions meanwhile.
    for (const entry of [...candidates.coarse]) concern(entry);
    cost.entries += candidates.coarse.size;
    for (const [table, index] of candidates.byTable) {
      const slot = this.#tracked.get(table)?.slot;
      const rows = commit.rows?.find((each) => each.slot === slot) ?? null;
      const hits = [...index.hits(rows)];
      for (const entry of hits) concern(entry);
      cost.entries += hits.length;
      cost.spared += index.size - hits.length;
    }
    return cost;
  }

  #find(dirty: DirtySet): Candidates {
    const candidates: Candidates = { dirty, coarse: new Set(), byTable: new Map() };
    for (const entry of this.#entries) this.#place(candidates, entry);
    return candidates;
  }

  /** Where each dirty table that the stream reads has a condition, its rows decide; otherwise nothing does. */
  #place({ dirty, coarse, byTable }: Candidates, entry: StreamEntry): void {
    const { dependencies } = entry;
    if (dirty.everything || dependencies === null || dependencies.everything) {
      coarse.add(entry);
      return;
    }
    const read = dirty.tables.flatMap(([table, columns]) =>
      dependencies.tables.filter(([name, readColumns]) => name === table && meet(columns, readColumns))
    );
    const conditions = read.map(([table]) => dependencies.conditions.find((each) => each.table === table));
    if (conditions.includes(undefined)) coarse.add(entry);
    else {
      read.forEach(([table, columns], i) => {
        let index = byTable.get(table);
        if (index === undefined) {
          byTable.set(table, index = new ConditionIndex());
          index.track(this.#tracked.get(table) ?? null);
        }
        index.add(entry, conditions[i]!.any, columns);
      });
    }
  }

  #count(entry: StreamEntry, tables: readonly string[]): void {
    for (const table of this.#placed.get(entry) ?? []) {
      const left = this.#conditioned.get(table)! - 1;
      if (left > 0) this.#conditioned.set(table, left);
      else this.#conditioned.delete(table);
    }
    for (const table of tables) this.#conditioned.set(table, (this.#conditioned.get(table) ?? 0) + 1);
    if (tables.length > 0) this.#placed.set(entry, tables);
    else this.#placed.delete(entry);
  }
}

function take({ coarse, byTable }: Candidates, entry: StreamEntry): void {
  coarse.delete(entry);
  for (const index of byTable.values()) index.remove(entry);
}

/** A write to all columns concerns every reader of the table; a write to some, those who read one of them. */
function meet(written: readonly string[] | null, read: readonly string[] | null): boolean {
  if (written === null || read === null) return true;
  return written.some((column) => read.includes(column));
}
