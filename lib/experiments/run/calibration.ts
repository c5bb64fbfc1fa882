/**
 * What a machine makes up by itself: the noise of comparisons between equal sides, measured, by cell and quantity.
 *
 * In: A/A runs. Out: `results/calibration/<machineId>.json`, and floors for the verdicts of experiments.
 */
import { join } from "node:path";
import { z } from "zod";
import { DartRandom } from "../../dataset/mod.ts";
import { METRICS } from "../../metrics/mod.ts";
import {
  type Counter,
  type Criterion,
  type Experiment,
  type MeasuredBlock,
  messageOf,
  type Place,
  type Quantity,
  RecordFormatError,
  type RunRecord,
  workloadKey,
} from "../../model/mod.ts";
import { replaceFile } from "../../record/mod.ts";
import {
  benjaminiHochberg,
  compareLogRatios,
  drawLogRatio,
  LEAST_FLOOR,
  median,
  noiseFloor,
  type RandomIndex,
  sideValue,
  sortSamples,
} from "../../stats/mod.ts";
import { criteriaOf } from "../rules/judged_arms.ts";
import type { Floor, FloorOf } from "../rules/judge_bar.ts";
import { lanesOf, repeated } from "./lanes.ts";
import { counterUnits, readQuantity } from "./read_quantity.ts";
import { judgeWeather } from "./weather.ts";

/** Version of the calibration file. */
export const CALIBRATION_SCHEMA_VERSION = 1;

/** Noise floors of one quantity. */
export interface CalibratedReading {
  /** Absent for quantities of a whole block. */
  readonly phase?: string;
  /** Label of operations; present for quantities of operations. */
  readonly operation?: string;
  /** What was read. */
  readonly quantity: Quantity;
  /** Standard deviation of the log ratio of one pair, estimated from its quartiles over many deals of the blocks. */
  readonly spread: number;
  /** Share that 95 % of comparisons between equal sides stay below, by number of pairs, ascending. */
  readonly floors: readonly { readonly pairCount: number; readonly share: number }[];
}

/** The noise of one cell. */
export interface CalibratedCell {
  /** Key of the cell. */
  readonly cellKey: string;
  /** Name of the run folder that it was computed from. */
  readonly run: string;
  /** SHA-256 of that run's sealed header. */
  readonly sha256: string;
  /** A/A pairs that count. */
  readonly pairCount: number;
  /** Blocks of each side of a pair; absent where it is one. */
  readonly blocksPerSide?: number;
  /** Rounds that were measured and do not count, as the machine was disturbed. */
  readonly disturbedRoundCount: number;
  /** Highest load average over one minute that was seen; absent where the host does not tell. */
  readonly load1m?: number;
  /** Quantities whose earlier blocks differ from the later ones of their round, at a false discovery rate of 1 %. */
  readonly lopsided: readonly string[];
  /** By phase, operation and quantity. */
  readonly readings: readonly CalibratedReading[];
}

/** Content of `results/calibration/<machineId>.json`. */
export interface Calibration {
  /** {@link CALIBRATION_SCHEMA_VERSION}. */
  readonly schemaVersion: number;
  /** The machine that it holds for. */
  readonly machineId: string;
  /** Its processor, for people. */
  readonly cpuModel: string;
  /** The runtime that it was measured with. */
  readonly deno: string;
  /** ISO 8601, UTC: when it was last added to. */
  readonly recordedAt: string;
  /** By key. */
  readonly cells: readonly CalibratedCell[];
}

