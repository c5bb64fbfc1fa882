/**
 * Shows what a commit has changed without asking SQLite, where the changed rows alone tell it.
 *
 * All or none: when one of the live queries that a commit concerns has to be asked, all of them are, since those that were
 * patched would show a later commit than it does. And only what is up to date is patched: a result that lacks a commit, or
 * has one that is not known yet, is not the one that the changes were made to.
 *
 * ```
 * commit with rows -> every stream that it concerns has a plan, nothing is outdated -> patched -> end of the turn's code -> shown
 *                                                                  else             -> asked again, with what waits to be shown
 * ```
 *
 * @module
 */

import type { Counters } from "../counters.ts";
import type { Commit, PatchPlan } from "../protocol.ts";
import type { Trace } from "../trace.ts";
import type { Rows } from "../values.ts";
import type { Delivery, Emission } from "./delivery.ts";
import type { DependencyIndex } from "./dependency_index.ts";
import type { StreamEntry } from "./entry.ts";
import { patchRows, showSame } from "./patch.ts";

interface Patched {
  readonly rows: Rows;
  readonly plan: PatchPlan;
}

/** What a patcher has to do with. */
export interface PatcherParts {
  readonly index: DependencyIndex;
  readonly delivery: Delivery;
  readonly counters: Counters;
  readonly trace: Trace;
}

/** Patches results, and shows them before anything that waits for the event loop goes on. */
export class Patcher {
  readonly #parts: PatcherParts;
  /** Results that are not shown yet. */
  readonly #patched = new Map<StreamEntry, Patched>();

  constructor(parts: PatcherParts) {
    this.#parts = parts;
  }

  /** True while something is patched and not shown. */
  get isPending(): boolean {
    return this.#patched.size > 0;
  }

  /** True when these, all that the commit concerns, need not be asked. To be called when nothing is outdated. */
  takes(commit: Commit, entries: ReadonlySet<StreamEntry>): boolean {
    const made = new Map<StreamEntry, Patched>();
    for (const entry of entries) {
      const plan = entry.dependencies?.patch ?? null;
      const rows = this.#patched.get(entry)?.rows ?? entry.rows;
      if (plan === null || rows === null || entry.error !== null) return false;
      const patched = this.#patch(rows, plan, commit);
      if (patched === null) return false;
      if (patched !== rows) made.set(entry, { rows: patched, plan });
    }
    for (const entry of entries) entry.dirtySeq = commit.seq;
    if (!this.isPending && made.size > 0) queueMicrotask(() => this.#show());
    for (const [entry, patched] of made) this.#patched.set(entry, patched);
    return true;
  }

  /** Gives up what is not shown yet: it must be asked for together with others. */
  giveUp(): StreamEntry[] {
    const entries = [...this.#patched.keys()].filter((entry) => !entry.isClosed);
    this.#patched.clear();
    return entries;
  }

  #patch(rows: Rows, plan: PatchPlan, commit: Commit): Rows | null {
    const tracked = this.#parts.index.reported(plan.table);
    if (tracked === null) return null;
    const { watched, slot, rowColumns } = tracked;
    const isTold = (column: string) => watched === null || watched.includes(column);
    if (!isTold(plan.key) || !isTold(plan.column) || !plan.columns.every(isTold)) return null;
    const changes = commit.rows?.find((each) => each.slot === slot)?.changes ?? null;
    return changes === null ? null : patchRows(rows, plan, rowColumns, changes);
  }

  #show(): void {
    const { delivery, counters, trace } = this.#parts;
    const emissions: Emission[] = [];
    for (const [entry, { rows, plan }] of this.#patched) {
      // Several commits together may have changed nothing.
      if (entry.isClosed || showSame(entry.rows!, rows, plan.names)) continue;
      entry.rows = rows;
      entry.hash = null;
      entry.patchedBy = plan;
      counters.add("patch_count", 1);
      trace.add("deliver", entry.id, entry.dirtySeq);
      delivery.collect(entry, entry.dirtySeq, (subscriber) => subscriber.rows(rows), emissions);
    }
    this.#patched.clear();
    delivery.deliver(emissions);
  }
}
