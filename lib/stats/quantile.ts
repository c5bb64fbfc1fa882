/** The one definition of a quantile; every report, metric and interval of the bench goes through here. */

/**
 * Finite samples in ascending order. Obtained from {@link sortSamples} only, so that a quantile of unsorted numbers
 * does not type-check.
 */
export interface SortedSamples extends ArrayLike<number>, Iterable<number> {
  /** A mark for the type checker; never there at run time. */
  readonly order: "ascending";
}

/**
 * A sorted copy; the argument stays as it is. O(n log n).
 *
 * @throws {RangeError} when a sample is NaN or infinite: neither has a place in an order or in an interpolation.
 */
export function sortSamples(samples: ArrayLike<number>): SortedSamples {
  let isAscending = true;
  let before = -Infinity;
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    if (!Number.isFinite(sample)) {
      throw new RangeError(`Cannot sort samples as all must be finite: sample ${index} is ${sample}`);
    }
    isAscending &&= before <= sample;
    before = sample;
  }
  return (samples.length <= INSERTION_LIMIT
    ? insertionSorted(samples)
    // Sketches are in order already, and reports read hundreds of thousands of them.
    : isAscending
    ? Array.from(samples)
    : new Float64Array(samples).sort()) as unknown as SortedSamples;
}

/** Reports sort millions of lists of a few blocks, each in a tenth of the time that a typed array takes to be made. */
const INSERTION_LIMIT = 16;

function insertionSorted(samples: ArrayLike<number>): number[] {
  const sorted: number[] = [];
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    let place = index;
    for (; place > 0 && sorted[place - 1]! > sample; place--) sorted[place] = sorted[place - 1]!;
    sorted[place] = sample;
  }
  return sorted;
}

/**
 * The quantile at share `p`, 0 to 1, by linear interpolation between order statistics: definition 7 of Hyndman and
 * Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), which is also the default of
 * R and NumPy. The n sorted samples lie at 0, 1/(n-1), ..., 1; one sample is every quantile of itself.
 *
 * A quantile never lies outside the samples, so p99 of fewer than 100 samples is close to their maximum and says
 * little about the tail.
 *
 * @throws {RangeError} when there are no samples, or `p` is outside 0 to 1.
 */
export function quantile(samples: SortedSamples, p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(`Cannot take a quantile as its share must be from 0 to 1: got ${p}`);
  }
  if (samples.length === 0) {
    throw new RangeError("Cannot take a quantile as there must be a sample: got none");
  }
  const position = (samples.length - 1) * p;
  const below = Math.floor(position);
  const lower = samples[below]!;
  const fraction = position - below;
  if (fraction === 0) return lower;
  const upper = samples[below + 1]!;
  // Rounding could carry the sum past the upper sample by one unit in the last place; monotony in p must hold.
  return Math.min(upper, lower + (upper - lower) * fraction);
}

/**
 * The middle sample, or the mean of the two in the middle.
 *
 * @throws {RangeError} when there are no samples.
 */
export function median(samples: SortedSamples): number {
  return quantile(samples, 0.5);
}
