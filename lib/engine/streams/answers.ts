/**
 * What becomes of answers to re-queries: whether they are shown, and whether their streams are asked again.
 *
 * @module
 */

import type { Counters } from "../counters.ts";
import { EngineError, type ErrorShape } from "../errors.ts";
import type { Dependencies, RequeryOutcome } from "../protocol.ts";
import { toRows } from "../sqlite/result.ts";
import type { Trace } from "../trace.ts";
import type { Delivery, Emission } from "./delivery.ts";
import type { DependencyIndex } from "./dependency_index.ts";
import type { StreamEntry, Subscriber } from "./entry.ts";
import { type Arrival, type CoalescingPolicy, decide } from "./policy.ts";
import type { RequeryQueue } from "./requery_queue.ts";
import type { RowReports } from "./row_reports.ts";

/** Settings that decide what is shown. */
export interface AnswerSettings {
  readonly policy: CoalescingPolicy;
  readonly outdatedBoundMs: number;
  readonly grain: "row" | "column" | "table";
}

/** What answers have an effect on. */
export interface AnswerParts {
  readonly counters: Counters;
  readonly trace: Trace;
  readonly index: DependencyIndex;
  readonly reports: RowReports;
  readonly queue: RequeryQueue;
  readonly delivery: Delivery;
  readonly writer: { readonly busy: boolean };
}

/** Judges answers and has them delivered. */
export class Answers {
  readonly #settings: AnswerSettings;
  readonly #counters: Counters;
  readonly #trace: Trace;
  readonly #index: DependencyIndex;
  readonly #reports: RowReports;
  readonly #queue: RequeryQueue;
  readonly #delivery: Delivery;
  readonly #writer: { readonly busy: boolean };
  /** What was learnt of the answers that are being settled. */
  readonly #learnt: Dependencies[] = [];

  constructor(settings: AnswerSettings, parts: AnswerParts) {
    this.#settings = settings;
    this.#counters = parts.counters;
    this.#trace = parts.trace;
    this.#index = parts.index;
    this.#reports = parts.reports;
    this.#queue = parts.queue;
    this.#delivery = parts.delivery;
    this.#writer = parts.writer;
  }

  /** Each entry for itself. `seq`: commits up to this one are in the answers. */
  completeEach(entries: readonly StreamEntry[], requeries: readonly RequeryOutcome[], seq: number): void {
    this.#complete(entries, requeries, seq, (entry, nowMs) => this.#decide([entry], seq, nowMs));
  }

  /** All or none: a screen of which a part is shown would show two commits. */
  completeScreen(
    members: readonly StreamEntry[],
    requeries: readonly RequeryOutcome[],
    seq: number,
    newestSeq: number,
  ): void {
    const open = members.filter((entry) => !entry.isClosed);
    // A commit that may be in the snapshot is no reason to show none of it.
    const verdict = this.#decide(open, newestSeq, performance.now());
    this.#complete(members, requeries, seq, () => verdict);
  }

  /** Shows these an error instead of an answer. */
  fail(entries: Iterable<StreamEntry>, error: EngineError): void {
    const emissions: Emission[] = [];
    for (const entry of entries) {
      if (entry.isClosed) continue;
      this.#delivery.collect(entry, Infinity, this.#showError(entry, error), emissions);
    }
    this.#delivery.deliver(emissions);
  }

