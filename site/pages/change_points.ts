/**
 * Where a series of runs changed level.
 *
 * The series is split where the two sides differ most, by the statistic of Mann and Whitney on the stretches of up to 20
 * runs before and after; a split counts when the interval of the ratio excludes 1 and the ratio is at least 5 % away
 * from it. Then both parts are searched in the same way. Ranks do not mind one outlier, and a slow drift shows as a few
 * steps. The best of many places is taken, so the interval is wider than for one comparison: 99.5 %.
 */
import type { Direction } from "../../lib/model/mod.ts";
import {
  mannWhitneyRank,
  median,
  orderStatisticInterval,
  ratioEstimate,
  sortSamples,
} from "../../lib/stats/mod.ts";
import { formatRatio, formatShare } from "../../lib/report/format.ts";

/** A change of level. */
export interface ChangePoint {
  /** Position in the series of the first value on the new level. */
  readonly at: number;
  /** New level over old level. */
  readonly ratio: number;
  /** Ends of the ratio's interval. */
  readonly lower: number;
  /** See {@link lower}. */
  readonly upper: number;
}

/** What a change means for a metric. */
export function changeWord(direction: Direction, ratio: number): "better" | "worse" | "different" {
  if (direction !== "lower" && direction !== "higher") return "different";
  return (direction === "higher") === (ratio > 1) ? "better" : "worse";
}

/** A change in words: which way, by how much, and what that means where it is known: `down 50 %, better`. */
export function changeText(direction: Direction, ratio: number): string {
  const way = ratio < 1 ? "down" : "up";
  const share = Math.abs(ratio - 1);
  // Doublings read better as factors than as hundreds of per cent.
  const size = share >= 1 ? formatRatio(ratio) : formatShare(Number(share.toPrecision(2)));
  const word = changeWord(direction, ratio);
  return `${way} ${share >= 1 ? "to " : ""}${size}${word === "different" ? "" : `, ${word}`}`;
}

const CONFIDENCE = 0.995;
/** What five runs on either side attain, the fewest that are split. */
const LEAST_CONFIDENCE = 0.99;
const SMALLEST_CHANGE = 0.05;
const LONGEST_STRETCH = 20;
const SHORTEST_STRETCH = 5;

/**
 * Changes in order of time. `values` are the medians of the runs, oldest first; series that hold a 0 have none.
 *
 * Takes time in proportion to the number of values: a stretch is never longer than 20, so a split changes the strength of
 * its neighbours only.
 */
export function changePoints(values: readonly number[]): ChangePoint[] {
  if (values.some((value) => !(value > 0))) return [];
  const sums = sumsOfLogs(values);
  const strengths = new Float64Array(values.length);
  const measure = (part: Part, from: number, to: number): void => {
    let window: Window | undefined;
    for (let at = Math.max(from, part.start); at < Math.min(to, part.end); at++) {
      if (!mayDiffer(sums, part, at)) {
        strengths[at] = 0;
        window = undefined;
        continue;
      }
      window = window === undefined ? windowAt(values, part, at) : windowAfter(values, part, window);
      strengths[at] = separation(window);
    }
  };
  const places: number[] = [];
  const parts: Part[] = [{ start: 0, end: values.length }];
  measure(parts[0]!, 0, values.length);
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { start, end } = part;
    const at = strongestPlace(strengths, part);
    if (at === undefined || changeAt(values, start, at, end) === undefined) continue;
    places.push(at);
    const [left, right] = [{ start, end: at }, { start: at, end }];
    measure(left, at - LONGEST_STRETCH, at);
    measure(right, at, at + LONGEST_STRETCH);
    parts.push(left, right);
  }
  places.sort((a, b) => a - b);
  // A split was judged against all of its part; what is reported is against the levels that were found beside it.
  return places.flatMap((at, index) =>
    changeAt(values, places[index - 1] ?? 0, at, places[index + 1] ?? values.length) ?? []
  );
}

/** A stretch of the series that may still be split, `end` excluded. */
interface Part {
  readonly start: number;
  readonly end: number;
}

function strongestPlace(strengths: Float64Array, { start, end }: Part): number | undefined {
  let best: number | undefined;
  for (let at = start; at < end; at++) {
    if (strengths[at]! > (best === undefined ? 0 : strengths[best]!)) best = at;
  }
  return best;
}

