/**
 * How a cost grows with a size. In: values over the blocks of each size. Out: the exponent b of cost = a * size^b, where
 * it may be, and whether one exponent tells the whole story.
 *
 * The exponent is the slope of log cost on log size by Theil (1950) and Sen (1968): the median of the slopes of all pairs
 * of sizes. A third of the points, less a little, may be anything without dragging it along, where least squares would
 * follow one of them. 0 is a cost that does not grow, 1 one that doubles with the size.
 */
import type { Interval } from "./interval.ts";
import { median, quantile, sortSamples } from "./quantile.ts";
import type { RandomIndex } from "./resample.ts";

/** One size, and what it cost in each block. */
export interface ScalingPoint {
  /** Above 0. */
  readonly size: number;
  /** By block; values are used only where all are finite and above 0. */
  readonly values: readonly number[];
}

/** The fitted law. */
export interface PowerLaw {
  /** The slope of log cost on log size. */
  readonly exponent: number;
  /** Where the true one may be: from resampled blocks. Confidence 0, and no width, from fewer than three a size. */
  readonly interval: Interval;
  /** Exponents of the smaller half of the sizes and of the larger one; the size in the middle belongs to both. */
  readonly halves: readonly [smaller: number, larger: number];
  /** The halves differ by {@link CURVED_DIFFERENCE} or more, and by more than blocks scatter. */
  readonly isCurved: boolean;
  /** Sizes that it rests on. */
  readonly pointCount: number;
}

/** A law, or why there is none: a sentence without final period. */
export type PowerLawFit =
  | { readonly kind: "fitted"; readonly law: PowerLaw }
  | { readonly kind: "refused"; readonly reason: string };

/** Fewest sizes. */
export const LEAST_POINT_COUNT = 4;
/** The largest size over the smallest, in powers of ten. */
export const LEAST_DECADES = 2;
/** Exponents of two halves that differ by less are one: 0.25 is a factor of 1.8 over a decade. */
export const CURVED_DIFFERENCE = 0.25;

/** Blocks of one size below which nothing can be resampled. */
const LEAST_BLOCK_COUNT = 3;
const DRAW_COUNT = 999;
const CONFIDENCE = 0.95;

/**
 * Fits a power law. The interval holds the middle 95 % of exponents of 999 draws: in each, the blocks of every size are
 * drawn anew with replacement (Efron 1979), and the law is fitted to their medians.
 *
 * O(draws * sizes^2). Order of the points does not matter; sizes must differ.
 */
export function fitPowerLaw(points: readonly ScalingPoint[], random: RandomIndex): PowerLawFit {
  const usable = points.filter(({ values }) => values.length > 0).toSorted((a, b) => a.size - b.size);
  const reason = refusal(usable);
  if (reason !== undefined) return { kind: "refused", reason };
  const logs = usable.map(({ size, values }) => ({ x: Math.log(size), ys: values.map(Math.log) }));
  const fit = (pick: (ys: readonly number[]) => readonly number[]) => {
    const medians = logs.map(({ x, ys }) => ({ x, y: median(sortSamples(pick(ys))) }));
    const middle = (medians.length - 1) / 2;
    return {
      exponent: theilSenSlope(medians),
      halves: [
        theilSenSlope(medians.slice(0, Math.floor(middle) + 1)),
        theilSenSlope(medians.slice(Math.ceil(middle))),
      ] as const,
    };
  };
  const { exponent, halves } = fit((ys) => ys);
  const isResampled = logs.every(({ ys }) => ys.length >= LEAST_BLOCK_COUNT);
  const draws = isResampled
    ? Array.from({ length: DRAW_COUNT }, () => fit((ys) => ys.map(() => ys[random(ys.length)]!)))
    : [];
  const bend = middleOf(
    draws.map(({ halves: [smaller, larger] }) => larger - smaller),
    halves[1] - halves[0],
  );
  return {
    kind: "fitted",
    law: {
      exponent,
      interval: middleOf(draws.map((draw) => draw.exponent), exponent),
      halves,
      isCurved: isResampled && Math.abs(halves[1] - halves[0]) >= CURVED_DIFFERENCE &&
        (bend.lower > 0 || bend.upper < 0),
      pointCount: usable.length,
    },
  };
}

/**
 * The median of the slopes of all pairs of points, those with equal `x` left out.
 *
 * @throws {RangeError} when no two points differ in `x`, or a coordinate is NaN.
 */
export function theilSenSlope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const slopes = pairSlopes(points);
  if (slopes.length === 0) {
    throw new RangeError(`Cannot find a slope as two points must differ in x: got ${points.length} points`);
  }
  return median(sortSamples(slopes));
}

/** Slopes of all pairs of points with different `x`, in no particular order. */
export function pairSlopes(points: readonly { readonly x: number; readonly y: number }[]): number[] {
  const slopes: number[] = [];
  for (const [index, { x, y }] of points.entries()) {
    for (let other = index + 1; other < points.length; other++) {
      const distance = points[other]!.x - x;
      if (distance !== 0) slopes.push((points[other]!.y - y) / distance);
    }
  }
  return slopes;
}

function refusal(points: readonly ScalingPoint[]): string | undefined {
  const bad = points.flatMap(({ values }) => values).find((value) => !(value > 0 && value < Infinity));
  if (bad !== undefined) return `a power law has values above 0: one is ${bad}`;
  if (points.length < LEAST_POINT_COUNT) {
    return `a power law needs ${LEAST_POINT_COUNT} sizes with values: there are ${points.length}`;
  }
  const [smallest, largest] = [points[0]!.size, points.at(-1)!.size];
  const decades = Math.log10(largest / smallest);
  // 10 to 1000 are two decades, whatever the logarithm's last bit says.
  if (decades >= LEAST_DECADES - 1e-9) return undefined;
  return `a power law needs sizes over ${LEAST_DECADES} decades: ${smallest} to ${largest} are ${
    Number(decades.toFixed(1))
  }`;
}

/** The middle 95 % of draws; the value alone, with confidence 0, where nothing was drawn. */
function middleOf(draws: readonly number[], value: number): Interval {
  if (draws.length === 0) return { lower: value, upper: value, confidence: 0 };
  const sorted = sortSamples(draws);
  const tail = (1 - CONFIDENCE) / 2;
  return { lower: quantile(sorted, tail), upper: quantile(sorted, 1 - tail), confidence: CONFIDENCE };
}
