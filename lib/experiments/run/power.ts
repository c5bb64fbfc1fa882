/**
 * The proof of the statistics: how often equal sides are called different, and how often planted slowdowns are found.
 *
 * In: a run whose rounds hold a cell twice and beside it the same cell slowed down on purpose. Out: rates by number of
 * pairs, from many draws of the measured pairs, judged by the same rule that experiments are judged by.
 */
import { join } from "node:path";
import { z } from "zod";
import { DartRandom } from "../../dataset/mod.ts";
import {
  type ComparisonVerdict,
  type MeasuredBlock,
  messageOf,
  type Place,
  RecordFormatError,
  type RunRecord,
} from "../../model/mod.ts";
import { replaceFile } from "../../record/mod.ts";
import {
  ALARM_LEVEL,
  alarmLevelAt,
  callRate,
  compareLogRatios,
  comparisonVerdict,
  LEAST_FLOOR,
  lookSchedule,
} from "../../stats/mod.ts";
import { type MeasuredCell, named } from "./lanes.ts";
import { type CellGroup, roundOf } from "./plan_round.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";
import { judgeWeather } from "./weather.ts";

/** Version of the file of a power study. */
export const POWER_SCHEMA_VERSION = 1;

/** Slowdowns that are planted, as shares of an operation's own time. */
export const PLANTED_SHARES: readonly number[] = [0.02, 0.05, 0.1];

/** Numbers of pairs that are studied. */
export const STUDIED_PAIR_COUNTS: readonly number[] = [6, 10, 20];

const DRAW_COUNT = 1000;

/** How often a rule said something in draws of pairs. */
export interface PowerRow {
  /** Planted slowdown; 0 for equal sides. */
  readonly plantedShare: number;
  /** Pairs per comparison; for the sequential rule, the largest number. */
  readonly pairCount: number;
  /** `fixed`: judged once. `sequential`: looked at on the way and stopped when decided. */
  readonly design: "fixed" | "sequential";
  /** Comparisons that were drawn. */
  readonly drawCount: number;
  /** Share of comparisons that were called worse; for equal sides, worse or better: the false alarms. */
  readonly calledShare: number;
  /** 95 % interval of that share, as if draws were independent. */
  readonly lower: number;
  /** See `lower`. */
  readonly upper: number;
}

/** One statistic of one cell. */
export interface PowerStudyPart {
  /** Key of the cell. */
  readonly cellKey: string;
  /** Phase and operation that were read. */
  readonly phase: string;
  /** Label of the operations. */
  readonly operation: string;
  /** Id of the metric. */
  readonly metric: string;
  /** Standard deviation of the log ratio of one A/A pair. */
  readonly spread: number;
  /** What all pairs together say of each planted slowdown, as a ratio. */
  readonly seen: readonly {
    readonly plantedShare: number;
    readonly ratio: number;
    readonly pairCount: number;
  }[];
  /** By planted slowdown, design and number of pairs. */
  readonly rows: readonly PowerRow[];
}

/** Content of `results/power/<machineId>.json`. */
export interface PowerStudy {
  /** {@link POWER_SCHEMA_VERSION}. */
  readonly schemaVersion: number;
  /** The machine. */
  readonly machineId: string;
  /** Its processor, for people. */
  readonly cpuModel: string;
  /** The runtime. */
  readonly deno: string;
  /** Name of the run folder. */
  readonly run: string;
  /** SHA-256 of that run's sealed header. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  /** Level at which a difference is called. */
  readonly alarmLevel: number;
  /** Smallest effect that is believed, a share. */
  readonly floor: number;
  /** Lowest and highest load average over one minute during the run; absent where the host does not tell. */
  readonly load1m?: { readonly lowest: number; readonly highest: number };
  /** Rounds that were measured, and those among them that do not count. */
  readonly rounds: { readonly measured: number; readonly disturbed: number };
  /** By cell and metric. */
  readonly parts: readonly PowerStudyPart[];
}

