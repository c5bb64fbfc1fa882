/** Experiments on a terminal: lists, plans, verdicts. */
import { metricsIn } from "../../metrics/mod.ts";
import { type CriterionResult, type Experiment, METRICS_VERSION } from "../../model/mod.ts";
import { bareTable } from "../../report/bare_table.ts";
import { formatShare } from "../../report/format.ts";
import { BLOCKS_PER_SIDE, lookSchedule } from "../../stats/mod.ts";
import type { Decision } from "../rules/decide.ts";
import { criteriaOf, judgedArms } from "../rules/judged_arms.ts";
import { dispositionOf, type LoadedExperiment } from "../sources/load_experiments.ts";
import {
  describeBar,
  describeDisposition,
  describePlace,
  describeQuantity,
  resultRow,
} from "../rules/wording.ts";
import type { BlockCosts } from "./block_costs.ts";
import type { Calibration } from "./calibration.ts";
import type { Judgement } from "./judge.ts";
import { type ExperimentLanes, roundGroups } from "./lanes.ts";
import type { RoundsEnding } from "./measure_rounds.ts";
import { planRound } from "./plan_round.ts";
import type { PowerStudy } from "./power.ts";
import { loadText, powerTargets } from "./power_page.ts";
import { sidesText } from "./tables.ts";

/** All experiments with their status. */
export function describeExperiments(experiments: readonly LoadedExperiment[]): string {
  if (experiments.length === 0) return "No experiments yet: deno task experiment new <slug>";
  return bareTable(
    ["id", "class", "status", "title"],
    experiments.map((
      loaded,
    ) => [loaded.id, loaded.experiment.experimentClass, statusOf(loaded), loaded.experiment.title]),
  );
}

/** `accepted (performance)`, with a mark when the experiment was edited afterwards. */
export function statusOf(loaded: LoadedExperiment): string {
  const { outcome, preregistered } = loaded;
  const status = describeDisposition(dispositionOf(loaded));
  const isEdited = outcome !== undefined && outcome.preregistered !== preregistered;
  return isEdited ? `${status}, edited after its run` : status;
}

/** What a plan needs to know beside the experiment. */
export interface PlanCircumstances {
  /** What blocks took in stored runs. */
  readonly costs: BlockCosts;
  /** No round begins later. */
  readonly budgetSeconds: number;
  /** What stands in the way of a run, one sentence each without final period. */
  readonly notes: readonly string[];
}

/** What will run, what it costs, and the rule. */
export function describeExperimentPlan(
  { id, experiment }: LoadedExperiment,
  lanes: ExperimentLanes,
  { costs, budgetSeconds, notes }: PlanCircumstances,
): string {
  const { rounds: { least, most, seed = 0 }, control } = experiment;
  const cells = roundGroups(experiment, lanes, BLOCKS_PER_SIDE).map((group) => group.map(({ cell }) => cell));
  const keys = cells.flat().map(({ key }) => key);
  const perRoundMs = roundCost(keys, costs);
  const cost = typeof perRoundMs === "string"
    ? perRoundMs
    : `about ${seconds(perRoundMs)} a round, ${
      seconds(Math.min(perRoundMs * least, budgetSeconds * 1000))
    } to ${seconds(Math.min(perRoundMs * most, budgetSeconds * 1000))} in all, by stored runs`;
  const rule = criteriaOf(experiment).map((criterion) => [
    experiment.primary.includes(criterion) ? "primary" : "guardrail",
    criterion.id,
    describePlace(criterion.place),
    describeQuantity(criterion.quantity),
    describeBar(criterion.bar, criterion.unit, control),
    judgedArms(experiment, criterion).join(", "),
  ]);
  return [
    `${id}: ${experiment.title}`,
    experiment.question,
    "",
    `${keys.length} repetitions a round, ${BLOCKS_PER_SIDE} of each arm where arms are compared; ${
      least === most ? most : `${least} to ${most}`
    } rounds, looked at after ${lookSchedule(least, most).join(", ")}; no new round after ${
      seconds(budgetSeconds * 1000)
    }`,
    `Cost: ${cost}`,
    ...notes.map((note) => `Note: ${note}`),
    "",
    bareTable(["role", "criterion", "where", "quantity", "bar", "judges"], rule),
    "",
    "First round, repetitions of arms that are compared in random order:",
    ...countedKeys(planRound(cells, 0, seed).map(({ cell: { key } }) => key)),
  ].join("\n");
}

