/**
 * Two stored runs against each other: which cells both have, whether their numbers may be compared, and by how much
 * the second differs from the first.
 *
 * Blocks of two runs are no pairs: the machine may have been in another mood. An unchanged cell that both runs measured
 * in every round, the anchor, and the pressure on the CPU tell of it; `compare_rule.ts` has the rule. To decide between
 * two versions beyond doubt, measure both in one run.
 */
import { METRICS, metricsIn } from "../metrics/mod.ts";
import { anchorOf, type Cell, type Metric, type RunRecord, UsageError } from "../model/mod.ts";
import {
  compareSamples,
  type Estimate,
  PRECISE_METRICS,
  type RatioEstimate,
  type TwoSampleComparison,
  WALL_METRIC,
} from "../stats/mod.ts";
import {
  type ChangeVerdict,
  type ComparedFloor,
  DEFAULT_FLOOR,
  judgeFamily,
  PRESSURE_LIMIT,
  type RatioEvidence,
  ratioEvidence,
  towards,
} from "./compare_rule.ts";
import { identity, whyNotComparable } from "./comparable_cells.ts";
import { findMetric } from "./find_metric.ts";
import { differencesBetween, isComparable, type RunDifference } from "./run_differences.ts";
import { safeText } from "./safe_text.ts";
import { type CellSummary, summarizeCells, summarizeRun, type ValueSummary } from "./summarize_run.ts";

/** Metrics that are compared when none are named, besides those that reports show first: costs, and latencies. */
const COMPARED_DETAILS: readonly string[] = [
  "wall_ns",
  "latency_p50_ns",
  "latency_p99_ns",
  "caller_cpu_ns",
];

/** Blocks that each side needs before a difference is called one: fewer cannot rule chance out by their ranks. */
export const FEWEST_BLOCKS_FOR_CHANGE = 4;

/** One metric of one cell in both runs. */
export interface MetricComparison {
  /** What is compared. */
  readonly metric: Metric;
  /** Absent for metrics with scope `block`. */
  readonly phase?: string;
  /** Label of the operations; present for metrics with scope `operation`. */
  readonly operation?: string;
  /** Median over the blocks of the first run. */
  readonly first: Estimate;
  /** Median over the blocks of the second run. */
  readonly second: Estimate;
  /** It is one of those that the workload's sentence rests on. */
  readonly leads: boolean;
  /** Second over first; absent where a value is 0. */
  readonly comparison?: TwoSampleComparison;
  /** The same over what the anchor did; absent where no anchor corrects it. */
  readonly corrected?: RatioEstimate;
  /** Corrected for all comparisons of its family. */
  readonly pValue?: number;
  /** Smallest difference that is believed. */
  readonly floor?: ComparedFloor;
  /** What can be said. */
  readonly verdict: ChangeVerdict;
  /** Why nothing may be said; absent where the values alone decide. */
  readonly forbidden?: string;
}

/** One cell that both runs have. */
export interface CellComparison {
  /** Key in the second run. */
  readonly cellKey: string;
  /** Adapter id with options. */
  readonly name: string;
  /** Why nothing about it is compared; absent when it is. */
  readonly reason?: string;
  /** It was skipped in both runs: there is nothing to miss. */
  readonly isSkipped: boolean;
  /** Share of time with tasks waiting for a CPU, over its blocks in each run; absent where a host did not tell. */
  readonly pressure?: readonly [first: number, second: number];
  /** In the order of phases and of the registry. */
  readonly metrics: readonly MetricComparison[];
}

/** What an unchanged cell says of the machine in both runs. */
export interface AnchorComparison {
  /** Key of the anchor. */
  readonly cellKey: string;
  /** Its time in the second run over that in the first. */
  readonly comparison: TwoSampleComparison;
  /** Its interval does not include 1. */
  readonly hasChanged: boolean;
}