const share = z.number().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const quantity: z.ZodType<Quantity> = z.lazy(() =>
  z.union([
    z.strictObject({ metric: z.string() }),
    z.strictObject({ counter: z.string() }),
    z.strictObject({ sum: z.array(quantity) }),
    z.strictObject({ difference: z.tuple([quantity, quantity]) }),
    z.strictObject({ ratio: z.tuple([quantity, quantity]) }),
  ])
);
const calibrationSchema: z.ZodType<Calibration> = z.strictObject({
  schemaVersion: z.literal(CALIBRATION_SCHEMA_VERSION),
  machineId: z.string().min(1),
  cpuModel: z.string(),
  deno: z.string(),
  recordedAt: z.iso.datetime(),
  cells: z.array(z.strictObject({
    cellKey: z.string().min(1),
    run: z.string().min(1),
    sha256,
    pairCount: z.int().min(1),
    blocksPerSide: z.exactOptional(z.int().min(1)),
    disturbedRoundCount: z.int().min(0),
    load1m: z.exactOptional(z.number().min(0)),
    lopsided: z.array(z.string()),
    readings: z.array(z.strictObject({
      phase: z.exactOptional(z.string()),
      operation: z.exactOptional(z.string()),
      quantity,
      spread: share,
      floors: z.array(z.strictObject({ pairCount: z.int().min(1), share })).min(1),
    })),
  })),
});

/** Numbers of pairs for which floors are kept. */
const FLOOR_PAIR_COUNTS: readonly number[] = [6, 10, 20];
const DRAW_COUNT = 300;
/** How often the blocks of each round are dealt to two sides, to see how single pairs scatter. */
const DEALS_PER_ROUND = 20;
/** False discovery rate at which sides that should be equal are called lopsided. */
const LOPSIDED_RATE = 0.01;
/** Distance between the quartiles of a normal distribution, in standard deviations. */
const QUARTILE_DISTANCE = 1.349;

/** Where the calibration of a machine is kept, below a results folder. */
export function calibrationFile(resultsFolder: string, machineId: string): string {
  return join(resultsFolder, "calibration", `${machineId}.json`);
}

/**
 * Loads what was calibrated for a machine; `undefined` when nothing was.
 * Throws a RecordFormatError for a file that is none.
 */
export function loadCalibration(resultsFolder: string, machineId: string): Calibration | undefined {
  const file = calibrationFile(resultsFolder, machineId);
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return parseCalibration(text, file);
}

/** Checks the text of a calibration file. Throws a RecordFormatError with the rule that it breaks. */
export function parseCalibration(text: string, file: string): Calibration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecordFormatError(file, undefined, `it must be JSON: ${messageOf(error)}`);
  }
  const parsed = calibrationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RecordFormatError(file, undefined, `"${issue!.path.join(".")}" must be sound: ${issue!.message}`);
}

/** Writes a calibration; cells that were calibrated before and not now stay. Returns the path. */
export function storeCalibration(resultsFolder: string, calibration: Calibration): string {
  const file = calibrationFile(resultsFolder, calibration.machineId);
  const before = loadCalibration(resultsFolder, calibration.machineId)?.cells ?? [];
  const renewed = new Set(calibration.cells.map(({ cellKey }) => cellKey));
  const cells = [...before.filter(({ cellKey }) => !renewed.has(cellKey)), ...calibration.cells]
    .sort((a, b) => a.cellKey < b.cellKey ? -1 : 1);
  Deno.mkdirSync(join(resultsFolder, "calibration"), { recursive: true });
  replaceFile(file, JSON.stringify({ ...calibration, cells }, null, 1) + "\n");
  return file;
}

/**
 * Computes noise floors from a sealed A/A run, in whose rounds a cell has the blocks of two sides. `experiments` name
 * quantities beside the registered metrics. Cells without a pair that counts are left out.
 */
export function calibrate(run: RunRecord, experiments: readonly Experiment[]): Calibration {
  const { environment: { machineId, cpuModel, deno }, settings, endedAt = run.startedAt } = run;
  return {
    schemaVersion: CALIBRATION_SCHEMA_VERSION,
    machineId,
    cpuModel,
    deno,
    recordedAt: endedAt,
    cells: settings.cells.flatMap((cell) =>
      calibrateCell(run, cell.key, wantedReadings(run, cell.key, experiments))
    ),
  };
}

/** A quantity and where it is read. */
interface WantedReading {
  readonly place: Place;
  readonly quantity: Quantity;
}

