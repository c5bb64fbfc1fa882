/**
 * The proof of the statistics: how often equal sides are called different, and how often planted slowdowns are found.
 *
 * In: a run whose rounds hold two equal sides of a cell and beside them the same cell slowed down on purpose. Out: rates
 * by number of pairs, from many draws of the measured rounds, judged by the same rule that experiments are judged by.
 */
import { DartRandom } from "../../dataset/mod.ts";
import {
  type ComparisonVerdict,
  type MeasuredBlock,
  type Place,
  type RunRecord,
  UsageError,
} from "../../model/mod.ts";
import {
  ALARM_LEVEL,
  alarmLevelAt,
  callRate,
  compareLogRatios,
  comparePairs,
  comparisonVerdict,
  drawLogRatio,
  LEAST_FLOOR,
  lookSchedule,
  type MeasuredRound,
  sideValue,
} from "../../stats/mod.ts";
import { type MeasuredCell, named, repeated } from "./lanes.ts";
import { type CellGroup, roundOf } from "./plan_round.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";
import { judgeWeather } from "./weather.ts";

/** Version of the file of a power study. */
export const POWER_SCHEMA_VERSION = 1;

/** Slowdowns that are planted, as shares of an operation's own time. */
export const PLANTED_SHARES: readonly number[] = [0.02, 0.05, 0.1];

/** Numbers of pairs that are studied. */
export const STUDIED_PAIR_COUNTS: readonly number[] = [5, 10, 15, 20, 30];

/** What is judged: the low quantile of the first operation that the cell has, in its least disturbed iteration. */
export const JUDGED_METRIC = "latency_low_ns";

/** What the bench wants to hold for {@link JUDGED_METRIC}. */
export const POWER_TARGET = {
  /** Pairs of the comparison. */
  pairCount: 20,
  /** Most false alarms. */
  alarmShare: 0.01,
  /** Slowdown that must be found... */
  plantedShare: 0.05,
  /** ...in at least this share of comparisons. */
  foundShare: 0.9,
} as const;

/** Looks of the sequential design: from the fewest pairs to the most. */
const SEQUENTIAL = { least: 10, most: POWER_TARGET.pairCount };

const DRAW_COUNT = 1000;
/** A rate near 1 % takes more draws to be told from it. */
const ALARM_DRAW_COUNT = 4000;
/** How often the blocks of each round are dealt to two sides, to see how single pairs scatter. */
const DEALS_PER_ROUND = 20;

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
  /** Label of the operations; absent for metrics of a whole phase. */
  readonly operation?: string;
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

/** Content of a file in `results/power`. */
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
  /** Blocks of each side of a pair; absent where it is one. */
  readonly blocksPerSide?: number;
  /** Processes that kept CPUs busy meanwhile; absent where there were none. */
  readonly busyProcesses?: number;
  /** Lowest and highest load average over one minute during the run; absent where the host does not tell. */
  readonly load1m?: { readonly lowest: number; readonly highest: number };
  /** Rounds that were measured, and those among them that do not count. */
  readonly rounds: { readonly measured: number; readonly disturbed: number };
  /** By cell and metric. */
  readonly parts: readonly PowerStudyPart[];
}

/** The same cell with each operation made longer by a share; 0 for the side that others are compared with. */
export function slowedCell(measured: MeasuredCell, slowdownShare: number): MeasuredCell {
  return { ...named(measured, "slowed", `${Math.round(slowdownShare * 100)}%`), slowdownShare };
}

/**
 * What a round of the study runs for one cell: the blocks of two equal sides, and those of one side with each planted
 * slowdown. The equal sides pay for the same reading of the clock as the slowed ones.
 */
export function powerGroup(measured: MeasuredCell, blocksPerSide: number): MeasuredCell[] {
  return [
    ...repeated([slowedCell(measured, 0)], 2 * blocksPerSide),
    ...PLANTED_SHARES.flatMap((share) => repeated([slowedCell(measured, share)], blocksPerSide)),
  ];
}

/**
 * Computes the study from a sealed run of {@link powerGroup}s. The same run gives the same study.
 * Throws a UsageError for a run without the equal sides of a cell.
 */
export function studyPower(run: RunRecord, cells: readonly MeasuredCell[]): PowerStudy {
  const { blocksPerSide = 1, busyProcesses } = run.settings;
  const groups = cells.map((cell): CellGroup =>
    powerGroup(cell, blocksPerSide).map(({ cell: { key } }) => ({ key }))
  );
  const keys = new Set(run.settings.cells.map(({ key }) => key));
  const missing = groups.flat().find(({ key }) => !keys.has(key));
  if (cells.length === 0 || missing !== undefined) {
    throw new UsageError(
      `Cannot study run "${run.id}" as it must have equal and slowed sides of a cell: it has no ${
        missing?.key ?? "cell with slowed=0%"
      }`,
    );
  }
  const weather = judgeWeather(run.results, groups);
  const sound = weather.flatMap(({ roundIndex, disturbance }) =>
    disturbance === undefined ? [roundIndex] : []
  );
  const loads = run.results.flatMap(({ host: { load1m } }) => load1m === undefined ? [] : [load1m]);
  const blocks = new Map<string, MeasuredBlock[]>();
  for (const block of run.results) {
    if (block.status !== "measured" || block.verdict !== "converged") continue;
    const name = `${block.cellKey} ${roundOf(groups, block)}`;
    const side = blocks.get(name);
    if (side === undefined) blocks.set(name, [block as MeasuredBlock]);
    else side.push(block as MeasuredBlock);
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
    ...(blocksPerSide === 1 ? {} : { blocksPerSide }),
    ...(busyProcesses === undefined ? {} : { busyProcesses }),
    ...(loads.length === 0 ? {} : { load1m: { lowest: Math.min(...loads), highest: Math.max(...loads) } }),
    rounds: { measured: weather.length, disturbed: weather.length - sound.length },
    parts: cells.flatMap((cell) => studyCell(run, cell, { blocks, rounds: sound, blocksPerSide })),
  };
}

