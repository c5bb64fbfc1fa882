/**
 * Comparisons of pairs: two values measured in the same round, under the same weather.
 *
 * In: two lists of equal length, index i being the i-th round. Out: the ratio, its interval, and a p value.
 * The three agree with each other because all come from Wilcoxon's signed-rank statistic: Hollander, Wolfe and
 * Chicken, "Nonparametric Statistical Methods", 3rd edition, sections 3.1 to 3.3.
 */
import {
  type Interval,
  type IntervalRank,
  intervalRank,
  orderStatisticInterval,
  TARGET_CONFIDENCE,
} from "./interval.ts";
import { normalCdf } from "./normal.ts";
import { median, type SortedSamples, sortSamples } from "./quantile.ts";
import { logarithms, type RatioEstimate, ratioEstimate } from "./ratio.ts";

/** Up to this many pairs the null distribution is exact; beyond, it is taken as normal (p is off by 0.003 at most). */
export const EXACT_PAIR_LIMIT = 60;

/** What Wilcoxon's test says about differences that should be symmetric around 0. */
export interface SignedRankTest {
  /** Sum of the ranks of the positive differences; half-integral when differences tie. */
  readonly statistic: number;
  /** Two-sided: how often chance alone gives a statistic at least as far from its middle. */
  readonly pValue: number;
  /** Whether the null distribution was computed or taken as normal. */
  readonly method: "exact" | "normal";
}

/** A comparison of pairs on the scale of ratios. */
export interface PairedComparison extends RatioEstimate {
  /** Pairs that were compared, equal ones included. */
  readonly pairCount: number;
  /** Two-sided, of the hypothesis that the ratio is 1. */
  readonly pValue: number;
  /** Whether the null distribution was computed or taken as normal. */
  readonly method: "exact" | "normal";
}

/**
 * Compares the second side with the first over rounds.
 *
 * The estimate is Hodges and Lehmann's: the median of the Walsh averages of the log ratios, which bears almost as many
 * outliers as the median of the ratios (29 % of the pairs) and wastes less of the data. With fewer than 6 pairs the
 * interval is their whole range and attains less than 95 % (5: 93.75 %, 3: 75 %), and no p value below 0.05 exists.
 *
 * @throws {RangeError} when the sides differ in length, are empty, or hold a value that is not finite and above 0.
 */
export function comparePairs(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  confidence: number = TARGET_CONFIDENCE,
): PairedComparison {
  if (first.length !== second.length || first.length === 0) {
    throw new RangeError(
      `Cannot compare pairs as both sides must have the same number of values: got ${first.length} and ${second.length}`,
    );
  }
  const firstLog = logarithms(first);
  // Differences of logarithms, not logarithms of quotients: exchanging the sides then negates them exactly.
  const differences = logarithms(second).map((value, index) => value - firstLog[index]!);
  const averages = walshAverages(differences);
  const { pValue, method } = signedRankTest(differences);
  return {
    pairCount: differences.length,
    ...ratioEstimate(median(averages), walshInterval(averages, differences.length, confidence)),
    pValue,
    method,
  };
}

/**
 * Means of all n(n+1)/2 pairs of differences, each with itself included, sorted. Their median is the Hodges-Lehmann
 * estimate of the middle. O(n^2 log n).
 */
export function walshAverages(differences: ArrayLike<number>): SortedSamples {
  const n = differences.length;
  const averages = new Float64Array(n * (n + 1) / 2);
  let next = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) averages[next++] = (differences[i]! + differences[j]!) / 2;
  }
  return sortSamples(averages);
}

/**
 * The interval of the middle of `differenceCount` differences between two of their sorted Walsh averages. Its
 * confidence is exact for a continuous symmetric distribution and a lower bound under ties.
 */
function walshInterval(averages: SortedSamples, differenceCount: number, confidence: number): Interval {
  return orderStatisticInterval(averages, signedRankIntervalRank(differenceCount, confidence));
}