const share = z.number().min(0).max(1);
const powerSchema: z.ZodType<PowerStudy> = z.strictObject({
  schemaVersion: z.literal(POWER_SCHEMA_VERSION),
  machineId: z.string().min(1),
  cpuModel: z.string(),
  deno: z.string(),
  run: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  recordedAt: z.iso.datetime(),
  alarmLevel: share,
  floor: share,
  load1m: z.exactOptional(z.strictObject({ lowest: z.number().min(0), highest: z.number().min(0) })),
  rounds: z.strictObject({ measured: z.int().min(0), disturbed: z.int().min(0) }),
  parts: z.array(z.strictObject({
    cellKey: z.string().min(1),
    phase: z.string(),
    operation: z.string(),
    metric: z.string(),
    spread: z.number().min(0),
    seen: z.array(
      z.strictObject({ plantedShare: share, ratio: z.number().gt(0), pairCount: z.int().min(1) }),
    ),
    rows: z.array(z.strictObject({
      plantedShare: share,
      pairCount: z.int().min(1),
      design: z.enum(["fixed", "sequential"]),
      drawCount: z.int().min(1),
      calledShare: share,
      lower: share,
      upper: share,
    })),
  })),
});

/** The same cell with each operation made longer by a share. */
export function slowedCell(measured: MeasuredCell, slowdownShare: number): MeasuredCell {
  return { ...named(measured, "slowed", `${Math.round(slowdownShare * 100)}%`), slowdownShare };
}

/** What a round of the study runs for one cell: twice as it is, and once with each planted slowdown. */
export function powerGroup(measured: MeasuredCell): MeasuredCell[] {
  return [measured, measured, ...PLANTED_SHARES.map((slowdownShare) => slowedCell(measured, slowdownShare))];
}

/** Computes the study from a sealed run of {@link powerGroup}s. The same run gives the same study. */
export function studyPower(run: RunRecord, cells: readonly MeasuredCell[]): PowerStudy {
  const groups = cells.map((cell): CellGroup => powerGroup(cell).map(({ cell: { key } }) => ({ key })));
  const weather = judgeWeather(run.results, groups);
  const isSound = (roundIndex: number): boolean =>
    weather.find((one) => one.roundIndex === roundIndex)?.disturbance === undefined;
  const loads = run.results.flatMap(({ host: { load1m } }) => load1m === undefined ? [] : [load1m]);
  const blocks = new Map<string, MeasuredBlock>();
  for (const block of run.results) {
    if (block.status === "measured" && block.verdict === "converged" && isSound(roundOf(groups, block))) {
      blocks.set(`${block.cellKey} ${block.blockIndex}`, block);
    }
  }
  const { environment: { machineId, cpuModel, deno }, endedAt = run.startedAt } = run;
  return {
    schemaVersion: POWER_SCHEMA_VERSION,
    machineId,
    cpuModel,
    deno,
    run: run.id,
    sha256: run.sha256 ?? "",
    recordedAt: endedAt,
    alarmLevel: ALARM_LEVEL,
    floor: LEAST_FLOOR,
    ...(loads.length === 0 ? {} : { load1m: { lowest: Math.min(...loads), highest: Math.max(...loads) } }),
    rounds: {
      measured: weather.length,
      disturbed: weather.filter(({ disturbance }) => disturbance !== undefined).length,
    },
    parts: cells.flatMap((cell) => studyCell(run, cell, blocks)),
  };
}

/** What is read: the low quantile of the first operation that the cell has, its median and its tail. */
const STUDIED_METRICS = ["latency_p10_ns", "latency_p50_ns", "latency_p99_ns"];

