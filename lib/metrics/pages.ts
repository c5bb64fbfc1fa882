/** What it takes to open pages, and what is left of them when they are closed. */
import {
  type IterationMetric,
  type PhaseEvidence,
  type PhaseMetric,
  pooledTime,
  SAME_MACHINE,
} from "./declare.ts";

/** With fewer closed live queries, what memory does by itself is all that is seen. */
const LEAST_CLOSED = 1000;

const memoryMetric: IterationMetric = {
  id: "closed_subscription_bytes",
  scope: "phase",
  title: "per closed",
  unit: "bytes",
  direction: "lower",
  fold: "median",
  fewestSamples: 1,
  comparableWithin: SAME_MACHINE,
  deterministic: false,
  meaning:
    "How much resident memory the process has more after a phase of pages than before, divided by the live queries " +
    `that it closed; only where these are ${LEAST_CLOSED} or more`,
  shown: { headline: 92 },
  compute: ({ log }) => {
    // The last page is closed as well, when the phase is over.
    const closedCount = log.pages?.openedNs.length ?? 0;
    return closedCount < LEAST_CLOSED || log.memoryGrowthBytes === undefined
      ? undefined
      : log.memoryGrowthBytes / closedCount;
  },
};

export const PAGE_METRICS: readonly PhaseMetric[] = [
  {
    ...pooledTime("first_result_p50_ns", "first result p50", 0.5, firstResultsNs),
    meaning: "Median time from the call that opens a live query of a page to its first result",
    shown: { headline: 57 },
  },
  {
    ...pooledTime("first_result_p99_ns", "first result p99", 0.99, firstResultsNs),
    meaning: "99th percentile of the same",
    shown: { headline: 58 },
  },
  memoryMetric,
];

/** Of live queries that showed one; pages that are left at once may close theirs before. */
function firstResultsNs({ log: { pages, streams } }: PhaseEvidence): number[] | undefined {
  if (pages === undefined) return undefined;
  const first = streams.length - pages.openedNs.length;
  return streams.slice(first).flatMap(({ results, atNs }, index) =>
    results.length === 0 ? [] : [atNs[0]! - pages.openedNs[index]!]
  );
}
