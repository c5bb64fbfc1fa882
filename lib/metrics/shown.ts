/** How far behind the screen was, counted from the call of a write. */
import { type PhaseEvidence, type PhaseMetric, pooledTime, TIME } from "./declare.ts";

export const SHOWN_METRICS: readonly PhaseMetric[] = [
  {
    ...pooledTime("shown_p50_ns", "shown p50", 0.5, shownNs),
    alsoCalled: ["shown", "delay until visible"],
    meaning: "Median time from the call of a write until a live query shows it or something newer",
    shown: { headline: 30, sweep: 20, soak: 20, snippet: 30 },
  },
  {
    ...pooledTime("shown_p99_ns", "shown p99", 0.99, shownNs),
    meaning: "99th percentile of the same, over all recorded changes of a repetition",
    shown: { headline: 40, soak: 30, snippet: 40 },
  },
  {
    id: "stale_max_ns",
    scope: "phase",
    title: "stale",
    alsoCalled: ["longest stale time", "stale"],
    ...TIME,
    fold: "max",
    meaning: "Longest of the same: how far behind its database a screen was at worst",
    shown: { headline: 50, chart: 20, snippet: 50 },
    compute: ({ judgement }) => {
      const samplesNs = judgement.streams?.shownNs;
      return samplesNs === undefined || samplesNs.length === 0
        ? undefined
        : samplesNs.reduce((a, b) => Math.max(a, b));
    },
  },
];

function shownNs({ judgement }: PhaseEvidence): Float64Array | undefined {
  return judgement.streams?.shownNs;
}
