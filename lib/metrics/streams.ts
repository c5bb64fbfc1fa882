/** How economically streams were served. */
import { type IterationMetric, SAME_MACHINE } from "./declare.ts";

const COUNT = {
  scope: "phase",
  unit: "count",
  fold: "mean",
  fewestSamples: 1,
  comparableWithin: SAME_MACHINE,
  deterministic: false,
} as const;

/** How many were shown says little without how many were needed: one column has both. */
const SHOWN_OF_NEEDED = "updates shown";

export const STREAM_METRICS: readonly IterationMetric[] = [
  {
    id: "emissions_needed",
    ...COUNT,
    title: "updates needed",
    part: SHOWN_OF_NEEDED,
    direction: "context",
    comparableWithin: [],
    deterministic: true,
    meaning: "Updates that live queries had to show: changes of their results, over all of them",
    shown: { headline: 85, snippet: 20 },
    shownBefore: { headline: 50, snippet: 20 },
    compute: ({ judgement }) => judgement.streams?.emissionsNeeded,
  },
  {
    id: "emissions_delivered",
    ...COUNT,
    title: SHOWN_OF_NEEDED,
    part: SHOWN_OF_NEEDED,
    direction: "target",
    meaning:
      "Results that were delivered after the first one of each live query; fewer than needed were merged, more are waste",
    shown: { headline: 86, snippet: 21 },
    shownBefore: { headline: 51, snippet: 21 },
    compute: ({ judgement }) => judgement.streams?.emissionsDelivered,
  },
  {
    id: "emissions_redundant",
    ...COUNT,
    title: "unneeded",
    direction: "lower",
    meaning: "Updates that showed nothing new: equal to the one before of the same live query",
    shown: { headline: 87 },
    shownBefore: { headline: 52 },
    compute: ({ judgement }) => judgement.streams?.emissionsRedundant,
  },
  {
    id: "emissions_coalesced",
    ...COUNT,
    title: "merged",
    direction: "context",
    meaning: "Updates that were never shown by themselves, since a newer one was",
    shown: { headline: 88 },
    shownBefore: { headline: 53 },
    compute: ({ judgement }) => judgement.streams?.emissionsCoalesced,
  },
];
