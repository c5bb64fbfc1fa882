/**
 * Numbers kept inside the engine, off unless a database is opened with `profile: true`.
 *
 * Each thread adds to an array of its own (in shared memory, so that a snapshot asks nobody); a snapshot is their sum.
 * Snapshots taken before and after a phase tell what happened in it, as every worker adds before it answers.
 *
 * @module
 */

/** What one counter means. */
export interface CounterInfo {
  /** Name, as in the snapshot. */
  readonly name: string;
  /** `us` or `count`. */
  readonly unit: "us" | "count";
  /** The thread that adds to it. */
  readonly thread: "writer" | "caller" | "reader";
  /** `sum` only grows; `invariant` must stay at 0. */
  readonly kind: "sum" | "invariant";
  /** What is counted, in one sentence. */
  readonly meaning: string;
}

const us = "us";
const count = "count";

function info(
  name: string,
  unit: "us" | "count",
  thread: CounterInfo["thread"],
  meaning: string,
): CounterInfo {
  return { name, unit, thread, kind: name === "parked_total" ? "invariant" : "sum", meaning };
}

/** All counters, in the order of a snapshot. */
export const counterRegistry: readonly CounterInfo[] = [
  info(
    "writer_handle_us",
    us,
    "writer",
    "Time in the writer from taking a request to having its reply ready",
  ),
  info("writer_step_us", us, "writer", "Part of it spent inside SQLite: binding, stepping, committing"),
  info(
    "writer_handle_count",
    count,
    "writer",
    "Requests that the writer handled; dispatch is handle minus step",
  ),
  info("writer_dirty_us", us, "writer", "Part of handling spent on finding what a commit made dirty"),
  info(
    "write_request_us",
    us,
    "caller",
    "Time from sending a request to the writer to the arrival of its reply",
  ),
  info("invalidate_us", us, "caller", "Synchronous time spent finding the streams that a commit concerns"),
  info("invalidate_count", count, "caller", "Commits looked at while at least one stream was live"),
  info("intersection_entries", count, "caller", "Streams compared with a commit's tables, columns or rows"),
  info("completion_us", us, "caller", "Synchronous time spent on replies of readers, delivery included"),
  info("completion_count", count, "caller", "Replies of readers to re-queries"),
  info("emit_us", us, "caller", "Time spent in delivering results, listeners included"),
  info("emit_count", count, "caller", "Results delivered, counted once per subscriber"),
  info("requery_count", count, "caller", "Re-queries sent to readers, the first query of a stream included"),
  info("requery_unchanged", count, "caller", "Re-queries whose result was equal to the one shown before"),
  info(
    "requery_discarded",
    count,
    "caller",
    "Re-queries whose result was superseded or cancelled, and not delivered",
  ),
  info("patch_count", count, "caller", "Results made of changed rows, without a re-query (option patch)"),
  info("row_spared", count, "caller", "Re-queries spared since no changed row could matter to the stream"),
  info("reader_step_us", us, "reader", "Time in readers spent inside SQLite and on hashing"),
  info("reader_wait_us", us, "caller", "Time that invalidated streams waited for their re-query to be sent"),
  info(
    "external_commits",
    count,
    "caller",
    "Looks that found commits of other connections; each invalidates every stream",
  ),
  info("reader_restarts", count, "caller", "Readers replaced after they died"),
  info("parked_total", count, "caller", "Requests that found no idle reader inside the pool"),
];

/** Position of a counter in every thread's array. */
export const counterIndex:
  & Readonly<Record<string, number>>
  & {
    readonly [K in CounterName]: number;
  } = Object.fromEntries(counterRegistry.map((counter, index) => [counter.name, index])) as Record<
    CounterName,
    number
  >;

/** Names of the counters. */
export type CounterName =
  | "writer_handle_us"
  | "writer_step_us"
  | "writer_handle_count"
  | "writer_dirty_us"
  | "write_request_us"
  | "invalidate_us"
  | "invalidate_count"
  | "intersection_entries"
  | "completion_us"
  | "completion_count"
  | "emit_us"
  | "emit_count"
  | "requery_count"
  | "requery_unchanged"
  | "requery_discarded"
  | "patch_count"
  | "row_spared"
  | "reader_step_us"
  | "reader_wait_us"
  | "external_commits"
  | "reader_restarts"
  | "parked_total";

/** Values of all counters at one moment. */
export type CounterSnapshot = Readonly<Record<CounterName, number>>;

/** The arrays of all threads of one database. */
export class Counters {
  /** False when the database was opened without `profile`: nothing adds, every snapshot is zero. */
  readonly enabled: boolean;
  /** The calling thread's own array. */
  readonly own: Float64Array = new Float64Array(counterRegistry.length);
  readonly #slices: Float64Array[] = [this.own];
  #baseline = new Float64Array(counterRegistry.length);

  constructor(enabled: boolean) {
    this.enabled = enabled;
  }

  /** An array for one worker, or null when profiling is off. */
  slice(): Float64Array | null {
    if (!this.enabled) return null;
    const slice = new Float64Array(new SharedArrayBuffer(counterRegistry.length * 8));
    this.#slices.push(slice);
    return slice;
  }

  /** Adds on the calling thread. */
  add(name: CounterName, amount: number): void {
    if (this.enabled) this.own[counterIndex[name]]! += amount;
  }

  /** Sums since the last reset. */
  snapshot(): CounterSnapshot {
    const totals = this.#totals();
    return Object.fromEntries(
      counterRegistry.map((counter, i) => [counter.name, totals[i]! - this.#baseline[i]!]),
    ) as CounterSnapshot;
  }

  /** Makes the present values the zero of later snapshots; the workers are not disturbed. */
  reset(): void {
    this.#baseline = this.#totals();
  }

  #totals(): Float64Array<ArrayBuffer> {
    const totals = new Float64Array(counterRegistry.length);
    for (const slice of this.#slices) for (let i = 0; i < totals.length; i++) totals[i]! += slice[i]!;
    return totals;
  }
}
