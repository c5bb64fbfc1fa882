/**
 * Where a series of runs changed level.
 *
 * The series is split where the two sides differ most, by the statistic of Mann and Whitney on the stretches of up to 30
 * runs before and after; a split counts when the interval of the ratio excludes 1 and the ratio is at least 5 % away
 * from it. Then both parts are searched in the same way. Ranks do not mind one outlier, and a slow drift shows as a few
 * steps. The best of many places is taken, so the interval is wider than for one comparison: 99.5 %.
 */
import { compareSamples, median, sortSamples } from "../../stats/mod.ts";

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

const CONFIDENCE = 0.995;
/** What five runs on either side attain, the fewest that are split. */
const LEAST_CONFIDENCE = 0.99;
const SMALLEST_CHANGE = 0.05;
const LONGEST_STRETCH = 30;
const SHORTEST_STRETCH = 5;

/** Changes in order of time. `values` are the medians of the runs, oldest first; series that hold a 0 have none. */
export function changePoints(values: readonly number[]): ChangePoint[] {
  if (values.some((value) => !(value > 0))) return [];
  const places: number[] = [];
  const parts = [{ start: 0, end: values.length }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const at = strongestSplit(values, part.start, part.end);
    if (at === undefined || changeAt(values, part.start, at, part.end) === undefined) continue;
    places.push(at);
    parts.push({ start: part.start, end: at }, { start: at, end: part.end });
  }
  places.sort((a, b) => a - b);
  // A split was judged against all of its part; what is reported is against the levels that were found beside it.
  return places.flatMap((at, index) =>
    changeAt(values, places[index - 1] ?? 0, at, places[index + 1] ?? values.length) ?? []
  );
}

function strongestSplit(values: readonly number[], start: number, end: number): number | undefined {
  let best: { at: number; strength: number } | undefined;
  for (let at = start + SHORTEST_STRETCH; at <= end - SHORTEST_STRETCH; at++) {
    const strength = separation(...sidesOf(values, start, at, end));
    if (best === undefined || strength > best.strength) best = { at, strength };
  }
  return best?.at;
}

function changeAt(
  values: readonly number[],
  start: number,
  at: number,
  end: number,
): ChangePoint | undefined {
  const [before, after] = sidesOf(values, start, at, end);
  const { ratio, interval } = compareSamples(before, after, CONFIDENCE);
  const { lower, upper, confidence } = interval;
  const isApart = confidence >= LEAST_CONFIDENCE && (lower > 1 || upper < 1);
  const isLarge = Math.abs(Math.log(ratio)) >= Math.log(1 + SMALLEST_CHANGE);
  // Near the ends of a series a true change may be too late to be split at: the values beside the split tell.
  const isHere = distance(values[at]!, after) < distance(values[at]!, before) &&
    distance(values[at - 1]!, before) < distance(values[at - 1]!, after);
  return isApart && isLarge && isHere ? { at, ratio, lower, upper } : undefined;
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
function separation(before: readonly number[], after: readonly number[]): number {
  let above = 0;
  for (const b of after) {
    for (const a of before) above += b > a ? 1 : b === a ? 0.5 : 0;
  }
  const product = before.length * after.length;
  const deviation = Math.sqrt(product * (before.length + after.length + 1) / 12);
  return Math.abs(above - product / 2) / deviation;
}
