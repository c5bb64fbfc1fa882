/** Whether what is on a screen belongs together. */
import { type IterationMetric, SAME_MACHINE } from "./declare.ts";

export const SCREEN_METRICS: readonly IterationMetric[] = [
  {
    id: "torn_turns_ratio",
    scope: "phase",
    title: "torn turns",
    unit: "ratio",
    direction: "lower",
    fold: "mean",
    fewestSamples: 1,
    comparableWithin: SAME_MACHINE,
    deterministic: false,
    meaning:
      "Of the turns of the event loop that brought an update, the share after which one screen shows two commits at " +
      "once; only where the workload says that its live queries are one screen",
    shown: { headline: 55 },
    compute: ({ judgement }) => {
      const screen = judgement.streams?.screen;
      return screen === undefined || screen.turnCount === 0
        ? undefined
        : screen.tornTurnCount / screen.turnCount;
    },
  },
];
