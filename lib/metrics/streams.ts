/** How economically streams were served. */
import { type IterationMetric, SAME_MACHINE } from "./declare.ts";

const COUNT = {
  scope: "phase",
  unit: "count",
  fold: "mean",
  fewestSamples: 1,
  comparableWithin: SAME_MACHINE,
  deterministic: false,
  part: "emissions",
} as const;

export const STREAM_METRICS: readonly IterationMetric[] = [
  {
    id: "emissions_needed",
    ...COUNT,
    title: "needed",
    direction: "context",
    comparableWithin: [],
    deterministic: true,
    meaning: "Changes of the watched results that the truth contains, over all streams",
    shown: { headline: 85, snippet: 20 },
    shownBefore: { headline: 50, snippet: 20 },
    compute: ({ judgement }) => judgement.streams?.emissionsNeeded,
  },
  {
    id: "emissions_delivered",
    ...COUNT,
    title: "delivered",
    direction: "target",
    meaning:
      "Emissions after the first result of each stream; fewer than needed is coalescing, more is waste",
    shown: { headline: 86, snippet: 21 },
    shownBefore: { headline: 51, snippet: 21 },
    compute: ({ judgement }) => judgement.streams?.emissionsDelivered,
  },
  {
    id: "emissions_redundant",
    ...COUNT,
    title: "redundant",
    direction: "lower",
    meaning: "Emissions equal to the one before on the same stream",
    shown: { headline: 87 },
    shownBefore: { headline: 52 },
    compute: ({ judgement }) => judgement.streams?.emissionsRedundant,
  },
  {
    id: "emissions_coalesced",
    ...COUNT,
    title: "coalesced",
    direction: "context",
    meaning: "Changes that were never shown by themselves, since a newer one was",
    shown: { headline: 88 },
    shownBefore: { headline: 53 },
    compute: ({ judgement }) => judgement.streams?.emissionsCoalesced,
  },
];
