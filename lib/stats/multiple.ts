/** Corrections for many comparisons at once. In: raw p values in any order. Out: adjusted ones in the same order. */

/**
 * Holm's step-down adjustment (Holm 1979): the chance of even one false alarm among all comparisons stays below the
 * level that the adjusted values are compared with, whatever the comparisons have to do with each other.
 *
 * @throws {RangeError} when a value is outside 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const adjusted = new Array<number>(count);
  let least = 0;
  for (const [step, index] of ascendingOrder(pValues).entries()) {
    least = Math.max(least, Math.min(1, (count - step) * pValues[index]!));
    adjusted[index] = least;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's step-up adjustment (1995): of all comparisons called different at a level, the share of
 * false ones stays below it on average. For many independent comparisons where a few false alarms do no harm.
 *
 * @throws {RangeError} when a value is outside 0 to 1.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const count = pValues.length;
  const adjusted = new Array<number>(count);
  let most = 1;
  for (const [step, index] of ascendingOrder(pValues).entries().toArray().reverse()) {
    most = Math.min(most, pValues[index]! * count / (step + 1));
    adjusted[index] = most;
  }
  return adjusted;
}

/** Indexes of the values, smallest first. */
function ascendingOrder(pValues: readonly number[]): number[] {
  for (const [index, value] of pValues.entries()) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`Cannot adjust p values as all must be from 0 to 1: value ${index} is ${value}`);
    }
  }
  return pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
}
