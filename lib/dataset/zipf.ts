import { DartRandom } from "./dart_random.ts";

/**
 * Draws ranks by Zipf's law: rank `k`, counted from 0, with a probability proportional to `1 / (k + 1) ** exponent`.
 *
 * It draws what resqlite's sampler draws for the same seed. The sampler owns its generator, so that drawing a rank
 * leaves other generators alone; its seed differs from the one given, so that a sampler and a generator of one
 * workload can share a seed without being correlated.
 */
export class ZipfSampler {
  readonly #random: DartRandom;
  /** Probability of each rank or a lower one. */
  readonly #cumulative: Float64Array;

  /** Throws a RangeError when `rankCount` is not a positive integer or the seed is not a safe integer. */
  constructor(rankCount: number, exponent: number, seed: number) {
    if (!Number.isInteger(rankCount) || rankCount < 1) {
      throw new RangeError(
        `Cannot build a Zipf sampler as the number of ranks must be a positive integer: current value is ${rankCount}`,
      );
    }
    this.#random = new DartRandom((seed ^ 0xbad_beef) >>> 0);
    this.#cumulative = cumulativeShares(rankCount, exponent);
  }

  /** The next rank, from 0 to `rankCount - 1`. */
  next(): number {
    const share = this.#random.nextDouble();
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#cumulative[middle]! >= share) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Adds up in rank order, like the original: another order would round differently. */
function cumulativeShares(rankCount: number, exponent: number): Float64Array {
  const weights = Float64Array.from({ length: rankCount }, (_, rank) => 1 / (rank + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let share = 0;
  const cumulative = weights.map((weight) => share += weight / total);
  // Rounding leaves the sum beside 1, where a draw could miss every rank.
  cumulative[rankCount - 1] = 1;
  return cumulative;
}
