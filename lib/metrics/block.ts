/** What a block costs around its phases. */
import { type BlockMetric, TIME } from "./declare.ts";

export const PREPARATION_METRICS: readonly BlockMetric[] = [
  {
    id: "seed_ns",
    scope: "block",
    title: "seed",
    ...TIME,
    meaning: "Writing the seed rows in batches; building them is not included",
    shown: { block: 20 },
    shownBefore: { block: 20 },
    compute: ({ seedNs }) => seedNs,
  },
  {
    id: "open_ns",
    scope: "block",
    title: "open",
    ...TIME,
    meaning: "Opening the database and creating its tables, loading the driver included",
    shown: { block: 30 },
    shownBefore: { block: 30 },
    compute: ({ openNs }) => openNs,
  },
  {
    id: "turn_cost_ns",
    scope: "block",
    title: "idle turn",
    ...TIME,
    direction: "context",
    meaning:
      "Median cost of one idle event-loop turn, the mean where the clock is too coarse for one: what every turn between " +
      "operations adds to the wall",
    shown: { block: 40 },
    shownBefore: { block: 40 },
    compute: ({ turnCostNs }) => turnCostNs,
  },
  {
    id: "clock_step_ns",
    scope: "block",
    title: "clock step",
    ...TIME,
    direction: "context",
    meaning: "Smallest step of the clock that operations are timed by; no latency below ten of them is shown",
    shown: { block: 50 },
    compute: ({ clockStepNs }) => clockStepNs,
  },
];
