import { median, type SortedSamples } from "./quantile.ts";

/** Confidence that every interval of the bench aims at. */
export const TARGET_CONFIDENCE = 0.95;

/** From `lower` to `upper`, both included. */
export interface Interval {
  /** Lower end. */
  readonly lower: number;
  /** Upper end. */
  readonly upper: number;
  /**
   * Probability, 0 to 1, that an interval made this way holds the true value. It is what was attained, not what was
   * wanted: few samples cannot reach 95 %, and intervals between order statistics come in steps, so that they usually
   * exceed it a little.
   */
  readonly confidence: number;
}

/** An estimate with its interval. */
export interface Estimate {
  /** The estimate itself. */
  readonly value: number;
  /** Where the true value may be. */
  readonly interval: Interval;
  /** How many samples it rests on. */
  readonly sampleCount: number;
}

/** Which order statistics bound an interval. */
export interface IntervalRank {
  /** From the `rank`-th smallest to the `rank`-th largest, counted from 1. */
  readonly rank: number;
  /** What this attains, 0 to 1. */
  readonly confidence: number;
}

/**
 * The innermost rank whose interval still has the wanted confidence, or rank 1 where even that has less.
 *
 * `tail` gives the probability that the test statistic, a number of observations below the true value, is at most its
 * argument; it must grow with it.
 */
export function intervalRank(
  tail: (atMost: number) => number,
  observationCount: number,
  confidence: number = TARGET_CONFIDENCE,
): IntervalRank {
  const attained = (rank: number) => Math.max(0, 1 - 2 * tail(rank - 1));
  let low = 1;
  let high = Math.max(1, Math.ceil(observationCount / 2));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (attained(middle) >= confidence) low = middle;
    else high = middle - 1;
  }
  return { rank: low, confidence: attained(low) };
}

/** The interval between the `rank`-th smallest and the `rank`-th largest of sorted values. */
export function orderStatisticInterval(values: SortedSamples, { rank, confidence }: IntervalRank): Interval {
  return { lower: values[rank - 1]!, upper: values[values.length - rank]!, confidence };
}

/**
 * The median with the interval between two order statistics. Nothing is assumed about the shape of the distribution.
 *
 * Of n independent samples, the number below the true median is binomial with share 1/2. The confidence is exact for
 * continuous values and a lower bound when samples tie. With fewer than 6 samples the interval is their whole range
 * and has less than 95 %: 5 attain 93.75 %, 3 attain 75 %, 1 attains nothing.
 *
 * @throws {RangeError} when there are no samples.
 */
export function estimateMedian(samples: SortedSamples, confidence: number = TARGET_CONFIDENCE): Estimate {
  const value = median(samples);
  const sampleCount = samples.length;
  return {
    value,
    interval: orderStatisticInterval(samples, medianRank(sampleCount, confidence)),
    sampleCount,
  };
}

const medianRanks = new Map<number, IntervalRank>();

/** Which order statistics bound the median: kept, as a report asks for the same few numbers of blocks a million times. */
function medianRank(sampleCount: number, confidence: number): IntervalRank {
  const find = (): IntervalRank => intervalRank(binomialTail(sampleCount), sampleCount, confidence);
  if (confidence !== TARGET_CONFIDENCE) return find();
  let rank = medianRanks.get(sampleCount);
  if (rank === undefined) medianRanks.set(sampleCount, rank = find());
  return rank;
}

/** P(X <= k) for X binomial over `n` trials with share 1/2. */
function binomialTail(n: number): (k: number) => number {
  const cumulative = new Float64Array(n + 1);
  // In logarithms: 2^-n alone is 0 for n beyond 1074.
  let logTerm = -n * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    sum += Math.exp(logTerm);
    cumulative[k] = Math.min(1, sum);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return (k) => cumulative[k]!;
}
