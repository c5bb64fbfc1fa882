/**
 * How much of what times differ by comes from the machine: a one-way analysis of variance with random effects, on
 * logarithms (Searle, Casella and McCulloch, *Variance Components*, 1992, chapter 3; the estimator of ANOVA, below zero set
 * to zero).
 */
import type { MachineSpread } from "../../lib/model/mod.ts";

/**
 * The spread between and within groups. In: times by machine, all above 0. Out: `undefined` where fewer than two machines
 * have two times or more; a machine with one time counts for the difference between machines alone.
 */
export function machineSpread(groups: readonly (readonly number[])[]): MachineSpread | undefined {
  const logs = groups.filter(({ length }) => length > 0).map((times) => times.map(Math.log));
  if (logs.filter(({ length }) => length >= 2).length < 2) return undefined;
  const count = logs.reduce((sum, { length }) => sum + length, 0);
  const grand = logs.flat().reduce((sum, value) => sum + value, 0) / count;
  let [between, within] = [0, 0];
  for (const values of logs) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    between += values.length * (mean - grand) ** 2;
    for (const value of values) within += (value - mean) ** 2;
  }
  const meanWithin = within / (count - logs.length);
  const meanBetween = between / (logs.length - 1);
  const squares = logs.reduce((sum, { length }) => sum + length ** 2, 0);
  // The number of times of a machine, where they do not all have as many.
  const size = (count - squares / count) / (logs.length - 1);
  return {
    betweenShare: Math.sqrt(Math.max(0, (meanBetween - meanWithin) / size)),
    withinShare: Math.sqrt(meanWithin),
  };
}
