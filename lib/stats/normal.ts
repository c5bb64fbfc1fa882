/**
 * Share of the standard normal distribution below `z`.
 *
 * Marsaglia's series, "Evaluating the Normal Distribution", Journal of Statistical Software 11(4), 2004. The absolute
 * error is near 1e-16; shares beyond 8 standard deviations are reported as 0 or 1.
 */
export function normalCdf(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z;
  let sum = z;
  for (let divisor = 3, previous = 0; sum !== previous; divisor += 2) {
    previous = sum;
    term *= (z * z) / divisor;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)));
}

/**
 * The `z` below which a share of the standard normal distribution lies: the inverse of {@link normalCdf}, by bisection
 * to the last bits.
 *
 * @throws {RangeError} unless the share is above 0 and below 1.
 */
export function normalQuantile(share: number): number {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(
      `Cannot invert the normal distribution as its share must be between 0 and 1: got ${share}`,
    );
  }
  let low = -8;
  let high = 8;
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