/** What is read of operations: what is judged, and beside it the median and the tail. */
const STUDIED_OPERATION_METRICS: readonly string[] = [JUDGED_METRIC, "latency_p50_ns", "latency_p99_ns"];

/** What is read of their phase: the headline. Only operations are made longer, so that these see less than was planted. */
const STUDIED_PHASE_METRICS: readonly string[] = ["done_ns", "shown_p50_ns"];

/** The right blocks by key of the cell and round, and the rounds that count. */
interface MeasuredSides {
  readonly blocks: ReadonlyMap<string, readonly MeasuredBlock[]>;
  readonly rounds: readonly number[];
  readonly blocksPerSide: number;
}

function studyCell(run: RunRecord, measured: MeasuredCell, sides: MeasuredSides): PowerStudyPart[] {
  const { blocks, rounds, blocksPerSide } = sides;
  const equalKey = slowedCell(measured, 0).cell.key;
  const first = rounds.flatMap((round) => blocks.get(`${equalKey} ${round}`) ?? [])[0];
  const phase = first?.phases[0];
  const operation = phase?.operations[0];
  if (phase === undefined || operation === undefined) return [];
  const workload = `${measured.cell.workload}@${measured.cell.workloadVersion}`;
  const wholePhase: Place = { workload, phase: phase.name };
  const itsOperation: Place = { ...wholePhase, operation: operation.label };
  const units = counterUnits(run.adapters);

  // A quantile that the cell's samples cannot carry has no value, and nothing to study.
  const studied = [
    ...STUDIED_OPERATION_METRICS.filter((metric) => operation.metrics[metric] !== undefined)
      .map((metric) => ({ metric, place: itsOperation })),
    ...STUDIED_PHASE_METRICS.filter((metric) => phase.metrics[metric] !== undefined)
      .map((metric) => ({ metric, place: wholePhase })),
  ];
  return studied.map(({ metric, place }): PowerStudyPart => {
    /** The values of one cell in one round; none where a block is missing. */
    const valuesOf = (key: string, round: number, count: number): number[] => {
      const values = (blocks.get(`${key} ${round}`) ?? []).flatMap((block) =>
        readQuantity(block, place, { metric }, units) ?? []
      );
      return values.length === count && values.every((value) => value > 0) ? values : [];
    };
    const equal = rounds.map((round) => valuesOf(equalKey, round, 2 * blocksPerSide))
      .filter((values) => values.length > 0);
    const planted = PLANTED_SHARES.map((plantedShare) => ({
      plantedShare,
      rounds: rounds.map((round) => ({
        first: valuesOf(equalKey, round, 2 * blocksPerSide),
        second: valuesOf(slowedCell(measured, plantedShare).cell.key, round, blocksPerSide),
      })).filter(({ first, second }) => first.length > 0 && second.length > 0),
    })).filter((one) => one.rounds.length > 0);
    const random = new DartRandom(blocksPerSide);
    const drawing = { blocksPerSide, random: (below: number) => random.nextInt(below) };
    const squares = repeated(equal, DEALS_PER_ROUND).map((first) => drawLogRatio({ first }, drawing) ** 2);
    return {
      cellKey: measured.cell.key,
      phase: phase.name,
      ...(place.operation === undefined ? {} : { operation: place.operation }),
      metric,
      spread: squares.length === 0
        ? 0
        : Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length),
      seen: planted.map(({ plantedShare, rounds }) => ({
        plantedShare,
        ratio: comparePairs(
          rounds.map(({ first }) => sideValue(first)),
          rounds.map(({ second }) => sideValue(second)),
        ).ratio,
        pairCount: rounds.length,
      })),
      rows: [{ plantedShare: 0, rounds: equal.map((first) => ({ first })) }, ...planted].flatMap((one) =>
        ratesOf(one.plantedShare, one.rounds, blocksPerSide)
      ),
    };
  });
}

function ratesOf(
  plantedShare: number,
  rounds: readonly MeasuredRound[],
  blocksPerSide: number,
): PowerRow[] {
  const random = new DartRandom(1 + Math.round(plantedShare * 100));
  const called: readonly ComparisonVerdict[] = plantedShare === 0 ? ["worse", "better"] : ["worse"];
  const rate = (
    design: PowerRow["design"],
    pairCount: number,
    verdict: (drawn: readonly number[]) => ComparisonVerdict,
  ): PowerRow => {
    const { share, interval, drawCount } = callRate(rounds, {
      pairCount,
      blocksPerSide,
      drawCount: plantedShare === 0 ? ALARM_DRAW_COUNT : DRAW_COUNT,
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
  const pairCounts = STUDIED_PAIR_COUNTS.filter((pairCount) => pairCount <= rounds.length);
  return [
    ...pairCounts.map((pairCount) => rate("fixed", pairCount, (drawn) => verdictAt(drawn, ALARM_LEVEL))),
    ...(SEQUENTIAL.most <= rounds.length ? [rate("sequential", SEQUENTIAL.most, sequentialVerdict)] : []),
  ];
}

/** The verdict of the first look that has one, as rounds of an experiment are looked at. */
function sequentialVerdict(drawn: readonly number[]): ComparisonVerdict {
  const looks = lookSchedule(SEQUENTIAL.least, drawn.length);
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
