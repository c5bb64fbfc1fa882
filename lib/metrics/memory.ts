/** How much memory the process needed. */
import { type BlockMetric, type RetiredMetric, SAME_MACHINE } from "./declare.ts";

const BYTES = {
  scope: "block",
  unit: "bytes",
  direction: "lower",
  fold: "max",
  fewestSamples: 1,
  comparableWithin: SAME_MACHINE,
  deterministic: false,
} as const;

export const MEMORY_METRICS: readonly BlockMetric[] = [
  {
    id: "peak_memory_bytes",
    ...BYTES,
    title: "peak memory",
    alsoCalled: ["memory"],
    meaning:
      "The kernel's high-water mark of the repetition's own process, runtime and driver included; where the system " +
      "keeps none there is no value",
    shown: { headline: 90, sweep: 50 },
    compute: ({ peakMemoryBytes }) => peakMemoryBytes,
  },
  {
    id: "browser_memory_bytes",
    ...BYTES,
    title: "browser memory",
    meaning:
      "Memory of all processes of the browser when the phases were over, what they share counted once (PSS): the empty " +
      "browser is in it, and so are the processes that IndexedDB and OPFS work in",
    shown: { block: 10 },
    compute: ({ browserMemoryBytes }) => browserMemoryBytes,
  },
];

export const RETIRED_MEMORY_METRICS: readonly RetiredMetric[] = [
  {
    id: "peak_rss_bytes",
    ...BYTES,
    title: "peak RSS",
    meaning:
      "Largest resident memory of the repetition's process or of the bench itself, whichever was larger, with the " +
      "results that were kept for the oracle",
    shown: {},
    shownBefore: { block: 10 },
    retired: "On Linux a new process inherits the mark of the one that started it, here the bench; see " +
      "peak_memory_bytes",
  },
];
