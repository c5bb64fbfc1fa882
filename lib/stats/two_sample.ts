/**
 * Comparisons of two sets of blocks that were not measured in the same rounds, such as two stored runs.
 *
 * Nothing here can tell a change of the program from a change of the machine between the runs: pairs within one run
 * (`paired.ts`) can.
 */
import { type IntervalRank, intervalRank, orderStatisticInterval, TARGET_CONFIDENCE } from "./interval.ts";
import { normalCdf } from "./normal.ts";
import { median, sortSamples } from "./quantile.ts";
import { logarithms, type RatioEstimate, ratioEstimate } from "./ratio.ts";

/** Up to this product of the numbers of values the null distribution is exact; beyond, it is taken as normal. */
export const EXACT_PRODUCT_LIMIT = 2500;

/** A comparison of two unpaired sets on the scale of ratios. */
export interface TwoSampleComparison extends RatioEstimate {
  /** Values of the first set. */
  readonly firstCount: number;
  /** Values of the second set. */
  readonly secondCount: number;
  /** Whether the null distribution was computed or taken as normal. */
  readonly method: "exact" | "normal";
}

/**
 * Compares the second set with the first.
 *
 * The estimate is Hodges and Lehmann's shift of the logarithms: the median of all differences between a value of the
 * second set and one of the first. The interval lies between two of these differences and has the confidence of the
 * Mann-Whitney statistic: Hollander, Wolfe and Chicken, "Nonparametric Statistical Methods", 3rd edition, sections 4.2
 * and 4.3. With 3 values on each side it is the range of the differences and attains 90 %; 4 on each side reach 95 %.
 *
 * @throws {RangeError} when a set is empty or holds a value that is not finite and above 0.
 */
export function compareSamples(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  confidence: number = TARGET_CONFIDENCE,
): TwoSampleComparison {
  if (first.length === 0 || second.length === 0) {
    throw new RangeError(
      `Cannot compare samples as both sides must have one: got ${first.length} and ${second.length}`,
    );
  }
  const firstLog = logarithms(first);
  const secondLog = logarithms(second);
  const differences: number[] = [];
  for (const b of secondLog) {
    for (const a of firstLog) differences.push(b - a);
  }
  const sorted = sortSamples(differences);
  const { rank, method } = mannWhitneyRank(first.length, second.length, confidence);
  return {
    firstCount: first.length,
    secondCount: second.length,
    ...ratioEstimate(median(sorted), orderStatisticInterval(sorted, rank)),
    method,
  };
}

/**
 * Two-sided p value of Mann and Whitney's test: how often chance alone orders two like sets at least as clearly. Ties
 * count half and round towards chance, so that the value is an upper bound where values tie.
 */
export function rankSumPValue(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const product = first.length * second.length;
  let larger = 0;
  for (let i = 0; i < first.length; i++) {
    for (let j = 0; j < second.length; j++) {
      larger += first[i]! > second[j]! ? 1 : first[i] === second[j] ? 0.5 : 0;
    }
  }
  const fewer = Math.min(product, Math.ceil(Math.min(larger, product - larger)));
  return Math.min(1, 2 * mannWhitneyTail(first.length, second.length).tail(fewer));
}

/** Which differences bound an interval, and how that was found. */
export interface MannWhitneyRank {
  readonly rank: IntervalRank;
  readonly method: TwoSampleComparison["method"];
}

const ranks = new Map<string, MannWhitneyRank>();

/**
 * Which of the ordered differences between two sets of m and n values bound the interval. Kept: it takes far longer to
 * find than the rest of a comparison, and a report asks for the same few lengths thousands of times.
 */
export function mannWhitneyRank(m: number, n: number, confidence: number): MannWhitneyRank {
  const key = `${m} ${n} ${confidence}`;
  let found = ranks.get(key);
  if (found === undefined) {
    const { tail, method } = mannWhitneyTail(m, n);
    found = { rank: intervalRank(tail, m * n, confidence), method };
    ranks.set(key, found);
  }
  return found;
}

/**
 * P(U <= u) for the number U of pairs, one value from each of two sets of m and n like values, in which the first is
 * the larger.
 */
export function mannWhitneyTail(m: number, n: number): {
  readonly tail: (atMost: number) => number;
  readonly method: "exact" | "normal";
} {
  const product = m * n;
  if (product > EXACT_PRODUCT_LIMIT) {
    const deviation = Math.sqrt(product * (m + n + 1) / 12);
    return { tail: (atMost) => normalCdf((atMost + 0.5 - product / 2) / deviation), method: "normal" };
  }
  // Mann and Whitney's recurrence on the largest of all values: it is from the one set with share i / (i + j) and then
  // exceeds all j of the other, or from the other set. Row j holds the probabilities for i and j values.
  let rows: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= n; j++) {
      const row = new Float64Array(i * j + 1);
      const fewerFirst = rows[j]!;
      const fewerSecond = next[j - 1]!;
      for (let u = 0; u < row.length; u++) {
        row[u] = ((u >= j ? i * fewerFirst[u - j]! : 0) + j * (fewerSecond[u] ?? 0)) / (i + j);
      }
      next.push(row);
    }
    rows = next;
  }
  const cumulative = rows[n]!;
  for (let u = 1; u <= product; u++) cumulative[u]! += cumulative[u - 1]!;
  return { tail: (atMost) => Math.min(1, cumulative[atMost]!), method: "exact" };
}
