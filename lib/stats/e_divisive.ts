/**
 * Where a long series changed its level: E-Divisive with means (Matteson and James, *A Nonparametric Approach for Multiple
 * Change Point Analysis of Multivariate Data*, JASA 109, 2014), as Hunter uses it on benchmarks (Fleming and others, *Hunter:
 * Using Change Point Detection to Hunt for Performance Regressions*, ICPE 2023).
 *
 * ```
 * series ── the whole, and windows of 50 that overlap by half ──> candidates, at a lenient p
 *        ── a t test between neighbouring spans; the weakest candidate goes, its spans become one, again ──> changes
 * ```
 *
 * A candidate is where the energy distance between what is before and what is after is largest; each part is searched again.
 * Windows find a level that lasted briefly in a long series, the whole finds a small step. As in Hunter, a t test decides
 * instead of a permutation test: it gives the same answer every time. The best of many places is tested, so that its p value is
 * multiplied by their number (Bonferroni). Everything is on logarithms, so that a change is a ratio. Takes time in proportion
 * to n log n.
 */
import { logarithms } from "./ratio.ts";
import { studentTails } from "./student.ts";

/** A change of level. */
export interface LevelChange {
  /** Position of the first value of the new level. */
  readonly at: number;
  /** The new level over the one before, by geometric means: 1.1 is 10 % more. */
  readonly ratio: number;
  /** How likely chance alone makes the two spans differ so at any place between their ends, at most. */
  readonly pValue: number;
}

/** What counts as a change. */
export interface LevelChangeRule {
  /** Largest p value. Default is 0.01. */
  readonly pValue?: number;
  /** Least share by which a level must move. Default is 0.02. */
  readonly leastShare?: number;
}

const WINDOW = 50;
/** Longer series are looked at through means of neighbours, and places of changes found in the values again. */
const LONGEST = 20_000;
/** A candidate may still be merged away, but what is no candidate is lost. */
const LENIENT_FACTOR = 10;
/** Fewer values on one side make no level. */
const LEAST_SPAN = 3;

/**
 * Changes of level, in order. A series of fewer than six values has none.
 *
 * @throws {RangeError} when a value is not finite and above 0.
 */
export function levelChanges(
  values: ArrayLike<number>,
  { pValue = 0.01, leastShare = 0.02 }: LevelChangeRule = {},
): LevelChange[] {
  const logs = Float64Array.from(logarithms(values));
  const step = Math.ceil(logs.length / LONGEST);
  const coarse = step <= 1 ? logs : meansOf(logs, step);
  const coarseSums = new PrefixSums(coarse);
  const candidates = new Set<number>();
  const lenient = pValue * LENIENT_FACTOR;
  findSplits(coarse, coarseSums, 0, coarse.length, lenient, candidates);
  if (coarse.length > WINDOW) {
    for (let start = 0; start < coarse.length; start += WINDOW / 2) {
      findSplits(coarse, coarseSums, start, Math.min(start + WINDOW, coarse.length), lenient, candidates);
      if (start + WINDOW >= coarse.length) break;
    }
  }
  const found = merge(
    [...candidates].sort((a, b) => a - b),
    coarseSums,
    coarse.length,
    pValue,
    Math.log1p(leastShare),
  );
  if (step <= 1) return found;
  const sums = new PrefixSums(logs);
  const places = found.map(({ at }) => {
    // Levels are no shorter than a few means, so that these stretches never meet.
    const reach = Math.max(step, LEAST_SPAN);
    const start = Math.max(0, at * step - reach);
    return start + bestSplit(logs.subarray(start, Math.min(logs.length, at * step + reach)));
  });
  return places.map((at, index) => {
    const { shift, pValue } = sums.test(places[index - 1] ?? 0, at, places[index + 1] ?? logs.length);
    return { at, ratio: Math.exp(shift), pValue };
  });
}

/** Means of so many values each; the last one may be of fewer. */
function meansOf(logs: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(logs.length / step) }, (_, index) => {
    const own = logs.subarray(index * step, (index + 1) * step);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
}

/** Adds the best split of a span and of its parts, as long as it may be a change. */
function findSplits(
  logs: Float64Array,
  sums: PrefixSums,
  start: number,
  end: number,
  pValue: number,
  found: Set<number>,
): void {
  // A stack, since a series of a million values may be cut many times.
  const open: [number, number][] = [[start, end]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    if (to - from < 2 * LEAST_SPAN) continue;
    const at = from + bestSplit(logs.subarray(from, to));
    if (sums.test(from, at, to).pValue > pValue) continue;
    found.add(at);
    open.push([from, at], [at, to]);
  }
}

/**
 * Where the energy statistic of a span is largest: `nm/(n+m)` times twice the mean distance between the sides less the mean
 * distances within them. Sums of distances come from a tree over ranks, so that all splits together take n log n.
 */
function bestSplit(span: Float64Array): number {
  const count = span.length;
  const ranks = ranksOf(span);
  const before = withinSums(span, ranks);
  const after = withinSums(span.toReversed(), ranks.toReversed());
  const all = before[count]!;
  let [best, at] = [-Infinity, LEAST_SPAN];
  for (let n = LEAST_SPAN; n <= count - LEAST_SPAN; n++) {
    const m = count - n;
    const [left, right] = [before[n]!, after[m]!];
    const between = all - left - right;
    const energy = 2 * between / (n * m) - 2 * left / (n * (n - 1)) - 2 * right / (m * (m - 1));
    const statistic = n * m / (n + m) * energy;
    if (statistic > best) [best, at] = [statistic, n];
  }
  return at;
}

