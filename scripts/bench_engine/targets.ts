/**
 * What the engine is meant to reach, and what was measured of it. In: samples of processes with live queries alone, and
 * stored runs with peers and floors. Out: a result per target. Pure.
 */
import { ADAPTER_CLASSES, type AdapterClass, type CellParameters, type Unit } from "../../lib/model/mod.ts";
import type { StreamsSample } from "../../lib/engine/bench/streams_bench.ts";
import type { CellSummary, RunSummary } from "../../lib/report/summarize_run.ts";
import {
  comparePairs,
  type Estimate,
  estimateMedian,
  fitPowerLaw,
  seededIndex,
  sortSamples,
} from "../../lib/stats/mod.ts";

/** A value that must not be passed. */
export interface Bar {
  /** On which side of the value a target is met. */
  readonly side: "at most" | "at least";
  /** Met here as well. */
  readonly value: number;
}

/** One target and what became of it. */
export interface TargetResult {
  /** What is measured. */
  readonly title: string;
  /** What was wanted. */
  readonly bar: Bar;
  /** Of the bar and of the estimate. */
  readonly unit: Unit;
  /** What was measured, or why nothing was: a clause without final period. */
  readonly measured: Estimate | string;
}

/** `open`: the interval holds the bar. `unmeasured`: there is no interval. */
export type TargetVerdict = "met" | "missed" | "open" | "unmeasured";

/** Id of the engine's adapter. */
const ENGINE = "watchlite";
/** The floor of SQLite that was quickest with batches: sixteen rows in one step. */
const BEST_BATCH_FLOOR = "node-sqlite[rowsPerStep=16]";
const DURABLE: ReadonlySet<AdapterClass> = new Set(
  ADAPTER_CLASSES.filter((one) => one.startsWith("durable")),
);
/** Draws of the fits are the same whenever the page is made. */
const SEED = 1;

/** Judges by the interval, never by the value alone. */
export function verdictOf({ bar, measured }: TargetResult): TargetVerdict {
  if (typeof measured === "string" || measured.sampleCount < 2) return "unmeasured";
  const { lower, upper } = measured.interval;
  if (bar.side === "at most") return upper <= bar.value ? "met" : lower > bar.value ? "missed" : "open";
  return lower >= bar.value ? "met" : upper < bar.value ? "missed" : "open";
}

/** The engine with some options. */
export type EngineOptions = StreamsSample["options"];

/**
 * All targets of the engine with these options, in a fixed order, those that nothing was measured for among them.
 * `samples` of other options are left out.
 */
export function engineTargets(
  options: EngineOptions,
  samples: readonly StreamsSample[],
  runs: readonly RunSummary[],
): TargetResult[] {
  const text = optionText(options);
  const own = samples.filter((sample) => optionText(sample.options) === text);
  return [...peerTargets(runs, text), ...floorTargets(own), ...growthTargets(own), ...crowdTargets(own)];
}

/** As cells name them, in one order. */
function optionText(options: EngineOptions): string {
  return Object.entries(options).map(([name, value]) => `${name}=${value}`).toSorted().join(",");
}

function peerTargets(runs: readonly RunSummary[], options: string): TargetResult[] {
  const fanOut = cellsOf(runs, "fan-out");
  const fanOut1000 = cellsOf(runs, "fan-out", { streams: "1000" });
  const durable = bestDurable(fanOut, "burst");
  const best = durable === undefined
    ? "the best durable database"
    : `${durable.name}, the best durable database`;
  const within = (value: number): Bar => ({ side: "at most", value });
  return [
    ratioTarget(`fan-out, done: over ${best}`, within(1 / 8), [engineCell(fanOut, options), "burst"], [
      durable,
      "burst",
    ]),
    ...["tanstack-db", "tinybase"].flatMap((peer) => [
      ratioTarget(
        `fan-out with 100 live queries, done: over ${peer}`,
        within(1),
        [engineCell(fanOut, options), "burst"],
        [find(fanOut, peer), "burst"],
      ),
      ratioTarget(
        `fan-out with 1,000 live queries, done: over ${peer}`,
        within(1 / 4),
        [engineCell(fanOut1000, options), "burst"],
        [find(fanOut1000, peer), "burst"],
      ),
    ]),
    ...overlapTargets(engineCell(cellsOf(runs, "overlap"), options)),
    ...["bulk", "merge"].map((phase) =>
      ratioTarget(
        `sync-burst, ${phase}, done: over ${BEST_BATCH_FLOOR}`,
        within(1.15),
        [engineCell(cellsOf(runs, "sync-burst"), options), phase],
        [find(cellsOf(runs, "sync-burst"), BEST_BATCH_FLOOR), phase],
      )
    ),
  ];
}

/** The workload asks for what remains of the writer; what its watchers see takes longer, and stands beside it. */
function overlapTargets(cell: CellSummary | undefined): TargetResult[] {
  const bar: Bar = { side: "at most", value: 1.2 };
  return ([["wall_ns", "acknowledged"], ["done_ns", "done"]] as const).map(([metric, word]) =>
    ratioTarget(
      `overlap, ${word}: over the baseline without watchers`,
      bar,
      [cell, "overlap", metric],
      [cell, "baseline", metric],
    )
  );
}

