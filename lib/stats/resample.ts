/**
 * What comparisons of k pairs do, learned from n measured rounds: k of the n rounds are drawn many times. In: values of
 * blocks by round. Out: how far estimates go astray, and how often a rule calls a difference.
 *
 * Where sides are equal, a round's blocks are dealt to them anew in every draw: which of two equal programs a process
 * belongs to is but a name. Draws overlap, so that rates for k close to n are less certain than their number of draws
 * suggests.
 */
import { type Interval, TARGET_CONFIDENCE } from "./interval.ts";
import { comparePairs, type PairedComparison, walshAverages } from "./paired.ts";
import { normalQuantile } from "./normal.ts";
import { median, quantile, sortSamples } from "./quantile.ts";
import { sideValue } from "./side.ts";

/** A whole number from 0 to below its argument, each equally likely. */
export type RandomIndex = (below: number) => number;

/** Share of estimates between equal sides that a floor must cover. */
const COVERED_SHARE = 0.95;

/** What the blocks of one round gave, values above 0. */
export interface MeasuredRound {
  /** Of the first side; of both, where the sides are equal. */
  readonly first: readonly number[];
  /** Of the second side; absent where the sides are equal. */
  readonly second?: readonly number[];
}

/** How pairs are drawn. */
export interface Drawing {
  /** Pairs per draw. */
  readonly pairCount: number;
  /** Blocks of each side of a pair. */
  readonly blocksPerSide: number;
  /** Draws. */
  readonly drawCount: number;
  /** Source of chance. */
  readonly random: RandomIndex;
}

/**
 * The noise floor of comparisons of `pairCount` pairs: 95 % of estimates between equal sides are closer to 1 than this
 * share. With fewer measured rounds than wanted, rounds are drawn more than once.
 *
 * @throws {RangeError} when there are no rounds, or one has fewer blocks than two sides need.
 */
export function noiseFloor(rounds: readonly (readonly number[])[], drawing: Drawing): number {
  const reaches = Array.from({ length: drawing.drawCount }, () => {
    const drawn = drawRounds(rounds.length, drawing).map((index) =>
      drawLogRatio({ first: rounds[index]! }, drawing)
    );
    return Math.abs(median(walshAverages(drawn)));
  });
  return Math.expm1(quantile(sortSamples(reaches), COVERED_SHARE));
}

/**
 * The log ratio of one pair from the blocks of one round, second side over first side.
 *
 * @throws {RangeError} when a side has fewer blocks than asked for.
 */
export function drawLogRatio(
  { first, second }: MeasuredRound,
  { blocksPerSide, random }: Pick<Drawing, "blocksPerSide" | "random">,
): number {
  if (second !== undefined) {
    const [a, b] = [first, second].map((side) => sideValue(drawOf(side, blocksPerSide, random)));
    return Math.log(b! / a!);
  }
  const drawn = drawOf(first, 2 * blocksPerSide, random);
  return Math.log(sideValue(drawn.slice(blocksPerSide)) / sideValue(drawn.slice(0, blocksPerSide)));
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
 * How often a rule says yes to the log ratios of drawn pairs. A round is drawn once at most: the exact test knows no
 * repeated pairs.
 *
 * @throws {RangeError} when more pairs are to be drawn than rounds were measured.
 */
export function callRate(
  rounds: readonly MeasuredRound[],
  drawing: Drawing,
  isCalled: (drawn: readonly number[]) => boolean,
): Rate {
  if (drawing.pairCount > rounds.length) {
    throw new RangeError(
      `Cannot draw ${drawing.pairCount} pairs as there must be as many rounds: got ${rounds.length}`,
    );
  }
  let calledCount = 0;
  for (let draw = 0; draw < drawing.drawCount; draw++) {
    const drawn = drawRounds(rounds.length, drawing).map((index) => drawLogRatio(rounds[index]!, drawing));
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

function drawRounds(count: number, { pairCount, random }: Drawing): number[] {
  if (count === 0) throw new RangeError("Cannot draw pairs as there must be a round: got none");
  if (pairCount > count) return Array.from({ length: pairCount }, () => random(count));
  return drawOf(Array.from({ length: count }, (_, index) => index), pairCount, random);
}

/** Some of the items, none twice, in random order. */
function drawOf<T>(items: readonly T[], count: number, random: RandomIndex): T[] {
  if (count > items.length) {
    throw new RangeError(`Cannot draw ${count} blocks as the round must have as many: got ${items.length}`);
  }
  const drawn = [...items];
  for (let next = 0; next < count; next++) {
    const other = next + random(drawn.length - next);
    [drawn[next], drawn[other]] = [drawn[other]!, drawn[next]!];
  }
  return drawn.slice(0, count);
}