/** Each key once, in order of its first block, with how many it has. */
function countedKeys(keys: readonly string[]): string[] {
  return [...Map.groupBy(keys, (key) => key)].map(([key, own]) =>
    own.length === 1 ? `- ${key}` : `- ${key}, ${own.length} times`
  );
}

/** Milliseconds of a round of these blocks, or why that is not known. */
function roundCost(keys: readonly string[], costs: BlockCosts): number | string {
  const cells = new Set(keys);
  const unknownCount = [...cells].filter((key) => !costs.has(key)).length;
  if (unknownCount > 0) {
    return `${unknownCount} of ${cells.size} databases x workloads were never run here: their cost is unknown`;
  }
  return keys.reduce((sum, key) => sum + costs.get(key)!, 0);
}

/** A calibration or a power study that is about to begin. */
export interface CalibrationPlan {
  /** Keys of the blocks of one round; a slowed cell under the key of the cell as it is. */
  readonly keys: readonly string[];
  /** Rounds at most. */
  readonly mostRounds: number;
  /** Milliseconds; no round begins later. */
  readonly budgetMs: number;
}

/** What will run and how long it takes. */
export function describeCalibrationPlan(
  { keys, mostRounds, budgetMs }: CalibrationPlan,
  costs: BlockCosts,
): string {
  const perRoundMs = roundCost(keys, costs);
  const count = new Set(keys).size;
  const what = `${count} ${
    count === 1 ? "database x workload" : "databases x workloads"
  }, ${keys.length} repetitions a round`;
  if (typeof perRoundMs === "string") {
    return `${what}, at most ${mostRounds} rounds; ${perRoundMs}; no new round after ${seconds(budgetMs)}`;
  }
  const rounds = Math.min(mostRounds, Math.max(1, Math.ceil(budgetMs / perRoundMs)));
  return `${what}, about ${seconds(perRoundMs)} each: ${rounds} of at most ${mostRounds} rounds in about ${
    seconds(rounds * perRoundMs)
  }; no new round after ${seconds(budgetMs)}`;
}

/** The computed verdicts. */
export function describeVerdict(
  { id, experiment }: LoadedExperiment,
  judgement: Judgement,
  decision: Decision,
  ending: RoundsEnding,
): string {
  const { results, weather, roundCount, blocksPerSide } = judgement;
  const criteria = new Map(criteriaOf(experiment).map((criterion) => [criterion.id, criterion]));
  const isRelative = results.some(({ comparison }) => comparison !== undefined);
  const isCalibrated = results.every(({ comparison }) => comparison === undefined || comparison.isCalibrated);
  const disturbed = weather.length - roundCount;
  return [
    bareTable(
      ["criterion", "arm", "value", "control", "ratio to control", "comparison", "result"],
      results.map((result) => resultRow(criteria.get(result.criterion)!, result)),
    ),
    ...notesOf(results),
    `${roundCount} ${roundCount === 1 ? "round counts" : "rounds count"}; ${disturbed} of ${weather.length} ${
      disturbed === 1 ? "was" : "were"
    } disturbed (${formatShare(weather.length === 0 ? 0 : disturbed / weather.length)})`,
    ...(isRelative && blocksPerSide > 1 ? [sidesText(blocksPerSide)] : []),
    ...(isRelative && !isCalibrated
      ? [
        `Not calibrated on this machine: the measurement noise is supposed to be 3 %; deno task calibrate --id ${id} measures them`,
      ]
      : []),
    ...(ending === "budget" && results.some(({ result }) => result === "undecided")
      ? ["The time was up before everything was decided: a run with a longer --budget tells more"]
      : []),
    `Verdict: ${describeDisposition(decision)}${
      decision.winner === undefined ? "" : `, arm ${decision.winner}`
    }`,
  ].join("\n");
}