/** The whole comparison. */
export interface RunComparison {
  /** Id of the first run. */
  readonly first: string;
  /** Id of the second run. */
  readonly second: string;
  /** What differs between machine, software and settings. */
  readonly differences: readonly RunDifference[];
  /** `false` when a difference forbids it: then only metrics are compared that do not need what differs to be the same. */
  readonly areTimesComparable: boolean;
  /** Both are sides of one run that were measured in turns: whatever the machine did, it did to both. */
  readonly areInterleaved: boolean;
  /** Absent where the runs share no anchor that was measured often enough. */
  readonly anchor?: AnchorComparison;
  /** Mean over common cells of the share of time with tasks waiting for a CPU; absent where a host did not tell. */
  readonly pressure?: readonly [first: number, second: number];
  /** Cells that both runs have, in the order of the second. */
  readonly cells: readonly CellComparison[];
  /** Keys of cells that only the first run has. */
  readonly onlyFirst: readonly string[];
  /** Keys of cells that only the second run has. */
  readonly onlySecond: readonly string[];
}

/** Options of {@link compareRuns}. */
export interface CompareOptions {
  /** Metrics by any of their names; the usual ones when absent or empty, `all` for every one. */
  readonly metrics?: readonly string[];
  /** Ids of metrics that are compared beside those. */
  readonly alsoMetrics?: readonly string[];
  /** Both are sides of one run that were measured in turns. Default is `false`. */
  readonly areInterleaved?: boolean;
  /** Floors that were calibrated on the machine; `undefined` for what was not, and for all when absent. */
  readonly floorOf?: FloorLookup;
}

/** The smallest difference that is believed of a metric of a cell, as a share, between sets of so many blocks. */
export type FloorLookup = (place: ComparedPlace, blockCount: number) => number | undefined;

/** Where a value is read. */
export interface ComparedPlace {
  /** Key of the cell. */
  readonly cellKey: string;
  /** Id of the metric. */
  readonly metric: string;
  /** Absent for metrics with scope `block`. */
  readonly phase?: string;
  /** Present for metrics with scope `operation`. */
  readonly operation?: string;
}

/**
 * Compares the second run with the first, by the rule of `compare_rule.ts`. Pure.
 *
 * @throws {UsageError} for a metric that the registry does not know, with what was meant, and for runs whose numbers have
 * different meanings.
 */
export function compareRuns(
  first: RunRecord,
  second: RunRecord,
  options: CompareOptions = {},
): RunComparison {
  if (first.metricsVersion !== second.metricsVersion) {
    throw new UsageError(
      `Cannot compare runs as their numbers must have one meaning: "${
        safeText(first.id)
      }" has metrics version ${first.metricsVersion} and "${
        safeText(second.id)
      }" version ${second.metricsVersion}; measure the older one again`,
    );
  }
  const metrics = chosenMetrics(options, second.metricsVersion);
  const differences = differencesBetween(first, second);
  const areTimesComparable = !differences.some(({ forbidsTimes }) => forbidsTimes);
  const compared = metrics.filter((metric) => isComparable(metric, differences));
  const anchor = areTimesComparable ? compareAnchors(first, second) : undefined;

  const firstCells = cellsOf(first);
  const secondCells = cellsOf(second);
  const identities = new Map(firstCells.map((cell) => [identity(cell.cell), cell]));
  const matched = new Set<CellSummary>();
  const pairs = secondCells.flatMap((after) => {
    const before = identities.get(identity(after.cell));
    if (before === undefined) return [];
    matched.add(before).add(after);
    return [{ before, after, pressure: pressureOf(first, second, [before.cell, after.cell]) }];
  });
  const pressure = meanPressure(pairs.flatMap(({ pressure }) => pressure === undefined ? [] : [pressure]));
  const read = pairs.map(({ before, after, pressure: own }): ReadCell => {
    const reason = whyNotComparable(first, second, before, after);
    const busier = isOtherPressure(pressure, "overall")
      ? pressure
      : isOtherPressure(own, "ofCell")
      ? own
      : undefined;
    return {
      cellKey: after.cell.key,
      name: after.name,
      isSkipped: before.status === "skipped" && after.status === "skipped",
      ...(own === undefined ? {} : { pressure: own }),
      ...(reason === undefined ? {} : { reason }),
      metrics: reason !== undefined
        ? []
        : compareCells(before, after, compared).map((one) =>
          withEvidence(one, {
            anchor: anchor?.comparison,
            floorOf: (blockCount) =>
              options.floorOf?.({ cellKey: after.cell.key, ...placeOf(one) }, blockCount),
            ...(busier === undefined ? {} : { pressure: busier }),
          })
        ),
    };
  });
  const verdicts = judge(read.flatMap(({ metrics }) => metrics));
  const cells = read.map((cell): CellComparison => ({
    ...cell,
    metrics: cell.metrics.map((one) => verdicts.get(one)!),
  }));
  const unmatched = (list: readonly CellSummary[]) =>
    list.filter((cell) => !matched.has(cell)).map(({ cell }) => cell.key);
  return {
    first: first.id,
    second: second.id,
    differences,
    areTimesComparable,
    areInterleaved: options.areInterleaved ?? false,
    ...(anchor === undefined ? {} : { anchor }),
    ...(pressure === undefined ? {} : { pressure }),
    cells,
    onlyFirst: unmatched(firstCells),
    onlySecond: unmatched(secondCells),
  };
}