  #complete(
    entries: readonly StreamEntry[],
    requeries: readonly RequeryOutcome[],
    seq: number,
    verdictOf: (entry: StreamEntry, nowMs: number) => "deliver" | "discard",
  ): void {
    const nowMs = performance.now();
    for (const entry of entries) entry.isInFlight = false;
    const emissions: Emission[] = [];
    entries.forEach((entry, i) => {
      if (entry.isClosed) return;
      this.#settle(entry, requeries[i]!, seq, nowMs, verdictOf(entry, nowMs), emissions);
    });
    // A writer on this thread answers at once, and whoever hears of it asks for what is outdated: all of it is queued by now.
    for (const dependencies of this.#learnt.splice(0)) this.#reports.askFor(dependencies);
    this.#delivery.deliver(emissions);
    this.#counters.add("completion_us", (performance.now() - nowMs) * 1000);
    this.#counters.add("completion_count", 1);
  }

  #decide(entries: readonly StreamEntry[], seq: number, nowMs: number): "deliver" | "discard" {
    const { policy, outdatedBoundMs } = this.#settings;
    return decide(policy, this.#arrival(entries, seq, nowMs), outdatedBoundMs);
  }

  #arrival(entries: readonly StreamEntry[], seq: number, nowMs: number): Arrival {
    let superseded = false;
    let invalidatedInFlight = false;
    let sinceMs = nowMs;
    for (const entry of entries) {
      superseded ||= entry.dirtySeq > seq;
      invalidatedInFlight ||= entry.invalidatedInFlight;
      if (entry.outdatedSinceMs > 0) sinceMs = Math.min(sinceMs, entry.outdatedSinceMs);
    }
    return { superseded, invalidatedInFlight, outdatedMs: nowMs - sinceMs };
  }

  #settle(
    entry: StreamEntry,
    requery: RequeryOutcome,
    seq: number,
    nowMs: number,
    decided: "deliver" | "discard",
    emissions: Emission[],
  ): void {
    if (requery.dependencies !== null && seq >= entry.schemaSeq) this.#adopt(entry, requery);
    const superseded = entry.dirtySeq > seq;
    const isUnchanged = requery.result === null && requery.error === null;
    const verdict = isUnchanged ? "unchanged" : decided;
    this.#trace.add(verdict, entry.id, seq, nowMs);
    // Whatever becomes of this result, the stream is asked again when it may not show the last relevant commit. A query that
    // was cancelled must be asked again, too, even if its snapshot happened to be new enough.
    const again = superseded || verdict === "discard";
    if (verdict === "discard") this.#counters.add("requery_discarded", 1);
    else {
      if (verdict === "unchanged") this.#counters.add("requery_unchanged", 1);
      entry.outdatedSinceMs = superseded ? entry.dirtySinceSentMs || nowMs : 0;
    }
    if (again) {
      this.#queue.add(entry, nowMs, true);
      // No further answer of the writer may come to end the hold.
      if (!this.#writer.busy) this.#queue.writerAnswered();
    }
    if (verdict === "deliver") {
      this.#delivery.collect(entry, seq, this.#adoptResult(entry, requery), emissions);
    } else if (verdict === "unchanged") this.#delivery.welcome(entry, seq, emissions);
  }

  #adopt(entry: StreamEntry, { dependencies }: RequeryOutcome): void {
    const { grain } = this.#settings;
    let found = dependencies!;
    if (grain === "table") {
      found = {
        ...found,
        tables: found.tables.map(([table]) => [table, null] as const),
      };
    }
    if (grain !== "row") found = { ...found, conditions: [], reason: `the grain is "${grain}"`, patch: null };
    entry.dependencies = found;
    this.#index.add(entry);
    this.#learnt.push(found);
  }

  #adoptResult(entry: StreamEntry, requery: RequeryOutcome): (subscriber: Subscriber) => void {
    if (requery.error !== null) return this.#showError(entry, requery.error);
    const rows = toRows(requery.result!);
    entry.rows = rows;
    entry.hash = requery.hash;
    entry.error = null;
    entry.patchedBy = null;
    return (subscriber) => subscriber.rows(rows);
  }

  /** An error is shown once, not at every attempt; what follows it is shown even if it equals what was before. */
  #showError(entry: StreamEntry, shape: ErrorShape): (subscriber: Subscriber) => void {
    const known = entry.error;
    entry.hash = null;
    entry.rows = null;
    entry.patchedBy = null;
    if (known !== null && known.code === shape.code && known.reason === shape.reason) return () => {};
    const error = new EngineError({ ...shape, verb: "watch", sql: entry.sql });
    entry.error = error;
    return (subscriber) => subscriber.error(error);
  }
}
