/** How far behind the screen was, counted from the acknowledgement: a slow acknowledgement looks fresh. */
import { type PhaseEvidence, type PhaseMetric, pooledTime, TIME } from "./declare.ts";

const BY_ITERATION = "the median over the iterations of a repetition";

/** The update was there when the write was acknowledged. */
const SAME_TURN = "same turn";

export const FRESHNESS_METRICS: readonly PhaseMetric[] = [
  {
    ...pooledTime("freshness_p50_ns", "fresh p50", 0.5, freshnessNs),
    zeroText: SAME_TURN,
    meaning: "Median time from a commit's acknowledgement until a live query shows it or something newer",
    meaningBefore: "Median time from a commit's acknowledgement until a live query shows it or something " +
      `newer; ${BY_ITERATION}`,
    shown: { detail: 50 },
    shownBefore: { headline: 60, snippet: 30 },
  },
  {
    ...pooledTime("freshness_p99_ns", "fresh p99", 0.99, freshnessNs),
    zeroText: SAME_TURN,
    meaning: "99th percentile of the same, over all recorded changes of a repetition",
    meaningBefore: `99th percentile of the same, of few samples close to their maximum; ${BY_ITERATION}`,
    shown: { detail: 60 },
    shownBefore: { headline: 70, snippet: 40 },
  },
  {
    id: "freshness_max_ns",
    scope: "phase",
    title: "fresh max",
    ...TIME,
    zeroText: SAME_TURN,
    fold: "max",
    meaning: "Longest of the same",
    shown: {},
    shownBefore: {},
    compute: (evidence) => {
      const samplesNs = freshnessNs(evidence);
      return samplesNs === undefined || samplesNs.length === 0
        ? undefined
        : samplesNs.reduce((a, b) => Math.max(a, b));
    },
  },
  {
    id: "outdated_max_ns",
    scope: "phase",
    title: "outdated",
    ...TIME,
    zeroText: "never",
    fold: "max",
    meaning: "Longest time that a live query lacked something acknowledged without a pause",
    shown: { detail: 70 },
    shownBefore: { headline: 80, chart: 20 },
    compute: ({ judgement }) => judgement.streams?.outdatedMaxNs,
  },
];

function freshnessNs({ judgement }: PhaseEvidence): Float64Array | undefined {
  return judgement.streams?.freshnessNs;
}
