/** How long it takes until there is something to see. */
import { type IterationMetric, TIME } from "./declare.ts";

export const OPENING_METRICS: readonly IterationMetric[] = [
  {
    id: "reopen_ns",
    scope: "phase",
    title: "open again",
    ...TIME,
    meaning: "Opening a directory that is full in a new process, loading the driver included; starting the " +
      "process itself is not",
    shown: { headline: 15, snippet: 15 },
    compute: ({ log }) => log.reopenNs,
  },
  {
    id: "first_result_ns",
    scope: "phase",
    title: "first result",
    ...TIME,
    meaning: "From the first watch call until any live query had shown a result",
    shown: { cost: 45 },
    compute: ({ log }) => log.firstResultNs,
  },
  {
    id: "subscribe_ns",
    scope: "phase",
    title: "subscribe",
    ...TIME,
    meaning: "From the first watch call until every live query had shown a result",
    shown: { cost: 50, sweep: 40 },
    shownBefore: { cost: 60 },
    compute: ({ log }) => log.streams.length === 0 ? undefined : log.subscribeNs,
  },
];