function studyCell(
  run: RunRecord,
  measured: MeasuredCell,
  blocks: ReadonlyMap<string, MeasuredBlock>,
): PowerStudyPart[] {
  const { key } = measured.cell;
  const first = blocks.values().find(({ cellKey }) => cellKey === key);
  const phase = first?.phases[0];
  const operation = phase?.operations[0];
  if (phase === undefined || operation === undefined) return [];
  const workload = `${measured.cell.workload}@${measured.cell.workloadVersion}`;
  const place: Place = { workload, phase: phase.name, operation: operation.label };
  const units = counterUnits(run.adapters);
  const roundCount = 1 + Math.max(...[...blocks.values()].map(({ blockIndex }) => blockIndex));

  return STUDIED_METRICS.map((metric): PowerStudyPart => {
    const logRatios = (otherKey: string, otherIndex: (round: number) => number): number[] =>
      Array.from({ length: roundCount }, (_, round) => {
        const [a, b] = [`${key} ${round * 2}`, `${otherKey} ${otherIndex(round)}`].map((name) => {
          const block = blocks.get(name);
          return block === undefined ? undefined : readQuantity(block, place, { metric }, units);
        });
        return a === undefined || b === undefined ? NaN : Math.log(b / a);
      }).filter(Number.isFinite);
    const equal = logRatios(key, (round) => round * 2 + 1);
    const planted = PLANTED_SHARES.map((plantedShare) => ({
      plantedShare,
      logRatios: logRatios(slowedCell(measured, plantedShare).cell.key, (round) => round),
    })).filter((one) => one.logRatios.length > 0);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      cellKey: key,
      phase: phase.name,
      operation: operation.label,
      metric,
      spread: equal.length === 0 ? 0 : Math.sqrt(mean(equal.map((value) => value * value))),
      seen: planted.map(({ plantedShare, logRatios }) => ({
        plantedShare,
        ratio: compareLogRatios(logRatios).ratio,
        pairCount: logRatios.length,
      })),
      rows: [{ plantedShare: 0, logRatios: equal }, ...planted].flatMap(({ plantedShare, logRatios }) =>
        logRatios.length === 0 ? [] : ratesOf(plantedShare, logRatios)
      ),
    };
  });
}

function ratesOf(plantedShare: number, logRatios: readonly number[]): PowerRow[] {
  const random = new DartRandom(1 + Math.round(plantedShare * 100));
  const called: readonly ComparisonVerdict[] = plantedShare === 0 ? ["worse", "better"] : ["worse"];
  const rate = (
    design: PowerRow["design"],
    pairCount: number,
    verdict: (drawn: readonly number[]) => ComparisonVerdict,
  ): PowerRow => {
    const { share, interval, drawCount } = callRate(logRatios, {
      pairCount,
      drawCount: DRAW_COUNT,
      flips: plantedShare === 0,
      random: (below) => random.nextInt(below),
    }, (drawn) => called.includes(verdict(drawn)));
    return {
      plantedShare,
      pairCount,
      design,
      drawCount,
      calledShare: share,
      lower: interval.lower,
      upper: interval.upper,
    };
  };
  const pairCounts = STUDIED_PAIR_COUNTS.filter((pairCount) => pairCount <= logRatios.length);
  const most = STUDIED_PAIR_COUNTS.at(-1)!;
  return [
    ...pairCounts.map((pairCount) => rate("fixed", pairCount, (drawn) => verdictAt(drawn, ALARM_LEVEL))),
    ...(pairCounts.includes(most) ? [rate("sequential", most, sequentialVerdict)] : []),
  ];
}

/** The verdict of the first look that has one, as rounds of an experiment are looked at. */
function sequentialVerdict(drawn: readonly number[]): ComparisonVerdict {
  const looks = lookSchedule(STUDIED_PAIR_COUNTS[1]!, drawn.length);
  for (const look of looks) {
    const verdict = verdictAt(drawn.slice(0, look), alarmLevelAt(look, looks));
    if (verdict !== "undecided") return verdict;
  }
  return "undecided";
}

function verdictAt(logRatios: readonly number[], alarmLevel: number): ComparisonVerdict {
  const { ratio, interval, pValue } = compareLogRatios(logRatios);
  const corrected = Math.min(1, pValue * ALARM_LEVEL / alarmLevel);
  return comparisonVerdict({ ratio, interval, pValue: corrected }, {
    better: "lower",
    floor: LEAST_FLOOR,
    margin: LEAST_FLOOR,
  });
}

/** Where the power study of a machine is kept, below a results folder. */
export function powerFile(resultsFolder: string, machineId: string): string {
  return join(resultsFolder, "power", `${machineId}.json`);
}

/** Writes a study, in place of an earlier one of the machine. Returns the path. */
export function storePower(resultsFolder: string, study: PowerStudy): string {
  const file = powerFile(resultsFolder, study.machineId);
  Deno.mkdirSync(join(resultsFolder, "power"), { recursive: true });
  replaceFile(file, JSON.stringify(study, null, 1) + "\n");
  return file;
}

/** Checks the text of a study. Throws a RecordFormatError with the rule that it breaks. */
export function parsePower(text: string, file: string): PowerStudy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const parsed = powerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}
