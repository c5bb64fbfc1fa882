/**
 * Two stored runs against each other: which cells both have, whether their numbers may be compared, and by how much
 * the second differs from the first.
 *
 * Blocks of two runs are no pairs: the machine may have been in another mood, and no interval knows that. To decide
 * between two versions, measure both in one run.
 */
import { METRICS } from "../metrics/mod.ts";
import { type Cell, type Metric, type RunRecord, UsageError } from "../model/mod.ts";
import { didYouMean } from "../model/nearest.ts";
import { compareSamples, type Estimate, type TwoSampleComparison } from "../stats/mod.ts";
import { safeText } from "./safe_text.ts";
import { cellOptionText, type CellSummary, summarizeRun, type ValueSummary } from "./summarize_run.ts";

/** Metrics that are compared when none are named. */
export const COMPARED_METRICS: readonly string[] = [
  "wall_ns",
  "latency_p50_ns",
  "latency_p99_ns",
  "emissions_delivered",
  "freshness_p50_ns",
  "freshness_p99_ns",
  "caller_cpu_ns",
  "peak_rss_bytes",
];

/** Blocks that each side needs before a difference is called one. */
export const FEWEST_BLOCKS_FOR_CHANGE = 3;

/**
 * `better`, `worse`: the interval of the ratio excludes 1. `changed`: it does, and the metric has no better end.
 * `equal`: all values of both runs are the same. `undecided`: the interval includes 1, or a side has fewer than 3
 * blocks. `no-ratio`: a value is 0, so that there is nothing to divide by.
 */
export type ChangeVerdict = "better" | "worse" | "changed" | "equal" | "undecided" | "no-ratio";

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
  /** Second over first; absent where a value is 0. */
  readonly comparison?: TwoSampleComparison;
  /** What can be said. */
  readonly verdict: ChangeVerdict;
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
  /** In the order of phases and of the registry. */
  readonly metrics: readonly MetricComparison[];
}

/** Something about the runs that is not the same. */
export interface RunDifference {
  /** Such as `CPU` or `Deno`. */
  readonly what: string;
  /** In the first run. */
  readonly first: string;
  /** In the second run. */
  readonly second: string;
  /** Times measured under one must not be compared with times measured under the other. */
  readonly forbidsTimes: boolean;
}

/** The whole comparison. */
export interface RunComparison {
  /** Id of the first run. */
  readonly first: string;
  /** Id of the second run. */
  readonly second: string;
  /** What differs between machine, software and settings. */
  readonly differences: readonly RunDifference[];
  /** `false` when a difference forbids it: then only deterministic metrics are compared. */
  readonly areTimesComparable: boolean;
  /** Cells that both runs have, in the order of the second. */
  readonly cells: readonly CellComparison[];
  /** Keys of cells that only the first run has. */
  readonly onlyFirst: readonly string[];
  /** Keys of cells that only the second run has. */
  readonly onlySecond: readonly string[];
}

/** Options of {@link compareRuns}. */
export interface CompareOptions {
  /** Metric ids; {@link COMPARED_METRICS} when absent or empty, `all` for every one. */
  readonly metrics?: readonly string[];
}

/**
 * Compares the second run with the first. Pure.
 *
 * @throws {UsageError} for a metric that the registry does not know, with the nearest id.
 */
export function compareRuns(
  first: RunRecord,
  second: RunRecord,
  options: CompareOptions = {},
): RunComparison {
  const metrics = chosenMetrics(options.metrics ?? []);
  const differences = differencesBetween(first, second);
  const areTimesComparable = !differences.some(({ forbidsTimes }) => forbidsTimes);
  const compared = metrics.filter(({ deterministic }) => deterministic || areTimesComparable);

  const firstCells = cellsOf(first);
  const secondCells = cellsOf(second);
  const identities = new Map(firstCells.map((cell) => [identity(cell.cell), cell]));
  const matched = new Set<CellSummary>();
  const cells = secondCells.flatMap((cell): CellComparison[] => {
    const other = identities.get(identity(cell.cell));
    if (other === undefined) return [];
    matched.add(other).add(cell);
    const reason = whyNotComparable(first, second, other, cell);
    const isSkipped = other.status === "skipped" && cell.status === "skipped";
    const shared = { cellKey: cell.cell.key, name: cell.name, isSkipped };
    return [
      reason === undefined
        ? { ...shared, metrics: compareCells(other, cell, compared) }
        : { ...shared, reason, metrics: [] },
    ];
  });
  const unmatched = (list: readonly CellSummary[]) =>
    list.filter((cell) => !matched.has(cell)).map(({ cell }) => cell.key);
  return {
    first: first.id,
    second: second.id,
    differences,
    areTimesComparable,
    cells,
    onlyFirst: unmatched(firstCells),
    onlySecond: unmatched(secondCells),
  };
}

/** Whether every cell that both runs have was compared in full, those skipped in both aside. */
export function isCompleteComparison({ areTimesComparable, cells }: RunComparison): boolean {
  return areTimesComparable && cells.length > 0 &&
    cells.every(({ reason, isSkipped }) => reason === undefined || isSkipped);
}

function chosenMetrics(ids: readonly string[]): readonly Metric[] {
  if (ids.includes("all")) return METRICS;
  const known = METRICS.map(({ id }) => id);
  for (const id of ids) {
    if (known.includes(id)) continue;
    throw new UsageError(
      `Cannot compare metric "${safeText(id, 60)}"${didYouMean(id, known)}: metrics are all, ${
        known.join(", ")
      }`,
    );
  }
  const wanted = ids.length === 0 ? COMPARED_METRICS : ids;
  return METRICS.filter(({ id }) => wanted.includes(id));
}