/** At position k: the sum of the distances between all pairs of the first k values. */
function withinSums(values: Float64Array, ranks: Uint32Array): Float64Array {
  const tree = new RankTree(values.length);
  const sums = new Float64Array(values.length + 1);
  let total = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const below = tree.below(ranks[index]!);
    sums[index + 1] = sums[index]! + value * below.count - below.sum + (total - below.sum) -
      value * (index - below.count);
    tree.add(ranks[index]!, value);
    total += value;
  }
  return sums;
}

/** Ranks from 1; equal values have the same one. */
function ranksOf(values: Float64Array): Uint32Array {
  const sorted = values.toSorted();
  return Uint32Array.from(values, (value) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  });
}

/** Counts and sums of values by rank (Fenwick, *A New Data Structure for Cumulative Frequency Tables*, 1994). */
class RankTree {
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;

  constructor(size: number) {
    this.#counts = new Float64Array(size + 1);
    this.#sums = new Float64Array(size + 1);
  }

  add(rank: number, value: number): void {
    for (let at = rank; at < this.#counts.length; at += at & -at) {
      this.#counts[at]! += 1;
      this.#sums[at]! += value;
    }
  }

  below(rank: number): { readonly count: number; readonly sum: number } {
    let [count, sum] = [0, 0];
    for (let at = rank - 1; at > 0; at -= at & -at) {
      count += this.#counts[at]!;
      sum += this.#sums[at]!;
    }
    return { count, sum };
  }
}

/** Means and variances of spans. */
class PrefixSums {
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(logs: Float64Array) {
    // Around the mean, so that squares of nearly equal numbers do not cancel out.
    const middle = logs.reduce((sum, value) => sum + value, 0) / Math.max(1, logs.length);
    this.#sums = new Float64Array(logs.length + 1);
    this.#squares = new Float64Array(logs.length + 1);
    for (let index = 0; index < logs.length; index++) {
      const value = logs[index]! - middle;
      this.#sums[index + 1] = this.#sums[index]! + value;
      this.#squares[index + 1] = this.#squares[index]! + value * value;
    }
  }

  /**
   * Whether the means of `[start, at)` and `[at, end)` differ; `shift` is the second mean less the first one. The larger of two p
   * values counts, Welch's and that of Student's test with one variance: an outlier in a short span makes the first one
   * cautious, and a few values that happen to be equal mislead only the first one.
   */
  test(start: number, at: number, end: number): { readonly pValue: number; readonly shift: number } {
    const [first, second] = [this.#span(start, at), this.#span(at, end)];
    const shift = second.mean - first.mean;
    const [n, m] = [first.count, second.count];
    if (n < 2 || m < 2) return { pValue: 1, shift };
    const [a, b] = [first.variance / n, second.variance / m];
    // What rounding leaves of equal values is no spread.
    if (a + b < 1e-20) return { pValue: Math.abs(shift) < 1e-9 ? 1 : 0, shift };
    const welch = studentTails(
      Math.abs(shift) / Math.sqrt(a + b),
      (a + b) ** 2 / (a ** 2 / (n - 1) + b ** 2 / (m - 1)),
    );
    const variance = ((n - 1) * first.variance + (m - 1) * second.variance) / (n + m - 2);
    const pooled = studentTails(Math.abs(shift) / Math.sqrt(variance * (1 / n + 1 / m)), n + m - 2);
    return { pValue: Math.min(1, Math.max(welch, pooled) * (end - start - 1)), shift };
  }

  #span(
    start: number,
    end: number,
  ): { readonly count: number; readonly mean: number; readonly variance: number } {
    const count = end - start;
    const sum = this.#sums[end]! - this.#sums[start]!;
    const squares = this.#squares[end]! - this.#squares[start]!;
    return {
      count,
      mean: sum / count,
      variance: Math.max(0, squares - sum * sum / count) / Math.max(1, count - 1),
    };
  }
}

/** Takes out candidates between whose spans there is no change, the weakest of neighbours first. */
function merge(
  candidates: readonly number[],
  sums: PrefixSums,
  count: number,
  pValue: number,
  leastShift: number,
): LevelChange[] {
  let kept = [...candidates];
  while (true) {
    const tested = kept.map((at, index) => ({
      at,
      ...sums.test(kept[index - 1] ?? 0, at, kept[index + 1] ?? count),
    }));
    // Shifts that are too small count as weaker than any chance.
    const weakness = tested.map(({ pValue: own, shift }) =>
      Math.abs(shift) < leastShift ? 2 - Math.abs(shift) : own
    );
    const goes = weakness.map((own, index) =>
      own > pValue && own >= (weakness[index - 1] ?? -1) && own > (weakness[index + 1] ?? -1)
    );
    if (!goes.includes(true)) {
      return tested.map(({ at, pValue, shift }) => ({ at, ratio: Math.exp(shift), pValue }));
    }
    kept = kept.filter((_, index) => !goes[index]);
  }
}
