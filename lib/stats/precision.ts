/**
 * Whether blocks suffice. In: values over the blocks of a cell, and a rule that was settled before the first of them.
 * Out: how far intervals reach, and how many more blocks would make them narrow enough.
 *
 * Who looks after every block and stops at the first interval that pleases, stops at lucky ones: intervals of 95 % then
 * hold the true median in 92 to 97 % of cases. Looking only at {@link isLook} keeps 94 % or more in every case that
 * `precision_test.ts` simulates.
 */
import type { MeasuredBlock, PhaseRecord, StoppingRule } from "../model/mod.ts";
import { estimateMedian } from "./interval.ts";
import { sortSamples } from "./quantile.ts";

/** What an interval must be like to suffice. */
export type PrecisionGoal = Pick<StoppingRule, "confidence" | "reachShare" | "leastBlockCount">;

/** What a run aims at unless it says otherwise: intervals of 95 %, which takes six blocks, and of ±10 %. */
export const PRECISION_GOAL: PrecisionGoal = { confidence: 0.95, reachShare: 0.1, leastBlockCount: 6 };

/**
 * Phase metrics that must be precise: how long everything took until the last screen was right, and how late a change
 * was shown.
 */
export const PRECISE_METRICS: readonly string[] = ["done_ns", "shown_p50_ns"];

/** Stands in where a phase has no `done_ns`: in records of before, and where nothing was watched. */
export const WALL_METRIC = "wall_ns";

/** How precise a value is. */
export interface Precision {
  /** The interval is as sure and as narrow as wanted. */
  readonly isEnough: boolean;
  /**
   * How far the farther end of the interval is from the median, as a share of it. Infinite where there is no value, or
   * where the median is 0 and not all values are.
   */
  readonly reachShare: number;
  /** About how many more blocks are needed; 0 when it is enough, else at least 1. */
  readonly missingBlockCount: number;
}

/**
 * How precise the median of the values is. The number of missing blocks supposes that blocks to come scatter as those so
 * far do, and that an interval shrinks with the root of their number.
 */
export function precisionOf(values: readonly number[], goal: PrecisionGoal): Precision {
  const { confidence, reachShare: wantedShare, leastBlockCount } = goal;
  const count = values.length;
  const missingAtLeast = Math.max(0, leastBlockCount - count);
  if (count === 0) return { isEnough: false, reachShare: Infinity, missingBlockCount: missingAtLeast };
  const { value, interval } = estimateMedian(sortSamples(values), confidence);
  const distance = Math.max(value - interval.lower, interval.upper - value);
  const reachShare = distance === 0 ? 0 : value > 0 ? distance / value : Infinity;
  const isSure = count >= leastBlockCount && interval.confidence >= confidence;
  if (isSure && reachShare <= wantedShare) return { isEnough: true, reachShare, missingBlockCount: 0 };
  // From few blocks the interval is their whole range, whatever its confidence: the range says how they scatter.
  const total = Number.isFinite(reachShare) ? count * (reachShare / wantedShare) ** 2 : 0;
  const missing = Math.ceil(total) - count;
  return { isEnough: false, reachShare, missingBlockCount: Math.max(1, missingAtLeast, missing) };
}

/** The blocks of a cell that have numbers: measured ones, other than those that kept whole rows for the judge. */
export function blocksWithNumbers<B extends Pick<MeasuredBlock, "evidence">>(blocks: readonly B[]): B[] {
  return blocks.filter(({ evidence }) => evidence !== "rows");
}

/**
 * How precise a cell is: as its least precise metric in its least precise phase. `blocks` are those with numbers; metrics
 * that none of them has are left out, except that a phase without the first one is judged by {@link WALL_METRIC}.
 */
export function cellPrecision(
  blocks: readonly Pick<MeasuredBlock, "phases">[],
  { metrics, ...goal }: PrecisionGoal & Pick<StoppingRule, "metrics">,
): Precision {
  const byName = Map.groupBy(blocks.flatMap(({ phases }) => phases), ({ name }) => name);
  const precisions = [...byName.values()].flatMap((phases) =>
    judgedValues(phases, metrics).map((values) => precisionOf(values, goal))
  );
  if (precisions.length === 0) return precisionOf([], goal);
  return {
    isEnough: precisions.every(({ isEnough }) => isEnough),
    reachShare: Math.max(...precisions.map(({ reachShare }) => reachShare)),
    missingBlockCount: Math.max(...precisions.map(({ missingBlockCount }) => missingBlockCount)),
  };
}

function judgedValues(phases: readonly PhaseRecord[], metrics: readonly string[]): number[][] {
  const valuesOf = (id: string): number[] => phases.flatMap((phase) => phase.metrics[id] ?? []);
  const known = metrics.map(valuesOf);
  const lead = known[0]?.length === 0 ? [valuesOf(WALL_METRIC)] : [];
  return [...lead, ...known].filter((values) => values.length > 0);
}

/** Whether a run that stops by precision looks at a cell when it has this many blocks: 6, 8, 11, 15, 20, 27, 36, ... */
export function isLook(blockCount: number, leastBlockCount: number): boolean {
  let look = leastBlockCount;
  while (look < blockCount) look = Math.ceil(look * LOOK_STEP);
  return look === blockCount;
}

/** Each look comes after a third more blocks: a luckily narrow interval has few chances. */
const LOOK_STEP = 4 / 3;