function floorTargets(samples: readonly StreamsSample[]): TargetResult[] {
  const over = (shape: string, value: number): TargetResult =>
    sampleTarget(
      `${shape} beside 100 live queries, done: over a synchronous floor that asks the one query concerned`,
      { side: "at most", value },
      "ratio",
      samples.flatMap(({ shapes }) => {
        const one = shapes.find((each) => each.shape === shape);
        const done = one?.doneNs.find(([streamCount]) => streamCount === 100);
        return one === undefined || done === undefined ? [] : [done[1] / one.floorNs];
      }),
    );
  return [over("list", 3), over("key", 2.5)];
}

function growthTargets(samples: readonly StreamsSample[]): TargetResult[] {
  const names = [...new Set(samples.flatMap(({ shapes }) => shapes.map(({ shape }) => shape)))];
  return names.map((name): TargetResult => {
    const points = Map.groupBy(
      samples.flatMap(({ shapes }) => shapes.filter(({ shape }) => shape === name)).flatMap(({ doneNs }) =>
        doneNs
      ),
      ([streamCount]) => streamCount,
    );
    const fit = fitPowerLaw(
      [...points].map(([size, values]) => ({ size, values: values.map(([, ns]) => ns) })),
      seededIndex(SEED),
    );
    return {
      title: `${name}, done: exponent over ${
        [...points.keys()].toSorted((a, b) => a - b).join(", ")
      } live queries`,
      bar: { side: "at most", value: 0.1 },
      unit: "ratio",
      measured: fit.kind === "refused"
        ? fit.reason
        : { value: fit.law.exponent, interval: fit.law.interval, sampleCount: samples.length },
    };
  });
}

function crowdTargets(samples: readonly StreamsSample[]): TargetResult[] {
  const crowd = samples[0]?.streamCount ?? 10_000;
  const of = (
    title: string,
    side: Bar["side"],
    value: number,
    unit: Unit,
    read: (sample: StreamsSample) => number,
  ): TargetResult => sampleTarget(title, { side, value }, unit, samples.map(read));
  return [
    of("shown at 100 awaited writes a second, median", "at most", 1e6, "ns", (one) => one.pacedShownNs),
    of(`first results of ${crowd} live queries`, "at most", 1e9, "ns", (one) => one.firstResultsNs),
    of(`heap per live query, of ${crowd}`, "at most", 8192, "bytes", (one) => one.heapBytesPerStream),
    of(
      `a write with a subscribe and an unsubscribe beside ${crowd} live queries: over a plain one`,
      "at most",
      2,
      "ratio",
      (one) => one.churnRatio,
    ),
    of(
      "writes per second in a pipeline of 400,000: over one of 10,000",
      "at least",
      0.8,
      "ratio",
      (one) => one.longPipelineRatio,
    ),
  ];
}

function sampleTarget(title: string, bar: Bar, unit: Unit, values: readonly number[]): TargetResult {
  return {
    title,
    bar,
    unit,
    measured: values.length === 0 ? "no process has measured it" : estimateMedian(sortSamples(values)),
  };
}

type Place = readonly [cell: CellSummary | undefined, phase: string, metric?: string];

/** The first over the second, repetition by repetition. */
function ratioTarget(title: string, bar: Bar, own: Place, other: Place): TargetResult {
  const [values, others] = [own, other].map(valuesOf) as [readonly number[], readonly number[]];
  return { title, bar, unit: "ratio", measured: ratioOf(values, others) };
}

function ratioOf(values: readonly number[], others: readonly number[]): Estimate | string {
  if (values.length === 0 || others.length === 0) return "no run here has right answers of both";
  if (values.length !== others.length) {
    return `repetitions must pair: ${values.length} and ${others.length} have the value`;
  }
  const { ratio, interval, pairCount } = comparePairs(others, values);
  return { value: ratio, interval, sampleCount: pairCount };
}

function valuesOf([cell, name, metric = "done_ns"]: Place): readonly number[] {
  return cell?.phases.find((phase) => phase.name === name)?.metrics.get(metric)?.values ?? [];
}

/** Cells of one workload with exactly these parameters, of the first run that has them. */
function cellsOf(
  runs: readonly RunSummary[],
  workload: string,
  parameters: CellParameters = {},
): readonly CellSummary[] {
  const isAsked = ({ cell }: CellSummary) =>
    cell.workload === workload && JSON.stringify(cell.parameters ?? {}) === JSON.stringify(parameters);
  return runs.map(({ sections }) => sections.flatMap(({ cells }) => cells.filter(isAsked)))
    .find((cells) => cells.length > 0) ?? [];
}

function find(cells: readonly CellSummary[], name: string): CellSummary | undefined {
  return cells.find((cell) => cell.name === name);
}

function engineCell(cells: readonly CellSummary[], options: string): CellSummary | undefined {
  const optionsOf = (name: string) => (/\[(.*)\]$/.exec(name)?.[1] ?? "").split(",").toSorted().join(",");
  return cells.find(({ name, cell }) => cell.adapter === ENGINE && optionsOf(name) === options);
}

function bestDurable(cells: readonly CellSummary[], phase: string): CellSummary | undefined {
  return cells
    .filter((cell) =>
      cell.cell.adapter !== ENGINE && DURABLE.has(cell.cellClass) &&
      cell.phases.some(({ name, unwatched }) => name === phase && !unwatched) &&
      valuesOf([cell, phase]).length > 0
    )
    .toSorted((a, b) => medianDone(a, phase) - medianDone(b, phase))[0];
}

function medianDone(cell: CellSummary, phase: string): number {
  return estimateMedian(sortSamples(valuesOf([cell, phase]))).value;
}