/** Two sets of values before the rule has spoken. */
interface ReadValues
  extends Omit<MetricComparison, "comparison" | "corrected" | "verdict" | "pValue" | "floor"> {
  readonly firstValues: readonly number[];
  readonly secondValues: readonly number[];
}

/** The same with what the rule needs; a verdict where none is needed. */
interface ReadMetric extends ReadValues {
  readonly settled?: ChangeVerdict;
  readonly evidence?: RatioEvidence;
  readonly floor?: ComparedFloor;
}

interface ReadCell extends Omit<CellComparison, "metrics"> {
  readonly metrics: readonly ReadMetric[];
}

/** What bears on one cell besides its own values. */
interface Surroundings {
  readonly anchor: RatioEstimate | undefined;
  readonly floorOf: (blockCount: number) => number | undefined;
  readonly pressure?: readonly [number, number];
}

function withEvidence(values: ReadValues, { anchor, floorOf, pressure }: Surroundings): ReadMetric {
  const { metric, firstValues, secondValues } = values;
  const all = [...firstValues, ...secondValues];
  if (new Set(all).size === 1) return { ...values, settled: "equal" };
  if (all.some((value) => value <= 0)) return { ...values, settled: "no-ratio" };
  const isTime = metric.unit === "ns" || metric.unit === "per-second";
  const evidence = ratioEvidence(
    firstValues,
    secondValues,
    !isTime || anchor === undefined ? undefined : metric.unit === "ns" ? anchor : inverse(anchor),
  );
  const blockCount = Math.min(firstValues.length, secondValues.length);
  const calibrated = floorOf(blockCount);
  const floor: ComparedFloor = calibrated === undefined
    ? { share: DEFAULT_FLOOR, isCalibrated: false }
    : { share: calibrated, isCalibrated: true };
  const forbidden = blockCount < FEWEST_BLOCKS_FOR_CHANGE
    ? `too few repetitions: a run has ${blockCount} of at least ${FEWEST_BLOCKS_FOR_CHANGE}`
    : isTime && pressure !== undefined
    ? `other work held the CPU differently: tasks waited ${
      pressure.map((share) => `${Math.round(share * 100)} %`).join(" and ")
    } of the time`
    : undefined;
  return { ...values, evidence, floor, ...(forbidden === undefined ? {} : { forbidden }) };
}

