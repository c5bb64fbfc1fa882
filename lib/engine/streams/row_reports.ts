/**
 * Which tables the writer is asked to report by row: those of which some live query depends by row, for as long as one does.
 *
 * @module
 */

import type { Commit, Dependencies, TrackedTable } from "../protocol.ts";
import type { DependencyIndex } from "./dependency_index.ts";

/** What is asked of the writer. */
export interface TrackingWriter {
  track(
    table: string,
    columns: readonly string[],
    watched: readonly string[] | null,
    rowColumns: readonly string[],
  ): Promise<TrackedTable | null>;
  untrack(table: string): Promise<void>;
}

/** Commits, or their values by the dozen, whose rows nobody needed. */
const maxIdle = 16;

/** Asks for reports, and ends those that nobody needs. */
export class RowReports {
  readonly #writer: TrackingWriter;
  readonly #index: DependencyIndex;
  /** What was asked for. */
  readonly #tracked = new Set<string>();
  /** By table, how much of what was reported nobody needed. */
  readonly #idle = new Map<string, number>();

  constructor(writer: TrackingWriter, index: DependencyIndex) {
    this.#writer = writer;
    this.#index = index;
  }

  /** Asks for what a live query with these dependencies needs. */
  askFor({ tables, conditions, patch = null }: Dependencies): void {
    for (const { table, any } of conditions) {
      const watched = tables.find(([name]) => name === table)![1];
      const columns = [...new Set(any.map(({ column }) => column))];
      const rowColumns = patch === null ? [] : [...new Set([patch.key, patch.column, ...patch.columns])];
      const key = `${JSON.stringify(table)}:${JSON.stringify([columns, watched, rowColumns])}`;
      if (this.#tracked.has(key)) continue;
      this.#tracked.add(key);
      // Until the answer is here, and if there is none, commits concern this stream by table and column.
      this.#writer.track(table, columns, watched, rowColumns).then(
        (tracked) => tracked === null ? undefined : this.#index.track(tracked),
        () => {},
      );
    }
  }

  /** With another schema the writer reports nothing any more. */
  forget(): void {
    this.#tracked.clear();
    this.#idle.clear();
    this.#index.untrack(null);
  }

  /** Reports that nobody needs cost every write. They end when they have come for a while: a query may be subscribed to again. */
  endIdle({ rows }: Commit): void {
    for (const { slot, columns } of rows ?? []) {
      const table = this.#index.trackedTable(slot);
      if (table === null) continue;
      if (this.#index.needs(table)) {
        this.#idle.delete(table);
        continue;
      }
      const values = columns.reduce(
        (sum, each) => sum + (each !== null && "length" in each ? each.length : 1000),
        0,
      );
      const idle = (this.#idle.get(table) ?? 0) + 1 + values / 16;
      this.#idle.set(table, idle);
      if (idle < maxIdle) continue;
      this.#idle.delete(table);
      for (const key of this.#tracked) {
        if (key.startsWith(`${JSON.stringify(table)}:`)) this.#tracked.delete(key);
      }
      this.#index.untrack(table);
      this.#writer.untrack(table).catch(() => {});
    }
  }
}
