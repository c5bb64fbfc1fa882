/**
 * From a comparison of pairs to words. In: an estimate with its interval and a corrected p value. Out: a verdict, and
 * where there is none, how many pairs are missing.
 *
 * A difference is called when chance is ruled out *and* it is larger than what the machine makes up by itself; sameness
 * is called when the whole interval lies inside the margin. Neither follows from the lack of the other.
 */
import type { ComparisonVerdict } from "../model/experiment.ts";
import { ALARM_LEVEL } from "./looks.ts";
import { normalQuantile } from "./normal.ts";
import type { RatioEstimate } from "./ratio.ts";

/** Smallest effect that is believed on any machine, as a share: what fresh processes of one program differ by. */
export const LEAST_FLOOR = 0.03;

/**
 * Confidence that an interval must attain before anything is concluded from where it lies. Fewer than five pairs cannot:
 * their whole range holds the true ratio too seldom.
 */
export const LEAST_CONFIDENCE = 0.9;

/** The fewest pairs whose interval attains {@link LEAST_CONFIDENCE}. */
const LEAST_PAIRS = 5;

/** What a comparison is held against. Shares: 0.03 is 3 %. */
export interface VerdictRule {
  /** Which way is better. */
  readonly better: "lower" | "higher";
  /** Smallest effect that is believed. */
  readonly floor: number;
  /** Largest effect that does not matter. */
  readonly margin: number;
}

/** A comparison whose p value is corrected for everything that was compared and looked at. */
export interface CorrectedComparison extends RatioEstimate {
  /** Compared with {@link ALARM_LEVEL}. */
  readonly pValue: number;
}

/** What the pairs say of the second side, seen from the first. */
export function comparisonVerdict(comparison: CorrectedComparison, rule: VerdictRule): ComparisonVerdict {
  const { ratio, interval, pValue } = comparison;
  if (pValue < ALARM_LEVEL && Math.abs(Math.log(ratio)) > Math.log1p(rule.floor)) {
    return (ratio < 1) === (rule.better === "lower") ? "better" : "worse";
  }
  if (interval.confidence < LEAST_CONFIDENCE) return "undecided";
  const reach = Math.max(Math.abs(Math.log(interval.lower)), Math.abs(Math.log(interval.upper)));
  return reach < Math.log1p(rule.margin) ? "equivalent" : "undecided";
}

/** What {@link pairsNeeded} extrapolates from. */
export interface UndecidedComparison extends RatioEstimate {
  /** Pairs so far. */
  readonly pairCount: number;
  /** Ratio that the interval must come to lie on one side of, such as 1.05 for a margin of 5 %. */
  readonly boundary: number;
  /** Smallest effect that is believed, a share. */
  readonly floor: number;
  /** Level that one comparison has after all corrections. */
  readonly alarmLevel: number;
}

/**
 * How many further pairs would decide, if the pairs to come scatter as those so far do and the estimate is right.
 * `undefined` where no number would: the estimate lies on the boundary. At least 1.
 */
export function pairsNeeded(comparison: UndecidedComparison): number | undefined {
  const { ratio, interval, pairCount, boundary, floor, alarmLevel } = comparison;
  const estimate = Math.log(ratio);
  // An interval may be lopsided: what counts is how far its end on the other side of `value` is from the estimate.
  const reachTo = (value: number): number =>
    value > estimate ? Math.log(interval.upper) - estimate : estimate - Math.log(interval.lower);
  const toBoundary = Math.log(boundary) - estimate;
  // The interval shrinks with the root of the number of pairs.
  const forBoundary = Math.max(LEAST_PAIRS, pairCount * (reachTo(Math.log(boundary)) / toBoundary) ** 2);
  const width = normalQuantile(1 - alarmLevel / 2) / normalQuantile(0.975);
  // No outcome of the exact test has a p value below 2^(1 - n).
  const forDifference = Math.abs(estimate) <= Math.log1p(floor)
    ? Infinity
    : Math.max(pairCount * (reachTo(0) * width / estimate) ** 2, 1 - Math.log2(alarmLevel));
  const total = Math.min(forBoundary, forDifference);
  if (!Number.isFinite(total)) return undefined;
  return Math.max(1, Math.ceil(total) - pairCount);
}