/** Verdicts, each family corrected by itself. */
function judge(metrics: readonly ReadMetric[]): Map<ReadMetric, MetricComparison> {
  const verdicts = new Map<ReadMetric, MetricComparison>();
  const add = (one: ReadMetric, verdict: ChangeVerdict, pValue?: number): void => {
    const { firstValues: _first, secondValues: _second, settled: _settled, evidence, ...shown } = one;
    verdicts.set(one, {
      ...shown,
      ...(evidence === undefined ? {} : { comparison: evidence.comparison }),
      ...(evidence?.corrected === undefined ? {} : { corrected: evidence.corrected }),
      ...(pValue === undefined ? {} : { pValue }),
      verdict,
    });
  };
  for (const leads of [true, false]) {
    const family = metrics.filter((one) => one.leads === leads);
    for (const one of family) if (one.settled !== undefined) add(one, one.settled);
    const open = family.flatMap((one) =>
      one.evidence === undefined || one.floor === undefined
        ? []
        : [{ one, evidence: one.evidence, floor: one.floor, metric: one.metric }]
    );
    const judged = judgeFamily(open.map(({ one, ...rest }) => ({
      ...rest,
      ...(one.forbidden === undefined ? {} : { forbidden: one.forbidden }),
    })));
    for (const [index, { one, evidence }] of open.entries()) {
      const { verdict, pValue } = judged[index]!;
      // What does not depend on the machine needs no test: any steady difference is one.
      const isSure = one.metric.deterministic && one.forbidden === undefined && isSteady(one);
      add(one, isSure ? towards(one.metric, Math.log(evidence.comparison.ratio)) : verdict, pValue);
    }
  }
  return verdicts;
}

function isSteady({ firstValues, secondValues }: ReadValues): boolean {
  return new Set(firstValues).size === 1 && new Set(secondValues).size === 1;
}

function inverse({ ratio, interval: { lower, upper, confidence } }: RatioEstimate): RatioEstimate {
  return { ratio: 1 / ratio, interval: { lower: 1 / upper, upper: 1 / lower, confidence } };
}

function placeOf({ metric, phase, operation }: ReadValues): Omit<ComparedPlace, "cellKey"> {
  return {
    metric: metric.id,
    ...(phase === undefined ? {} : { phase }),
    ...(operation === undefined ? {} : { operation }),
  };
}

/** The anchor that both runs have, and what it did; `undefined` where a run has too few blocks of it. */
function compareAnchors(first: RunRecord, second: RunRecord): AnchorComparison | undefined {
  const [a, b] = [first, second].map(({ settings }) => anchorOf(settings.cells));
  if (a === undefined || b === undefined || a.key !== b.key) return undefined;
  const [before, after] = [[first, a], [second, b]].map(([record, cell]) =>
    anchorTimes(record as RunRecord, cell as Cell)
  ) as [readonly number[], readonly number[]];
  if (Math.min(before.length, after.length) < FEWEST_BLOCKS_FOR_CHANGE) return undefined;
  const comparison = compareSamples(before, after);
  const { lower, upper } = comparison.interval;
  return { cellKey: b.key, comparison, hasChanged: lower > 1 || upper < 1 };
}

/** Time of its only phase by block, where it was right. */
function anchorTimes(record: RunRecord, cell: Cell): readonly number[] {
  const phase = summarizeCells(record, [cell]).sections[0]?.cells[0]?.phases[0];
  return (phase?.metrics.get(PRECISE_METRICS[0]!) ?? phase?.metrics.get(WALL_METRIC))?.values ?? [];
}

