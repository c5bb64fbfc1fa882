/**
 * The rule by which a difference between two runs is called one. In: values of both runs, and what the anchor did. Out:
 * ratios, p values, verdicts.
 *
 * A difference is claimed when it is there before *and* after the correction for the anchor, on the same side and beyond
 * the floor; when ranks rule chance out at {@link RANK_LEVEL}; and when Welch's p value, the worse of both, stays below
 * {@link FALSE_SHARE} after Benjamini and Hochberg's correction. That one and not Holm's, since a change of a program
 * shows in many of its cells at once: a few false claims among true ones do less harm than true ones missed, and where
 * nothing changed both allow a false claim in 5 % of pairs of runs. What leads (done and shown p50) is corrected apart
 * from the details, so that asking for more details hides nothing.
 */
import type { Metric } from "../model/mod.ts";
import {
  benjaminiHochberg,
  compareSamples,
  LEAST_CONFIDENCE,
  rankSumPValue,
  type RatioEstimate,
  type TwoSampleComparison,
  welchPValue,
} from "../stats/mod.ts";

/** Among claimed differences, the share of false ones on average; and the chance of any where nothing changed. */
export const FALSE_SHARE = 0.05;

/** Level of the test by ranks, which no single outlier and no shape of a distribution can mislead. */
export const RANK_LEVEL = 0.05;

/** Differences smaller than this share are not believed where the machine was not calibrated. */
export const DEFAULT_FLOOR = 0.05;

/** An interval inside this share around 1 is narrow enough to say that no difference was found. */
export const NARROW_SHARE = 0.1;

/**
 * More waiting for a CPU in one run than in the other, as a share of time, is another machine: so much over all cells,
 * or so much in one of them, where a program that uses more threads waits more by itself. On two cores one busy process
 * beside a run adds 0.10 over all cells, and equal weather differs by less than 0.03, as
 * parts of the runs have it that `results/compare` names.
 */
export const PRESSURE_LIMIT = { overall: 0.05, ofCell: 0.1 } as const;

/** The smallest difference that is believed of a metric. */
export interface ComparedFloor {
  /** 0.05 is 5 %. */
  readonly share: number;
  /** It was measured on this machine. */
  readonly isCalibrated: boolean;
}

/**
 * `better`, `worse`: see the rule above. `changed`: so did a metric that has no better end. `equal`: all values of both
 * runs are the same. `no-difference`: none was found, and the interval is narrow. `undecided`: it is wide, or something
 * forbids a claim. `no-ratio`: a value is 0, so that there is nothing to divide by.
 */
export type ChangeVerdict =
  | "better"
  | "worse"
  | "changed"
  | "equal"
  | "no-difference"
  | "undecided"
  | "no-ratio";

/** Two sets of values on the way to a verdict. */
export interface RatioEvidence {
  /** Second over first as measured. */
  readonly comparison: TwoSampleComparison;
  /** The same over what the anchor did; absent for metrics that no anchor corrects, and in runs without one. */
  readonly corrected?: RatioEstimate;
  /** The worse of Welch's p values with and without correction. */
  readonly rawPValue: number;
  /** The same by ranks. */
  readonly rankPValue: number;
}

/** Ratio and p values of one metric; `anchor` is the machine's own ratio in the metric's sense. */
export function ratioEvidence(
  first: readonly number[],
  second: readonly number[],
  anchor: RatioEstimate | undefined,
): RatioEvidence {
  const comparison = compareSamples(first, second);
  if (anchor === undefined) {
    const [rawPValue, rankPValue] = [welchPValue(first, second), rankSumPValue(first, second)];
    return { comparison, rawPValue, rankPValue };
  }
  const steady = second.map((value) => value / anchor.ratio);
  return {
    comparison,
    corrected: overAnchor(comparison, anchor),
    rawPValue: Math.max(welchPValue(first, second), welchPValue(first, steady)),
    rankPValue: Math.max(rankSumPValue(first, second), rankSumPValue(first, steady)),
  };
}

/** A ratio over the anchor's: both are uncertain, and their distances add up as those of independent errors do. */
function overAnchor({ ratio, interval }: RatioEstimate, anchor: RatioEstimate): RatioEstimate {
  const corrected = ratio / anchor.ratio;
  const reach = (own: number, other: number): number =>
    Math.exp(Math.hypot(Math.log(own / ratio), Math.log(other / anchor.ratio)));
  return {
    ratio: corrected,
    interval: {
      lower: corrected / reach(interval.lower, anchor.interval.upper),
      upper: corrected * reach(interval.upper, anchor.interval.lower),
      confidence: Math.min(interval.confidence, anchor.interval.confidence),
    },
  };
}

/** A metric whose verdict is still open. */
export interface OpenComparison {
  readonly metric: Metric;
  readonly evidence: RatioEvidence;
  readonly floor: ComparedFloor;
  /** Why nothing may be claimed of it, whatever its values are. */
  readonly forbidden?: string;
}

/** What the rule says of each comparison of one family, in the same order. */
export function judgeFamily(
  family: readonly OpenComparison[],
): { readonly verdict: ChangeVerdict; readonly pValue: number }[] {
  const adjusted = benjaminiHochberg(family.map(({ evidence }) => evidence.rawPValue));
  return family.map((one, index) => ({
    verdict: verdictOf(one, adjusted[index]!),
    pValue: adjusted[index]!,
  }));
}

function verdictOf({ metric, evidence, floor, forbidden }: OpenComparison, pValue: number): ChangeVerdict {
  const { comparison, corrected = comparison, rankPValue } = evidence;
  if (forbidden !== undefined) return "undecided";
  const least = Math.log1p(floor.share);
  const [raw, steady] = [Math.log(comparison.ratio), Math.log(corrected.ratio)];
  const isBeyond = Math.sign(raw) === Math.sign(steady) && Math.min(Math.abs(raw), Math.abs(steady)) > least;
  if (isBeyond && pValue < FALSE_SHARE && rankPValue < RANK_LEVEL) return towards(metric, steady);
  return isNarrow(corrected) && isNarrow(comparison) ? "no-difference" : "undecided";
}

function isNarrow({ interval: { lower, upper, confidence } }: RatioEstimate): boolean {
  const reach = Math.max(Math.abs(Math.log(lower)), Math.abs(Math.log(upper)));
  return confidence >= LEAST_CONFIDENCE && reach <= Math.log1p(NARROW_SHARE);
}

/** Which way a change goes, from the sign of a difference. */
export function towards({ direction }: Metric, difference: number): "better" | "worse" | "changed" {
  if (direction !== "lower" && direction !== "higher") return "changed";
  return (difference < 0) === (direction === "lower") ? "better" : "worse";
}
