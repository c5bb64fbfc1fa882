/** When the operations of an open loop are due, before anything is called. */
import { DartRandom } from "../dataset/mod.ts";
import type { ArrivalPlan } from "../model/mod.ts";

/** Plans are this long, in seconds, where the rate brings enough operations in that time. */
const PLAN_SECONDS = 2.5;
/** Fewer operations tell no 99th percentile, once the unrecorded ones are taken away. */
const FEWEST_OPERATIONS = 150;
/** However low the rate is. */
const LONGEST_PLAN_SECONDS = 60;
/** The first arrivals find an idle database: they are not recorded. */
const UNRECORDED_SHARE = 0.2;

/** How many operations a block at a rate has. */
export function plannedOperations(ratePerSecond: number): number {
  const wanted = Math.max(ratePerSecond * PLAN_SECONDS, FEWEST_OPERATIONS);
  return Math.max(2, Math.ceil(Math.min(wanted, ratePerSecond * LONGEST_PLAN_SECONDS)));
}

/** How many of them are not recorded. */
export function unrecordedOperations(operationCount: number): number {
  return Math.floor(operationCount * UNRECORDED_SHARE);
}

/** How long the plan of a block at a rate is, in milliseconds. */
export function plannedMs(ratePerSecond: number): number {
  return plannedOperations(ratePerSecond) / ratePerSecond * 1000;
}

/**
 * When each of `count` operations is due, in nanoseconds from the beginning of its stretch: the first `unrecorded` ones
 * make the first stretch, the others the second. Gaps of a Poisson process are exponential (Knuth, _The Art of Computer
 * Programming_, volume 2, section 3.4.1), those of a constant one all the same.
 */
export function planArrivals(
  { process, ratePerSecond, seed }: ArrivalPlan,
  count: number,
  unrecorded: number,
): Float64Array {
  const random = new DartRandom(seed);
  const meanNs = 1e9 / ratePerSecond;
  const atNs = new Float64Array(count);
  let sumNs = 0;
  for (let index = 0; index < count; index++) {
    if (index === unrecorded) sumNs = 0;
    sumNs += process === "constant" ? meanNs : -Math.log1p(-random.nextDouble()) * meanNs;
    atNs[index] = Math.round(sumNs);
  }
  return atNs;
}