function calibrateCell(run: RunRecord, cellKey: string, wanted: readonly WantedReading[]): CalibratedCell[] {
  const { blocksPerSide = 1 } = run.settings;
  const blocks = run.results.filter((block) => block.cellKey === cellKey);
  const perRound = 2 * blocksPerSide;
  const weather = judgeWeather(blocks, [repeated([{ key: cellKey }], perRound)]);
  const byIndex = new Map(blocks.map((block) => [block.blockIndex, block]));
  const rounds = weather.flatMap(({ roundIndex, disturbance }) => {
    const own = Array.from({ length: perRound }, (_, index) => byIndex.get(roundIndex * perRound + index));
    return disturbance === undefined && own.every(isRight) ? [own] : [];
  });
  if (rounds.length === 0) return [];
  const units = counterUnits(run.adapters);
  const random = new DartRandom(rounds.length);
  const drawing = { blocksPerSide, random: (below: number) => random.nextInt(below) };
  const read = wanted.flatMap(({ place, quantity }) => {
    const values = rounds.map((own) =>
      own.flatMap((block) => {
        const value = readQuantity(block, place, quantity, units);
        return value !== undefined && value > 0 ? [value] : [];
      })
    );
    // Where some blocks have no ratio, those that have one tell nothing about the rest.
    return values.some((own) => own.length < perRound) ? [] : [{ place, quantity, values }];
  });
  const adjusted = benjaminiHochberg(
    read.map(({ values }) => compareLogRatios(values.map((own) => inOrder(own, blocksPerSide))).pValue),
  );
  const loads = weather.flatMap(({ load1m }) => load1m === undefined ? [] : [load1m]);
  return [{
    cellKey,
    run: run.id,
    sha256: run.sha256 ?? "",
    pairCount: rounds.length,
    ...(blocksPerSide === 1 ? {} : { blocksPerSide }),
    disturbedRoundCount: weather.filter(({ disturbance }) => disturbance !== undefined).length,
    ...(loads.length === 0 ? {} : { load1m: Math.max(...loads) }),
    lopsided: read.flatMap(({ place, quantity }, index) =>
      adjusted[index]! < LOPSIDED_RATE ? [readingKey(place, quantity)] : []
    ),
    readings: read.map(({ place: { phase, operation }, quantity, values }): CalibratedReading => ({
      ...(phase === undefined ? {} : { phase }),
      ...(operation === undefined ? {} : { operation }),
      quantity,
      spread: rounded(spreadOf(values, drawing)),
      floors: FLOOR_PAIR_COUNTS.map((pairCount) => ({
        pairCount,
        share: rounded(noiseFloor(values, { ...drawing, pairCount, drawCount: DRAW_COUNT })),
      })),
    })),
  }];
}

/** The log ratio of the later blocks of a round to the earlier ones: equal too, unless a round's order matters. */
function inOrder(values: readonly number[], blocksPerSide: number): number {
  return Math.log(sideValue(values.slice(blocksPerSide)) / sideValue(values.slice(0, blocksPerSide)));
}

function isRight(block: RunRecord["results"][number] | undefined): block is MeasuredBlock {
  return block?.status === "measured" && block.verdict === "converged";
}

/** Every metric with a better end, every counter that grows, and what experiments read on that cell. */
function wantedReadings(
  run: RunRecord,
  cellKey: string,
  experiments: readonly Experiment[],
): WantedReading[] {
  const cell = run.settings.cells.find(({ key }) => key === cellKey)!;
  const counters = run.adapters.find(({ id }) => id === cell.adapter)?.counters ?? [];
  const workload = workloadKey({ id: cell.workload, version: cell.workloadVersion });
  const block = run.results.find((one) => one.cellKey === cellKey && one.status === "measured");
  const wanted: WantedReading[] = [];
  const add = (values: Readonly<Record<string, number>>, place: Omit<Place, "workload">): void => {
    for (const { id, direction } of METRICS) {
      const isRanked = direction === "lower" || direction === "higher";
      if (isRanked && values[id] !== undefined) {
        wanted.push({ place: { workload, ...place }, quantity: { metric: id } });
      }
    }
  };
  if (block?.status !== "measured") return [];
  add(block.metrics, {});
  for (const phase of block.phases) {
    add(phase.metrics, { phase: phase.name });
    for (const { label, metrics } of phase.operations) add(metrics, { phase: phase.name, operation: label });
    for (const { name, kind } of counters satisfies readonly Counter[]) {
      if (kind === "sum") {
        wanted.push({ place: { workload, phase: phase.name }, quantity: { counter: name } });
      }
    }
  }
  for (const experiment of experiments) {
    const isHere = lanesOf(experiment).lanes.some(({ measured }) => measured.cell.key === cellKey);
    for (const { place, quantity } of isHere ? criteriaOf(experiment) : []) {
      if (place.workload === workload) wanted.push({ place, quantity });
    }
  }
  return [...new Map(wanted.map((one) => [readingKey(one.place, one.quantity), one])).values()];
}