/** Shares by time over the blocks of a cell in both runs. */
function pressureOf(
  first: RunRecord,
  second: RunRecord,
  [before, after]: readonly [Cell, Cell],
): readonly [number, number] | undefined {
  const [a, b] = [pressureIn(first, before), pressureIn(second, after)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

function pressureIn({ results }: RunRecord, { key }: Cell): number | undefined {
  let [waitedMs, elapsedMs] = [0, 0];
  for (const block of results) {
    const share = block.host.cpuPressureShare;
    if (block.cellKey !== key || share === undefined) continue;
    waitedMs += share * block.elapsedMs;
    elapsedMs += block.elapsedMs;
  }
  return elapsedMs === 0 ? undefined : waitedMs / elapsedMs;
}

function meanPressure(pairs: readonly (readonly [number, number])[]): readonly [number, number] | undefined {
  if (pairs.length === 0) return undefined;
  const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  return [mean(0), mean(1)];
}

/** Whether so much more time was waited in one run that its times are another machine's; not where nobody knows. */
function isOtherPressure(
  shares: readonly [number, number] | undefined,
  where: keyof typeof PRESSURE_LIMIT,
): boolean {
  return shares !== undefined && Math.abs(shares[0] - shares[1]) > PRESSURE_LIMIT[where];
}

/** Whether every cell that both runs have was compared in full, those skipped in both aside. */
export function isCompleteComparison({ areTimesComparable, cells }: RunComparison): boolean {
  return areTimesComparable && cells.length > 0 &&
    cells.every(({ reason, isSkipped }) => reason === undefined || isSkipped);
}

function chosenMetrics(
  { metrics: words = [], alsoMetrics = [] }: CompareOptions,
  version: number,
): readonly Metric[] {
  if (words.includes("all")) return METRICS;
  const ids = words.map((word) => findMetric(word, "Cannot compare metric", ["all"]).id);
  const leading = metricsIn("headline", version).map(({ id }) => id);
  const wanted = ids.length === 0 ? [...leading, ...PRECISE_METRICS, ...COMPARED_DETAILS] : ids;
  return METRICS.filter(({ id }) => wanted.includes(id) || alsoMetrics.includes(id));
}

function cellsOf(record: RunRecord): CellSummary[] {
  return summarizeRun(record).sections.flatMap(({ cells }) => cells);
}

function compareCells(
  before: CellSummary,
  after: CellSummary,
  metrics: readonly Metric[],
): ReadValues[] {
  const inScope = (scope: Metric["scope"]) => metrics.filter((metric) => metric.scope === scope);
  // Delays at two rates that were found are no pair: the rates themselves are.
  const ofPhases = (after.isSearched ? [] : after.phases).flatMap((phase) => {
    const phaseBefore = before.phases.find(({ name, unwatched }) =>
      name === phase.name && unwatched === phase.unwatched
    );
    if (phaseBefore === undefined) return [];
    const ofOperations = phase.operations.flatMap((operation) => {
      const operationBefore = phaseBefore.operations.find(({ label }) => label === operation.label);
      return inScope("operation").flatMap((metric) =>
        compareValues(metric, operationBefore?.metrics, operation.metrics, phase.name, operation.label)
      );
    });
    return [
      ...inScope("phase").flatMap((metric) =>
        compareValues(metric, phaseBefore.metrics, phase.metrics, phase.name)
      ),
      ...ofOperations,
    ];
  });
  const ofBlock = inScope("block").flatMap((metric) => compareValues(metric, before.metrics, after.metrics));
  return [...ofPhases, ...ofBlock];
}

function compareValues(
  metric: Metric,
  before: ReadonlyMap<string, ValueSummary> | undefined,
  after: ReadonlyMap<string, ValueSummary>,
  phase?: string,
  operation?: string,
): ReadValues[] {
  const first = before?.get(metric.id);
  const second = after.get(metric.id);
  if (first === undefined || second === undefined) return [];
  const hasDone = before!.has(PRECISE_METRICS[0]!) && after.has(PRECISE_METRICS[0]!);
  return [{
    metric,
    ...(phase === undefined ? {} : { phase }),
    ...(operation === undefined ? {} : { operation }),
    leads: PRECISE_METRICS.includes(metric.id) || metric.id === "highest_rate_per_second" ||
      (metric.id === WALL_METRIC && !hasDone),
    first: first.estimate,
    second: second.estimate,
    firstValues: first.values,
    secondValues: second.values,
  }];
}
