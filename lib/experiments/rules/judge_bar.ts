/**
 * The verdict of one criterion: a number, or pairs of numbers, against the bar that was settled. Pure; where the numbers
 * come from is not its business. `decide.ts` makes the outcome of an experiment from these results.
 */
import type { ArmComparison, Criterion, CriterionResult } from "../../model/experiment.ts";
import { formatShare } from "../../report/format.ts";
import {
  ALARM_LEVEL,
  comparisonVerdict,
  estimateMedian,
  LEAST_CONFIDENCE,
  LEAST_FLOOR,
  median,
  type PairedComparison,
  pairsNeeded,
  sortSamples,
  TARGET_CONFIDENCE,
} from "../../stats/mod.ts";
import { boundaryRatio } from "./bar_boundary.ts";
import { allows, intervalAnswer } from "./validate_experiment.ts";

/** The noise floor of a criterion on this machine. */
export interface Floor {
  /** Share that comparisons between equal sides stay below. */
  readonly share: number;
  /** Whether it was measured on that machine. */
  readonly isCalibrated: boolean;
}

/** Tells the floor of a criterion for an arm when this many pairs are compared. */
export type FloorOf = (criterion: Criterion, arm: string, pairCount: number) => Floor;

/** Floors where nothing was calibrated. */
export const UNCALIBRATED: FloorOf = () => ({ share: LEAST_FLOOR, isCalibrated: false });

/** What one look at the data may conclude. */
export interface Look {
  /** Whether absolute bars are judged by the interval of the middle, and not by the middle alone. */
  readonly isByInterval: boolean;
  /** What intervals aim at. */
  readonly confidence: number;
  /** What an interval must attain before anything is concluded from where it lies. */
  readonly leastConfidence: number;
}

/**
 * What a look may conclude by a version of the rule. From version 2 on, intervals have the same share of their error as
 * p values have of theirs: over all looks together, an arm that lies exactly on a bar passes it in 2.5 % at most.
 * Guardrails do not share it among themselves: to be accepted, an arm that breaks one must pass that very one.
 */
export function lookAt(alarmLevel: number, judging: number): Look {
  const share = judging === 1 ? 1 : alarmLevel / ALARM_LEVEL;
  return {
    isByInterval: judging !== 1,
    confidence: 1 - (1 - TARGET_CONFIDENCE) * share,
    leastConfidence: 1 - (1 - LEAST_CONFIDENCE) * share,
  };
}

/** A criterion and an arm with their values. */
export interface Measured {
  readonly criterion: Criterion;
  readonly arm: string;
  readonly values: readonly number[];
  readonly controlValues: readonly number[];
  /** Present for relative bars whose pairs have a ratio. */
  readonly comparison?: PairedComparison;
  /** Why there is no value, or no ratio. */
  readonly fault?: string;
}

/** Judges a criterion whose values are compared with a fixed bar, or exactly. */
export function judgeAlone(
  { criterion, arm, values, controlValues, fault }: Measured,
  look: Look,
): CriterionResult {
  const { bar } = criterion;
  const value = middle(values);
  const base = { criterion: criterion.id, arm, value };
  const noted = fault === undefined ? {} : { note: fault };
  if (bar.kind === "absolute") {
    if (value === null) return { ...base, result: "undecided", ...noted };
    const isExact = criterion.deterministic === true;
    if (look.isByInterval && !isExact) return judgeMiddle(bar, base, values, look, fault);
    const clears = (one: number): boolean => allows(bar.comparison, bar.value, one);
    const isPassed = clears(value) && (!isExact || values.every(clears));
    // A wrong or failed block casts doubt on a pass, but a miss stays one.
    return { ...base, result: isPassed ? (fault === undefined ? "pass" : "undecided") : "miss", ...noted };
  }
  const controlValue = middle(controlValues);
  if (criterion.deterministic !== true || value === null || controlValue === null) {
    return { ...base, result: "undecided", controlValue, ...noted };
  }
  return judgeExact(criterion, { ...base, controlValue }, values, controlValues);
}

/** An absolute bar against the interval of the middle: where it reaches across the bar, nothing is shown. */
function judgeMiddle(
  { comparison, value: limit }: Extract<Criterion["bar"], { readonly kind: "absolute" }>,
  base: Pick<CriterionResult, "criterion" | "arm" | "value">,
  values: readonly number[],
  { confidence, leastConfidence }: Look,
  fault: string | undefined,
): CriterionResult {
  const { interval } = estimateMedian(sortSamples(values), confidence);
  const isSure = interval.confidence >= leastConfidence;
  const answer = isSure ? intervalAnswer(comparison, limit, interval) : "undecided";
  const note = fault ??
    (isSure
      ? undefined
      : `${values.length} ${
        values.length === 1 ? "round tells" : "rounds tell"
      } too little: the interval has ${formatShare(interval.confidence)}, at this look it must have ${
        formatShare(leastConfidence)
      }`);
  return {
    ...base,
    result: answer === "pass" && fault !== undefined ? "undecided" : answer,
    interval,
    ...(note === undefined ? {} : { note }),
  };
}

