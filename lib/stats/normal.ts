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
