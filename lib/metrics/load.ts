/**
 * What a caller sees that does not wait for answers: delays count from when an operation was due, not from when its turn
 * came (Tene's _coordinated omission_, as wrk2 avoids it). Closed loops have no such values.
 */
import type { Metric } from "../model/mod.ts";
import { quantile, sortSamples } from "../stats/mod.ts";
import {
  type IterationMetric,
  type PhaseEvidence,
  type PhaseMetric,
  type PooledMetric,
  pooledTime,
  TIME,
} from "./declare.ts";

const ANSWERED_RATE: IterationMetric = {
  id: "answered_per_second",
  scope: "phase",
  title: "answered/s",
  ...TIME,
  unit: "per-second",
  direction: "context",
  meaning:
    "Recorded operations that were acknowledged, divided by the time from the beginning of their plan until the " +
    "last was; a database that keeps up has the rate that was asked",
  shown: { detail: 22 },
  compute: (evidence) => {
    const { log, firstRecorded } = evidence;
    const beginNs = log.dueNs?.[firstRecorded];
    const endsNs = Array.from(log.endNs.subarray(firstRecorded)).filter(Number.isFinite);
    if (beginNs === undefined || endsNs.length < 2) return undefined;
    // From the first to the last there is one operation less than there are.
    return (endsNs.length - 1) / ((endsNs.reduce((a, b) => Math.max(a, b)) - beginNs) / 1e9);
  },
};

const WAIT_LATENESS: PooledMetric = {
  ...pooledTime(
    "generator_late_p99_ns",
    "generator late",
    0.99,
    (evidence) => recorded(evidence, ({ waitLateNs }) => waitLateNs),
  ),
  meaning:
    "99th percentile of how late the bench itself came to an operation that was due, the time in which the " +
    "calling thread worked for the database not counted",
  shown: { cost: 60 },
};

/** Found over the blocks of a cell, not in one of them: see `highestRate`. */
export const HIGHEST_RATE: Metric = {
  id: "highest_rate_per_second",
  scope: "block",
  title: "highest rate",
  ...TIME,
  unit: "per-second",
  direction: "higher",
  meaning:
    "Operations per second that the database keeps up with and 99 % of which are shown within 100 ms, or answered " +
    "where nothing is watched, found by bisection; a value is one search",
  shown: { headline: 45, snippet: 45 },
};

/** What is told even of a database that cannot keep up. */
export const OVERLOAD_METRICS: readonly PhaseMetric[] = [ANSWERED_RATE, WAIT_LATENESS];

export const LOAD_METRICS: readonly PhaseMetric[] = [
  {
    ...pooledTime("answered_p50_ns", "answered p50", 0.5, answeredNs),
    meaning:
      "Median time from when an operation was due to its acknowledgement, waiting for its turn included",
    shown: { detail: 24 },
  },
  {
    ...pooledTime("answered_p99_ns", "answered p99", 0.99, answeredNs),
    meaning: "99th percentile of the same, over all recorded operations of a repetition",
    shown: { detail: 26 },
  },
  {
    ...pooledTime(
      "queued_p99_ns",
      "queued p99",
      0.99,
      (evidence) =>
        recorded(
          evidence,
          ({ startNs, dueNs }) => dueNs && startNs.map((start, index) => start - dueNs[index]!),
        ),
    ),
    meaning:
      "99th percentile of the time from when an operation was due to its call: how long it waited for those before",
    shown: { detail: 28 },
  },
  ...OVERLOAD_METRICS,
];

function answeredNs(evidence: PhaseEvidence): Float64Array | undefined {
  return recorded(evidence, ({ endNs, dueNs }) => dueNs && endNs.map((end, index) => end - dueNs[index]!));
}

/**
 * 99th percentile of how late the bench itself came, nanoseconds, of however few operations: a plan that was cut short may
 * have too few for a number, and still was late. `undefined` in closed loops, and where nothing was called.
 */
export function generatorLateNs(evidence: PhaseEvidence): number | undefined {
  const lateNs = recorded(evidence, ({ waitLateNs }) => waitLateNs);
  return lateNs === undefined || lateNs.length === 0 ? undefined : quantile(sortSamples(lateNs), 0.99);
}

/** A column of the recorded operations that were called; `undefined` in closed loops. */
function recorded(
  { log, firstRecorded }: PhaseEvidence,
  column: (log: PhaseEvidence["log"]) => Float64Array | undefined,
): Float64Array | undefined {
  return column(log)?.subarray(firstRecorded).filter((_, index) =>
    Number.isFinite(log.endNs[firstRecorded + index]!)
  );
}