/** Deterministic quantities need no statistics: equal programs must give equal values. */
function judgeExact(
  { bar }: Criterion,
  base: Pick<CriterionResult, "criterion" | "arm" | "value" | "controlValue">,
  values: readonly number[],
  controlValues: readonly number[],
): CriterionResult {
  const different = [values, controlValues].find((side) => new Set(side).size > 1);
  if (different !== undefined) {
    const seen = [...new Set(different)].slice(0, 4).join(", ");
    return {
      ...base,
      result: "undecided",
      note: `It was said to be deterministic, but blocks differ: ${seen}`,
    };
  }
  const [value, controlValue] = [values[0]!, controlValues[0]!];
  const isSame = value === controlValue;
  if (bar.kind === "absolute" || (!isSame && !(value > 0 && controlValue > 0))) {
    return { ...base, result: "undecided", note: "A ratio needs values above 0 on both sides" };
  }
  const ratio = isSame ? 1 : value / controlValue;
  const change = bar.better === "lower" ? ratio - 1 : 1 - ratio;
  const isPassed = bar.kind === "improve" ? -change >= bar.worthwhile : change <= bar.margin;
  return {
    ...base,
    result: isPassed ? "pass" : "miss",
    comparison: {
      verdict: isSame ? "equivalent" : change < 0 ? "better" : "worse",
      ratio,
      interval: { lower: ratio, upper: ratio, confidence: 1 },
      pValue: isSame ? 1 : 0,
      pairCount: Math.min(values.length, controlValues.length),
      floor: 0,
      isCalibrated: true,
    },
  };
}

/**
 * Judges a criterion by its pairs. `correctedP` is its p value times what the looks and the other comparisons cost;
 * `alarmLevel` is the level that it has for itself.
 */
export function judgeCompared(
  measured: Measured,
  correctedP: number,
  alarmLevel: number,
  floorOf: FloorOf,
  { leastConfidence }: Look,
): CriterionResult {
  const { criterion, arm, values, controlValues, fault } = measured;
  const { bar } = criterion;
  if (bar.kind === "absolute") throw new TypeError("An absolute bar compares nothing");
  const { ratio, interval, pairCount } = measured.comparison!;
  const floor = floorOf(criterion, arm, pairCount);
  const margin = bar.kind === "improve" ? bar.worthwhile : bar.margin;
  const pValue = Math.min(1, correctedP);
  const isSure = interval.confidence >= leastConfidence;
  const seen = comparisonVerdict({ ratio, interval, pValue }, {
    better: bar.better,
    floor: floor.share,
    margin,
  });
  // Sameness is read off the interval, which must be sure enough for this look.
  const verdict = seen === "equivalent" && !isSure ? "undecided" : seen;
  const isLower = bar.better === "lower";
  const boundary = boundaryRatio(bar);
  const isBeyond = (one: number): boolean => isLower ? one <= boundary : one >= boundary;
  const [best, worst] = isLower ? [interval.lower, interval.upper] : [interval.upper, interval.lower];
  const result = fault !== undefined
    ? "undecided"
    : bar.kind === "improve"
    ? (verdict === "better" && isBeyond(ratio)
      ? "pass"
      : verdict === "worse" || (isSure && !isBeyond(best))
      ? "miss"
      : "undecided")
    : (isSure && isBeyond(worst)
      ? "pass"
      : (isSure && !isBeyond(best)) || (verdict === "worse" && !isBeyond(ratio))
      ? "miss"
      : "undecided");
  const needed = result === "undecided"
    ? pairsNeeded({ ratio, interval, pairCount, boundary, floor: floor.share, alarmLevel })
    : undefined;
  const comparison: ArmComparison = {
    verdict,
    ratio,
    interval,
    pValue,
    pairCount,
    floor: floor.share,
    isCalibrated: floor.isCalibrated,
    ...(needed === undefined ? {} : { pairsNeeded: needed }),
  };
  const isBelowNoise = result === "undecided" && pValue < ALARM_LEVEL && verdict === "undecided";
  const note = fault ??
    (isBelowNoise
      ? "The difference is real, but not larger than what this machine makes up by itself"
      : undefined);
  return {
    criterion: criterion.id,
    arm,
    result,
    value: middle(values),
    controlValue: middle(controlValues),
    comparison,
    ...(note === undefined ? {} : { note }),
  };
}

function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(sortSamples(values));
}
