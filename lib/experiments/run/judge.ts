/**
 * From blocks to judged criteria. In: an experiment and a stored run of it. Out: one result per criterion and arm. Pure
 * and without a clock: the same blocks and floors give the same results, so that anybody can compute a verdict again.
 */
import { JUDGING_VERSION } from "../../model/experiment.ts";
import type { Criterion, CriterionResult, Experiment } from "../../model/mod.ts";
import { ALARM_LEVEL, alarmLevelAt, comparePairs, holm, lookSchedule } from "../../stats/mod.ts";
import {
  type FloorOf,
  judgeAlone,
  judgeCompared,
  type Look,
  lookAt,
  type Measured,
  UNCALIBRATED,
} from "../rules/judge_bar.ts";
import { judgedArms } from "../rules/judged_arms.ts";
import { type JudgedRun, Readings } from "./readings.ts";
import type { RoundWeather } from "./weather.ts";

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

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