/** Whether the means leave it open that this is a place for a split: most are in the middle of a level. */
function mayDiffer(sums: Float64Array, { start, end }: Part, at: number): boolean {
  if (at < start + SHORTEST_STRETCH || at > end - SHORTEST_STRETCH) return false;
  const [first, last] = [Math.max(start, at - LONGEST_STRETCH), Math.min(end, at + LONGEST_STRETCH)];
  const difference = (sums[last]! - sums[at]!) / (last - at) - (sums[at]! - sums[first]!) / (at - first);
  return Math.abs(difference) >= Math.log(1 + SMALLEST_CHANGE) / 2;
}

/** The two sides of a place, and how they compare. */
interface Window {
  /** Where the side before begins. */
  readonly first: number;
  /** Where the side after begins. */
  readonly at: number;
  /** Where the side after ends, itself excluded. */
  readonly last: number;
  /** Pairs with the later value above, ties half; doubled, so that it is whole and sums are exact. */
  readonly twiceAbove: number;
}

function windowAt(values: readonly number[], { start, end }: Part, at: number): Window {
  const [first, last] = [Math.max(start, at - LONGEST_STRETCH), Math.min(end, at + LONGEST_STRETCH)];
  return { first, at, last, twiceAbove: twiceAbove(values, first, at, at, last) };
}

/** The window one place further: only pairs that leave or enter are compared, a fifth of all. */
function windowAfter(values: readonly number[], { start, end }: Part, window: Window): Window {
  const at = window.at + 1;
  const [first, last] = [Math.max(start, at - LONGEST_STRETCH), Math.min(end, at + LONGEST_STRETCH)];
  return {
    first,
    at,
    last,
    twiceAbove: window.twiceAbove -
      twiceAbove(values, window.first, first, window.at, window.last) -
      twiceAbove(values, first, window.at, window.at, at) +
      twiceAbove(values, window.at, at, at, window.last) +
      twiceAbove(values, first, at, window.last, last),
  };
}

/** Over all pairs of a place from `first` to `at` and one from `from` to `to`, ends excluded: 2 where the later is above. */
function twiceAbove(values: readonly number[], first: number, at: number, from: number, to: number): number {
  let sum = 0;
  for (let after = from; after < to; after++) {
    const value = values[after]!;
    for (let before = first; before < at; before++) {
      sum += (value > values[before]! ? 1 : 0) + (value >= values[before]! ? 1 : 0);
    }
  }
  return sum;
}

function sumsOfLogs(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (const [index, value] of values.entries()) sums[index + 1] = sums[index]! + Math.log(value);
  return sums;
}

function changeAt(
  values: readonly number[],
  start: number,
  at: number,
  end: number,
): ChangePoint | undefined {
  const [before, after] = sidesOf(values, start, at, end);
  const { ratio, interval: { lower, upper, confidence } } = shift(before, after);
  const isApart = confidence >= LEAST_CONFIDENCE && (lower > 1 || upper < 1);
  const isLarge = Math.abs(Math.log(ratio)) >= Math.log(1 + SMALLEST_CHANGE);
  // Near the ends of a series a true change may be too late to be split at: the values beside the split tell.
  const isHere = distance(values[at]!, after) < distance(values[at]!, before) &&
    distance(values[at - 1]!, before) < distance(values[at - 1]!, after);
  return isApart && isLarge && isHere ? { at, ratio, lower, upper } : undefined;
}

/** The ratio of two levels as `compareSamples` gives it. */
function shift(before: readonly number[], after: readonly number[]): ReturnType<typeof ratioEstimate> {
  const differences = sortSamples(before.flatMap((a) => after.map((b) => Math.log(b) - Math.log(a))));
  const { rank } = mannWhitneyRank(before.length, after.length, CONFIDENCE);
  return ratioEstimate(median(differences), orderStatisticInterval(differences, rank));
}

function distance(value: number, level: readonly number[]): number {
  return Math.abs(Math.log(value / median(sortSamples(level))));
}

function sidesOf(values: readonly number[], start: number, at: number, end: number): [number[], number[]] {
  return [
    values.slice(Math.max(start, at - LONGEST_STRETCH), at),
    values.slice(at, Math.min(end, at + LONGEST_STRETCH)),
  ];
}

/** How far apart two sides are: the share of pairs in the same order, in standard deviations from one half. */
function separation({ first, at, last, twiceAbove }: Window): number {
  const product = (at - first) * (last - at);
  const deviation = Math.sqrt(product * (last - first + 1) / 12);
  return Math.abs(twiceAbove - product) / (2 * deviation);
}
