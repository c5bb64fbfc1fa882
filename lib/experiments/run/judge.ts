/**
 * From blocks to judged criteria. In: an experiment and a stored run of it. Out: one result per criterion and arm. Pure
 * and without a clock: the same blocks and floors give the same results, so that anybody can compute a verdict again.
 */
import { JUDGING_VERSION } from "../../model/experiment.ts";
import type { ArmComparison, Criterion, CriterionResult, Experiment } from "../../model/mod.ts";
import {
  ALARM_LEVEL,
  alarmLevelAt,
  comparePairs,
  comparisonVerdict,
  estimateMedian,
  holm,
  LEAST_CONFIDENCE,
  LEAST_FLOOR,
  lookSchedule,
  median,
  type PairedComparison,
  pairsNeeded,
  sortSamples,
  TARGET_CONFIDENCE,
} from "../../stats/mod.ts";
import { formatShare } from "../../report/format.ts";
import { boundaryRatio } from "../bar_boundary.ts";
import { judgedArms } from "../judged_arms.ts";
import { allows, intervalAnswer } from "../validate_experiment.ts";
import { type JudgedRun, Readings } from "./readings.ts";
import type { RoundWeather } from "./weather.ts";

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

/** What the blocks of an experiment say. */
export interface Judgement {
  /** One per criterion and arm that it judges, primaries first. */
  readonly results: readonly CriterionResult[];
  /** All rounds that have blocks. */
  readonly weather: readonly RoundWeather[];
  /** Rounds that count. */
  readonly roundCount: number;
  /** Blocks of each side of a pair. */
  readonly blocksPerSide: number;
}

/** What one look at the data may conclude. */
interface Look {
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
function lookAt(alarmLevel: number, judging: number): Look {
  const share = judging === 1 ? 1 : alarmLevel / ALARM_LEVEL;
  return {
    isByInterval: judging !== 1,
    confidence: 1 - (1 - TARGET_CONFIDENCE) * share,
    leastConfidence: 1 - (1 - LEAST_CONFIDENCE) * share,
  };
}

/**
 * Judges every criterion for every arm that it judges, by a version of the rule: that of the outcome where one is judged
 * again. Throws a UsageError for lanes that are not registered.
 */
export function judgeExperiment(
  experiment: Experiment,
  run: JudgedRun,
  floorOf: FloorOf = UNCALIBRATED,
  judging: number = JUDGING_VERSION,
): Judgement {
  const readings = new Readings(experiment, run);
  const { least, most } = experiment.rounds;
  const looks = lookSchedule(least, most);
  const alarmLevel = alarmLevelAt(readings.rounds.length, looks);
  const look = lookAt(alarmLevel, judging);
  const results = [experiment.primary, experiment.guardrails].flatMap((criteria) => {
    const open = criteria.flatMap((criterion) =>
      judgedArms(experiment, criterion).map((arm) =>
        measure(readings, experiment.control, criterion, arm, look)
      )
    );
    // Primaries and guardrails are two questions: each kind shares one level among its own comparisons.
    const compared = open.filter(({ comparison }) => comparison !== undefined);
    const adjusted = holm(compared.map(({ comparison }) => comparison!.pValue));
    const familyLevel = alarmLevel / Math.max(1, compared.length);
    return open.map((one) => {
      const index = compared.indexOf(one);
      return index === -1
        ? judgeAlone(one, look)
        : judgeCompared(one, adjusted[index]! * ALARM_LEVEL / alarmLevel, familyLevel, floorOf, look);
    });
  });
  const { blocksPerSide = 1 } = run.settings;
  return { results, weather: readings.weather, roundCount: readings.rounds.length, blocksPerSide };
}

/** A criterion and an arm with their values. */
interface Measured {
  readonly criterion: Criterion;
  readonly arm: string;
  readonly values: readonly number[];
  readonly controlValues: readonly number[];
  /** Present for relative bars whose pairs have a ratio. */
  readonly comparison?: PairedComparison;
  /** Why there is no value, or no ratio. */
  readonly fault?: string;
}

function measure(
  readings: Readings,
  control: string,
  criterion: Criterion,
  arm: string,
  { confidence }: Look,
): Measured {
  const isExact = criterion.deterministic === true;
  const all = isExact ? readings.blockValuesOf(arm, criterion) : readings.valuesOf(arm, criterion);
  const values = all.filter((value) => value !== undefined);
  const base = { criterion, arm, values };
  if (criterion.bar.kind === "absolute") {
    return { ...base, controlValues: [], ...faultOf(readings, criterion, arm, values) };
  }
  const allControl = isExact
    ? readings.blockValuesOf(control, criterion)
    : readings.valuesOf(control, criterion);
  const controlValues = allControl.filter((value) => value !== undefined);
  const pairs = all.flatMap((value, index) => {
    const other = allControl[index];
    return value === undefined || other === undefined ? [] : [{ arm: value, control: other }];
  });
  const fault = faultOf(readings, criterion, arm, values).fault ??
    faultOf(readings, criterion, control, controlValues).fault;
  const hasRatios = pairs.length > 0 && pairs.every((pair) => pair.arm > 0 && pair.control > 0);
  return {
    ...base,
    controlValues,
    ...(hasRatios && !isExact
      ? {
        comparison: comparePairs(
          pairs.map((pair) => pair.control),
          pairs.map((pair) => pair.arm),
          confidence,
        ),
      }
      : {}),
    ...(fault === undefined && pairs.length > 0 && !hasRatios && !isExact
      ? { fault: "A ratio needs values above 0 on both sides: judge it with an absolute bar" }
      : fault === undefined
      ? {}
      : { fault }),
  };
}

function faultOf(
  readings: Readings,
  { place }: Criterion,
  arm: string,
  values: readonly number[],
): { readonly fault?: string } {
  const blocks = readings.blocksOf(arm, place);
  for (const block of blocks.flat()) {
    if (block.status === "failed") {
      return { fault: oneLine(`A block of arm ${arm} failed: ${block.reason}`) };
    }
    if (block.status === "measured" && block.verdict !== "converged") {
      return {
        fault: `A block of arm ${arm} gave wrong answers (${block.verdict}): wrong blocks have no numbers`,
      };
    }
  }
  if (values.length > 0) return {};
  return { fault: blocks.length === 0 ? "No round counts" : `No block of arm ${arm} has this quantity` };
}

function judgeAlone(
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

function judgeCompared(
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

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