function differencesBetween(first: RunRecord, second: RunRecord): RunDifference[] {
  const [a, b] = [first.environment, second.environment];
  const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
  const commit = ({ commit, isDirty }: RunRecord["environment"]): string =>
    `${commit ?? "unknown"}${isDirty ? " with changes" : ""}`;
  const all: RunDifference[] = [
    { what: "machine", first: a.machineId, second: b.machineId, forbidsTimes: true },
    { what: "CPU", first: a.cpuModel, second: b.cpuModel, forbidsTimes: true },
    { what: "cores", first: String(a.coreCount), second: String(b.coreCount), forbidsTimes: true },
    { what: "OS", first: a.os, second: b.os, forbidsTimes: false },
    { what: "Deno", first: a.deno, second: b.deno, forbidsTimes: minor(a.deno) !== minor(b.deno) },
    { what: "V8", first: a.v8, second: b.v8, forbidsTimes: false },
    { what: "SQLite", first: a.sqlite, second: b.sqlite, forbidsTimes: false },
    { what: "commit", first: commit(a), second: commit(b), forbidsTimes: false },
    {
      what: "seed",
      first: String(first.settings.seed),
      second: String(second.settings.seed),
      forbidsTimes: false,
    },
    ...driverDifferences(first, second),
  ];
  return all.filter((difference) => difference.first !== difference.second);
}

function driverDifferences(first: RunRecord, second: RunRecord): RunDifference[] {
  return second.adapters.flatMap(({ id, drivers }) => {
    const before = first.adapters.find((adapter) => adapter.id === id);
    if (before === undefined) return [];
    const names = [...new Set([...Object.keys(before.drivers), ...Object.keys(drivers)])];
    return names.map((name) => ({
      what: `${name} of ${id}`,
      first: Object.hasOwn(before.drivers, name) ? before.drivers[name]! : "absent",
      second: Object.hasOwn(drivers, name) ? drivers[name]! : "absent",
      forbidsTimes: false,
    }));
  });
}

/** What makes a cell the same in two runs. The version is not in it: a cell of another version is found and refused. */
function identity(cell: Cell): string {
  return JSON.stringify([cell.workload, cell.adapter, cellOptionText(cell), cell.scale]);
}

function cellsOf(record: RunRecord): CellSummary[] {
  return summarizeRun(record).sections.flatMap(({ cells }) => cells);
}

function whyNotComparable(
  first: RunRecord,
  second: RunRecord,
  before: CellSummary,
  after: CellSummary,
): string | undefined {
  const versions = [before.cell.workloadVersion, after.cell.workloadVersion];
  if (versions[0] !== versions[1]) {
    return `the workload has version ${versions[0]} in the first run and ${versions[1]} in the second`;
  }
  const sizes = [sizesOf(first, before.cell), sizesOf(second, after.cell)];
  if (sizes[0] !== sizes[1]) {
    return `its sizes are ${sizes[0]} in the first run and ${sizes[1]} in the second`;
  }
  const statuses = [before, after].map(({ status, verdict }) =>
    status === "wrong" ? `wrong (${verdict})` : status
  );
  if (statuses.every((status) => status === "verified")) return undefined;
  return `it must be verified in both runs: it is ${statuses[0]} in the first and ${
    statuses[1]
  } in the second`;
}

function sizesOf({ workloads }: RunRecord, { workload, workloadVersion, scale }: Cell): string {
  const found = workloads.find(({ id, version }) => id === workload && version === workloadVersion);
  const sizes = Object.entries(found?.parameters[scale] ?? {}).sort(([a], [b]) => a < b ? -1 : 1);
  return sizes.length === 0 ? "unknown" : sizes.map(([name, value]) => `${name} ${value}`).join(", ");
}

function compareCells(
  before: CellSummary,
  after: CellSummary,
  metrics: readonly Metric[],
): MetricComparison[] {
  const inScope = (scope: Metric["scope"]) => metrics.filter((metric) => metric.scope === scope);
  const ofPhases = after.phases.flatMap((phase) => {
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
): MetricComparison[] {
  const first = before?.get(metric.id);
  const second = after.get(metric.id);
  if (first === undefined || second === undefined) return [];
  const shared = {
    metric,
    ...(phase === undefined ? {} : { phase }),
    ...(operation === undefined ? {} : { operation }),
    first: first.estimate,
    second: second.estimate,
  };
  const isEqual = new Set([...first.values, ...second.values]).size === 1;
  if ([...first.values, ...second.values].some((value) => value <= 0)) {
    return [{ ...shared, verdict: isEqual ? "equal" : "no-ratio" }];
  }
  const comparison = compareSamples(first.values, second.values);
  return [{ ...shared, comparison, verdict: isEqual ? "equal" : changeVerdict(comparison, metric) }];
}

function changeVerdict(comparison: TwoSampleComparison, { direction }: Metric): ChangeVerdict {
  const { interval: { lower, upper }, firstCount, secondCount } = comparison;
  const hasTooFew = Math.min(firstCount, secondCount) < FEWEST_BLOCKS_FOR_CHANGE;
  if (hasTooFew || (lower <= 1 && upper >= 1)) return "undecided";
  switch (direction) {
    case "lower":
      return upper < 1 ? "better" : "worse";
    case "higher":
      return lower > 1 ? "better" : "worse";
    default:
      return "changed";
  }
}