/**
 * Floors from what was calibrated for the control's cells: the largest of 3 %, and of the noise of that quantity for the
 * nearest smaller number of pairs. Only pairs whose sides have as many blocks are as noisy.
 */
export function calibratedFloors(
  experiment: Experiment,
  calibration: Calibration | undefined,
  blocksPerSide: number,
): FloorOf {
  const { lanes } = lanesOf(experiment);
  return ({ place, quantity }, _arm, pairCount): Floor => {
    const lane = lanes.find(({ arm, place: { workload, scale } }) =>
      arm.name === experiment.control && workload === place.workload && scale === (place.scale ?? scale)
    );
    const cell = calibration?.cells.find((one) =>
      one.cellKey === lane?.measured.cell.key && (one.blocksPerSide ?? 1) === blocksPerSide
    );
    const key = readingKey(place, quantity);
    const reading = cell?.readings.find((one) =>
      readingKey({ ...place, ...placeOf(one) }, one.quantity) === key
    );
    if (reading === undefined) return { share: LEAST_FLOOR, isCalibrated: false };
    return { share: Math.max(LEAST_FLOOR, floorFor(reading, pairCount)), isCalibrated: true };
  };
}

/** Floors as an outcome recorded them, so that it can be judged again when calibrations have changed. */
export function recordedFloors(
  results: readonly { readonly criterion: string; readonly arm: string; readonly comparison?: Floors }[],
): FloorOf {
  return ({ id }: Criterion, arm): Floor => {
    const comparison = results.find((one) => one.criterion === id && one.arm === arm)?.comparison;
    return comparison === undefined
      ? { share: LEAST_FLOOR, isCalibrated: false }
      : { share: comparison.floor, isCalibrated: comparison.isCalibrated };
  };
}

interface Floors {
  readonly floor: number;
  readonly isCalibrated: boolean;
}

function placeOf({ phase, operation }: CalibratedReading): Pick<Place, "phase" | "operation"> {
  return { ...(phase === undefined ? {} : { phase }), ...(operation === undefined ? {} : { operation }) };
}

function floorFor({ floors }: CalibratedReading, pairCount: number): number {
  const known = floors.findLast((one) => one.pairCount <= pairCount);
  if (known !== undefined) return known.share;
  // Estimates from fewer pairs stray farther, by the root of the number of pairs.
  const [first] = floors;
  return first!.share * Math.sqrt(first!.pairCount / Math.max(1, pairCount));
}

/** Names a quantity at a place within its workload. */
export function readingKey({ phase, operation }: Omit<Place, "workload">, quantity: Quantity): string {
  return [phase ?? "", operation ?? "", JSON.stringify(quantity)].join(" ");
}

function spreadOf(
  rounds: readonly (readonly number[])[],
  drawing: { readonly blocksPerSide: number; readonly random: RandomIndex },
): number {
  // Equal sides: each pair counts in both directions, so that the middle is 0 and half the distances are below it.
  const distances = repeated(rounds, DEALS_PER_ROUND).map((first) =>
    Math.abs(drawLogRatio({ first }, drawing))
  );
  return 2 * median(sortSamples(distances)) / QUARTILE_DISTANCE;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