function notesOf(results: readonly CriterionResult[]): string[] {
  return results.flatMap(({ criterion, arm, note }) =>
    note === undefined ? [] : [`${criterion}, ${arm}: ${note}`]
  );
}

/** Noise by cell: the floors of the metrics that verdicts use most. */
export function describeCalibration({ machineId, cpuModel, cells }: Calibration): string {
  const rows = cells.flatMap(({ cellKey, pairCount, blocksPerSide = 1, disturbedRoundCount, readings }) =>
    readings.filter(({ quantity }) => "metric" in quantity && TOLD_METRICS.includes(quantity.metric))
      .map(({ phase = "", operation = "", quantity, spread, floors }) => [
        cellKey,
        [phase, operation].filter((part) => part !== "").join(", "),
        describeQuantity(quantity),
        `${pairCount} of ${blocksPerSide} and ${blocksPerSide} repetitions (${disturbedRoundCount} disturbed)`,
        percent(spread),
        ...floors.map(({ share }) => percent(share)),
      ])
  );
  const pairCounts = cells[0]?.readings[0]?.floors.map(({ pairCount }) => `noise at ${pairCount}`) ?? [];
  const lopsided = cells.flatMap(({ cellKey, lopsided }) => lopsided.map((name) => `${cellKey} ${name}`));
  return [
    `Machine ${machineId}, ${cpuModel}`,
    bareTable(["workload/database", "where", "metric", "pairs", "spread", ...pairCounts], rows),
    lopsided.length === 0
      ? "Equal sides are equal: no quantity differs between the repetitions of a pair"
      : `Equal sides that differ, which must not be: ${lopsided.join("; ")}`,
  ].join("\n");
}

/** What a terminal tells of a calibration: the headline, and the operations that most criteria are about. */
const TOLD_METRICS: readonly string[] = [
  ...metricsIn("headline", METRICS_VERSION).map(({ id }) => id),
  "latency_low_ns",
  "latency_p50_ns",
  "latency_p99_ns",
];

/** Rates of false alarms and of found slowdowns. */
export function describePower(study: PowerStudy): string {
  const { machineId, cpuModel, rounds, alarmLevel, floor, blocksPerSide = 1, parts } = study;
  const rows = parts.flatMap(({ cellKey, metric, spread, rows, seen }) =>
    rows.map(({ plantedShare, pairCount, design, drawCount, calledShare, lower, upper }) => [
      cellKey,
      metric,
      percent(spread),
      plantedShare === 0 ? "none: false alarms" : `+${percent(plantedShare)}`,
      seen.filter((one) => one.plantedShare === plantedShare).map(({ ratio }) => `${ratio.toFixed(3)}x`).join(
        "",
      ),
      design,
      String(pairCount),
      `${percent(calledShare)} of ${drawCount}`,
      `${percent(lower)} to ${percent(upper)}`,
    ])
  );
  return [
    `Machine ${machineId}, ${cpuModel}; ${rounds.measured} rounds, ${rounds.disturbed} disturbed.${
      loadText(study)
    }`,
    `A pair has ${blocksPerSide} repetitions a side; a difference is called at p < ${alarmLevel} and beyond ${
      percent(floor)
    }`,
    bareTable([
      "workload/database",
      "metric",
      "spread",
      "planted",
      "seen",
      "design",
      "pairs",
      "called",
      "95 %",
    ], rows),
    ...powerTargets(study),
  ].join("\n");
}

function percent(share: number): string {
  return formatShare(Number(share.toFixed(4)));
}

function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** What `--json` prints for a verdict. */
export function verdictJson(
  { id, experiment, preregistered }: LoadedExperiment,
  run: string,
  ending: string,
  { results, weather, roundCount }: Judgement,
  decision: Decision,
): string {
  const { title }: Experiment = experiment;
  return JSON.stringify(
    { experiment: id, title, preregistered, run, ending, roundCount, decision, results, weather },
    null,
    2,
  );
}
