/**
 * Welch's comparison of two sets, on the scale of ratios. In: measured values. Out: how likely chance alone sets them so
 * far apart. Unlike ranks, it can tell six values from six others at any level, which many comparisons at once need; an
 * outlier in a set makes it more cautious.
 */
import { logarithms } from "./ratio.ts";

/**
 * Two-sided p value of Welch's test (Biometrika 34, 1947) between the logarithms of two sets, with Satterthwaite's
 * degrees of freedom. Sets without any spread differ surely, or not at all; a set of one value tells nothing.
 *
 * @throws {RangeError} when a value is not finite and above 0.
 */
export function welchPValue(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const [a, b] = [logarithms(first), logarithms(second)];
  if (a.length < 2 || b.length < 2) return 1;
  const [shareA, shareB] = [a, b].map((values) => variance(values) / values.length) as [number, number];
  const distance = Math.abs(mean(b) - mean(a));
  const squaredError = shareA + shareB;
  if (squaredError === 0) return distance === 0 ? 1 : 0;
  const freedom = squaredError ** 2 / (shareA ** 2 / (a.length - 1) + shareB ** 2 / (b.length - 1));
  return studentTails(distance / Math.sqrt(squaredError), freedom);
}

/** Share of Student's distribution farther from 0 than `t`, on both sides together. */
export function studentTails(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** Regularized incomplete beta function, by Lentz's continued fraction (DLMF 8.17.22); about 14 digits. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges quickly on this side only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  ) / a;
  const tiny = 1e-300;
  let [c, d] = [1, 1 / nonZero(1 - (a + b) * x / (a + 1), tiny)];
  let fraction = d;
  for (let m = 1; m <= 300; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return Math.min(1, front * fraction);
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Stirling's series, from 10 upwards; smaller arguments are raised first. */
function logGamma(x: number): number {
  let shift = 0;
  let raised = x;
  for (; raised < 10; raised++) shift -= Math.log(raised);
  const inverse = 1 / raised;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return shift + (raised - 0.5) * Math.log(raised) - raised + 0.5 * Math.log(2 * Math.PI) + series;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  // Rounding would give equal values a mean beside them.
  if (values.every((value) => value === values[0])) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