/** Which Walsh averages of n differences bound the interval. */
export function signedRankIntervalRank(n: number, confidence: number = TARGET_CONFIDENCE): IntervalRank {
  const find = (): IntervalRank => {
    const { tail } = nullDistribution(Array.from({ length: n }, (_, index) => 2 * (index + 1)));
    return intervalRank((atMost) => tail(2 * atMost), n * (n + 1) / 2, confidence);
  };
  return confidence === TARGET_CONFIDENCE ? kept(intervalRanks, n, find) : find();
}

// A power study asks for the same few numbers of pairs a hundred thousand times.
const intervalRanks = new Map<number, IntervalRank>();
const untiedDistributions = new Map<number, NullDistribution>();

function kept<T>(known: Map<number, T>, n: number, find: () => T): T {
  let found = known.get(n);
  if (found === undefined) known.set(n, found = find());
  return found;
}

/**
 * Wilcoxon's signed-rank test of differences against 0.
 *
 * Zeros take part in the ranking and then leave it (Pratt 1959), so that adding zeros cannot turn "no difference" into
 * significance. Differences of equal size share their mean rank. The null distribution is that of the ranks at hand,
 * signs being tossed fairly, which stays exact under ties and zeros. All zeros give a p value of 1. Sizes tie when
 * they are the same double.
 */
export function signedRankTest(differences: ArrayLike<number>): SignedRankTest {
  const ranked = Array.from(differences).sort((a, b) => Math.abs(a) - Math.abs(b));
  const doubledRanks: number[] = [];
  let doubledStatistic = 0;
  for (let start = 0; start < ranked.length;) {
    const size = Math.abs(ranked[start]!);
    let end = start + 1;
    while (end < ranked.length && Math.abs(ranked[end]!) === size) end++;
    if (size !== 0) {
      // Ranks start + 1 to end share their mean; doubled, it is an integer.
      const doubledRank = start + 1 + end;
      for (let index = start; index < end; index++) {
        doubledRanks.push(doubledRank);
        if (ranked[index]! > 0) doubledStatistic += doubledRank;
      }
    }
    start = end;
  }
  const { tail, method } = nullDistribution(doubledRanks);
  const doubledTotal = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  const pValue = Math.min(1, 2 * tail(Math.min(doubledStatistic, doubledTotal - doubledStatistic)));
  return { statistic: doubledStatistic / 2, pValue, method };
}

interface NullDistribution {
  readonly tail: (atMost: number) => number;
  readonly method: "exact" | "normal";
}

/** P(S <= s) where S is the sum of those of the doubled ranks that got a positive sign by a fair coin. */
function nullDistribution(doubledRanks: readonly number[]): NullDistribution {
  const isUntied = doubledRanks.every((rank, index) => rank === 2 * (index + 1));
  const find = (): NullDistribution => distributionOf(doubledRanks);
  return isUntied ? kept(untiedDistributions, doubledRanks.length, find) : find();
}

function distributionOf(doubledRanks: readonly number[]): NullDistribution {
  const total = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  if (doubledRanks.length > EXACT_PAIR_LIMIT) {
    const deviation = Math.sqrt(doubledRanks.reduce((sum, rank) => sum + rank * rank, 0) / 4);
    // The sum of undoubled ranks moves in steps of 1, doubled 2: half a step is the continuity correction.
    return { tail: (atMost) => normalCdf((atMost + 1 - total / 2) / deviation), method: "normal" };
  }
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const rank of doubledRanks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      probability[sum] = (probability[sum]! + (sum >= rank ? probability[sum - rank]! : 0)) / 2;
    }
  }
  const cumulative = probability;
  for (let sum = 1; sum <= total; sum++) cumulative[sum]! += cumulative[sum - 1]!;
  return { tail: (atMost) => Math.min(1, cumulative[atMost]!), method: "exact" };
}
