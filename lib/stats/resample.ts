/**
 * What comparisons of k pairs do, learned from n measured ones: k of the n pairs are drawn many times. In: log ratios of
 * measured pairs. Out: how far estimates go astray, and how often a rule calls a difference.
 *
 * Draws overlap, so that rates for k close to n are less certain than their number of draws suggests.
 */
import { type Interval, TARGET_CONFIDENCE } from "./interval.ts";
import { comparePairs, type PairedComparison, walshAverages } from "./paired.ts";
import { normalQuantile } from "./normal.ts";
import { median, quantile, sortSamples } from "./quantile.ts";

/** A whole number from 0 to below its argument, each equally likely. */
export type RandomIndex = (below: number) => number;

/** Share of estimates between equal sides that a floor must cover. */
const COVERED_SHARE = 0.95;

/** How pairs are drawn. */
export interface Drawing {
  /** Pairs per draw. */
  readonly pairCount: number;
  /** Draws. */
  readonly drawCount: number;
  /** Source of chance. */
  readonly random: RandomIndex;
}

/**
 * The noise floor of comparisons of `pairCount` pairs: 95 % of estimates between equal sides are closer to 1 than this
 * share. Since the sides are equal, each pair is turned around by the toss of a coin. With fewer measured pairs than
 * wanted, pairs are drawn more than once.
 *
 * @throws {RangeError} when there are no pairs.
 */
export function noiseFloor(logRatios: readonly number[], drawing: Drawing): number {
  const reaches = Array.from({ length: drawing.drawCount }, () => {
    const drawn = drawPairs(logRatios.length, drawing).map((index) => flipped(logRatios[index]!, drawing));
    return Math.abs(median(walshAverages(drawn)));
  });
  return Math.expm1(quantile(sortSamples(reaches), COVERED_SHARE));
}

/** A share seen in draws. */
export interface Rate {
  /** From 0 to 1. */
  readonly share: number;
  /** Wilson's interval, as if draws were independent. */
  readonly interval: Interval;
  /** Draws that it rests on. */
  readonly drawCount: number;
}

/**
 * How often a rule says yes to the log ratios of drawn pairs. `flips` turns pairs around by the toss of a coin, for sides
 * that are equal. A pair is drawn once at most: the exact test knows no repeated pairs.
 *
 * @throws {RangeError} when more pairs are to be drawn than were measured.
 */
export function callRate(
  logRatios: readonly number[],
  drawing: Drawing & { readonly flips: boolean },
  isCalled: (drawn: readonly number[]) => boolean,
): Rate {
  if (drawing.pairCount > logRatios.length) {
    throw new RangeError(
      `Cannot draw ${drawing.pairCount} pairs as there must be as many: got ${logRatios.length}`,
    );
  }
  let calledCount = 0;
  for (let draw = 0; draw < drawing.drawCount; draw++) {
    const drawn = drawPairs(logRatios.length, drawing)
      .map((index) => drawing.flips ? flipped(logRatios[index]!, drawing) : logRatios[index]!);
    if (isCalled(drawn)) calledCount += 1;
  }
  return wilsonRate(calledCount, drawing.drawCount);
}

/** {@link comparePairs} of pairs whose log ratios are known. */
export function compareLogRatios(logRatios: readonly number[]): PairedComparison {
  return comparePairs(logRatios.map(() => 1), logRatios.map(Math.exp));
}

/** A share of successes with Wilson's score interval, which stays inside 0 to 1 and is sound near its ends. */
export function wilsonRate(successCount: number, drawCount: number): Rate {
  const z = normalQuantile((1 + TARGET_CONFIDENCE) / 2);
  const share = successCount / drawCount;
  const spread = z * z / drawCount;
  const middle = (share + spread / 2) / (1 + spread);
  const reach = z / (1 + spread) * Math.sqrt((share * (1 - share) + spread / 4) / drawCount);
  return {
    share,
    interval: {
      lower: successCount === 0 ? 0 : middle - reach,
      upper: successCount === drawCount ? 1 : middle + reach,
      confidence: TARGET_CONFIDENCE,
    },
    drawCount,
  };
}

function drawPairs(count: number, { pairCount, random }: Drawing): number[] {
  if (count === 0) throw new RangeError("Cannot draw pairs as there must be some: got none");
  if (pairCount > count) return Array.from({ length: pairCount }, () => random(count));
  const indexes = Array.from({ length: count }, (_, index) => index);
  for (let next = 0; next < pairCount; next++) {
    const other = next + random(count - next);
    [indexes[next], indexes[other]] = [indexes[other]!, indexes[next]!];
  }
  return indexes.slice(0, pairCount);
}

function flipped(logRatio: number, { random }: Drawing): number {
  return random(2) === 0 ? logRatio : -logRatio;
}
