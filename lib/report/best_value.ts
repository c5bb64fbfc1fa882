import type { Direction } from "../model/mod.ts";
import type { ValueSummary } from "./summarize_run.ts";

/** Blocks that a value needs before it can be called better than another. */
export const FEWEST_BLOCKS_FOR_BEST = 3;

/**
 * Which of the candidates is the best, or `undefined` when that is not known.
 *
 * It is known when the best median comes from at least 3 blocks, as do all others, and its interval touches no other
 * interval. With 3 blocks on each side that happens by chance in 10 % of comparisons of equals, since the interval then
 * is the range; with more blocks less often. Metrics without a better end have no best value, and neither has a single
 * candidate.
 */
export function bestValue<T>(
  candidates: readonly { readonly of: T; readonly value: ValueSummary }[],
  direction: Direction,
): T | undefined {
  if (candidates.length < 2 || (direction !== "lower" && direction !== "higher")) return undefined;
  if (candidates.some(({ value }) => value.values.length < FEWEST_BLOCKS_FOR_BEST)) return undefined;
  const sign = direction === "lower" ? 1 : -1;
  const ranked = candidates.toSorted((a, b) => sign * (a.value.estimate.value - b.value.estimate.value));
  const [best, ...others] = ranked;
  const isApart = others.every(({ value: { estimate: { interval } } }) =>
    direction === "lower"
      ? best!.value.estimate.interval.upper < interval.lower
      : best!.value.estimate.interval.lower > interval.upper
  );
  return isApart ? best!.of : undefined;
}
