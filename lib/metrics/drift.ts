/** Whether a phase got slower, or faster, while it ran. */
import { type IterationMetric, type PhaseEvidence, SAME_MACHINE } from "./declare.ts";
import { quantile, sortSamples } from "../stats/mod.ts";

/** Fewest operations of a label in a quarter: below that one slow operation decides. */
const LEAST_IN_QUARTER = 10;

export const DRIFT_METRICS: readonly IterationMetric[] = [
  {
    id: "drift_ratio",
    scope: "phase",
    title: "drift",
    unit: "ratio",
    direction: "context",
    fold: "median",
    fewestSamples: 1,
    comparableWithin: SAME_MACHINE,
    deterministic: false,
    meaning:
      "How many times as long an operation and the turns behind it take in the last quarter of a phase as in the first: " +
      `medians, label by label where a quarter has ${LEAST_IN_QUARTER}, and their geometric mean by number`,
    shown: { detail: 90 },
    compute: driftRatio,
  },
];

/** From call to call, so that work that is left for the turn behind an operation counts; a timer's turns do not. */
function driftRatio({ log, operations, firstRecorded, isTimerPaced }: PhaseEvidence): number | undefined {
  const { startNs, endNs } = log;
  const byLabel = new Map<string, number[]>();
  for (let index = firstRecorded; index < operations.length; index++) {
    const { label } = operations[index]!;
    const isLast = index + 1 === operations.length;
    const untilNs = isTimerPaced || isLast ? endNs[index]! : startNs[index + 1]!;
    // What never began has no time, and lanes overlap.
    if (!(untilNs - startNs[index]! >= 0 && untilNs < Infinity)) continue;
    let takenNs = byLabel.get(label);
    if (takenNs === undefined) byLabel.set(label, takenNs = []);
    takenNs.push(untilNs - startNs[index]!);
  }
  let logSum = 0;
  let count = 0;
  for (const takenNs of byLabel.values()) {
    const quarter = Math.floor(takenNs.length / 4);
    if (quarter < LEAST_IN_QUARTER) continue;
    const [first, last] = [takenNs.slice(0, quarter), takenNs.slice(-quarter)].map((some) =>
      quantile(sortSamples(some), 0.5)
    );
    if (!(first! > 0 && last! > 0)) continue;
    logSum += takenNs.length * Math.log(last! / first!);
    count += takenNs.length;
  }
  return count === 0 ? undefined : Math.exp(logSum / count);
}
