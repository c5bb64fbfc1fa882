/**
 * One side of a pair. In: a value per fresh process. Out: the value of the side.
 *
 * A single process of a program with threads says little: one in a few is slow for its whole life, by where its threads
 * and its memory came to lie, and a disturbance of a tenth of a second spoils it. The median over five leaves such a
 * process out, which the mean does not, and prefers neither of two modes, as the minimum does. See
 * results/2026-11-22T02-24-58-power, where a planted 5 % was found in 62 of 100 comparisons of 20 pairs with one process
 * a side.
 */
import { median, sortSamples } from "./quantile.ts";

/** Fresh processes that each side of a pair has. */
export const BLOCKS_PER_SIDE = 5;

/**
 * The median over the blocks of one side.
 *
 * @throws {RangeError} when there are none, or one is not finite.
 */
export function sideValue(values: readonly number[]): number {
  return median(sortSamples(values));
}
