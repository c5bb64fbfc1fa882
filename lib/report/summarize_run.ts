/**
 * From blocks to what reports show: per workload, phase and cell, each metric over its blocks.
 *
 * In: a loaded run. Out: plain values in the order of the plan; reporters add words, never numbers. A cell with one
 * wrong block has no values at all: a speed beside a wrong answer would be read as a speed.
 */
import {
  type AdapterClass,
  type Block,
  type Cell,
  type Counter,
  type CounterValues,
  type FailedBlock,
  type Finding,
  type KnownGap,
  type LiveDelay,
  type MeasuredBlock,
  type MetricValues,
  parameterPath,
  parameterText,
  type PhaseRecord,
  type RunRecord,
  type SkippedBlock,
  storeClass,
  type Verdict,
  type Warning,
  type WorkloadParameters,
  type WorkloadSummary,
  worseVerdict,
} from "../model/mod.ts";
import {
  blocksWithNumbers,
  cellPrecision,
  type Estimate,
  estimateMedian,
  highestRate,
  isSearched,
  PRECISE_METRICS,
  PRECISION_GOAL,
  rateHolds,
  type RateSearchState,
  searchOf,
  sortSamples,
} from "../stats/mod.ts";

/** A value over the blocks of a cell. */
export interface ValueSummary {
  /** By block, in ascending block index; blocks without the value are left out. */
  readonly values: readonly number[];
  /** Median over blocks with its interval. */
  readonly estimate: Estimate;
}

/** Values by metric id or counter name. */
export type ValueSummaries = ReadonlyMap<string, ValueSummary>;

/** The operations of one label over the blocks of a cell. */
export interface OperationSummary {
  /** Label of the operations. */
  readonly label: string;
  /** Recorded operations per block. */
  readonly count: ValueSummary;
  /** Metrics with scope `operation`. */
  readonly metrics: ValueSummaries;
}

/** How the blocks of a phase bore the rate that they were asked at. */
export interface LoadSummary {
  /** Operations per second. */
  readonly ratePerSecond: number;
  /** Most blocks kept up: the numbers are of these; otherwise there are no delays. */
  readonly isSustained: boolean;
  /** Blocks that kept up. */
  readonly sustainedCount: number;
  /** All blocks. */
  readonly blockCount: number;
}

/** One phase of a cell over its blocks. */
export interface PhaseSummary {
  /** Name of the phase. */
  readonly name: string;
  /** It has watches, but the adapter has no live queries: its numbers are a floor for the others. */
  readonly unwatched: boolean;
  /** Present where it was asked at a rate. */
  readonly load?: LoadSummary;
  /** Metrics with scope `phase`. */
  readonly metrics: ValueSummaries;
  /** In the order in which labels appear in the blocks. */
  readonly operations: readonly OperationSummary[];
  /** Counters of the adapter, empty when it has none. */
  readonly counters: ValueSummaries;
}

/**
 * `verified`: it has measured blocks, and all are right. `wrong`: a measured block is not. `failed`: no block could be
 * measured. `skipped`: it cannot run here. `missing`: it was planned, and the run ended before it.
 */
export type CellStatus = "verified" | "wrong" | "failed" | "skipped" | "missing";

/** Something that the oracle found, and in which block. */
export interface BlockFinding extends Finding {
  /** Counts from 0 within the cell. */
  readonly blockIndex: number;
}

/** A warning and the blocks of the cell that raised it. */
export interface BlockWarning {
  /** The worst one of its kind where they differ by size only. */
  readonly warning: Warning;
  /** Ascending. */
  readonly blockIndexes: readonly number[];
}

/** One cell over its blocks. */
export interface CellSummary {
  /** The cell as it was planned. */
  readonly cell: Cell;
  /** Adapter id, followed by the options that differ from their default in brackets. */
  readonly name: string;
  /** What kind of system it is; a phase that ran unwatched is a floor whatever its cell is. */
  readonly cellClass: Exclude<AdapterClass, "floor">;
  /** Throttle, debounce or hold of its live queries; absent when the record does not say, and for floors. */
  readonly delay?: LiveDelay;
  /** What the adapter is known to get wrong with the cell's options, although this run may not have met it. */
  readonly knownGaps: readonly KnownGap[];
  /** What became of it. */
  readonly status: CellStatus;
  /** The worst over its measured blocks; absent when there are none. */
  readonly verdict?: Verdict;
  /**
   * Blocks that were measured, right or wrong, and that numbers come from: not those that kept whole rows. Searches that
   * are over where the rate is searched.
   */
  readonly measuredBlockCount: number;
  /** Its rate is searched: its blocks were asked at different rates, and numbers are those at the highest that held. */
  readonly isSearched: boolean;
  /**
   * About how many more blocks its numbers need to be as precise as the run's stopping rule wants, or as
   * `PRECISION_GOAL` where it has none; 0 when they are, and for cells without numbers.
   */
  readonly missingBlockCount: number;
  /** Metrics with scope `block`; empty unless the cell is verified. */
  readonly metrics: ValueSummaries;
  /** In order of execution; empty unless the cell is verified. */
  readonly phases: readonly PhaseSummary[];
  /** Evidence of wrong answers, at most a handful per block. */
  readonly findings: readonly BlockFinding[];
  /** All wrong answers, the ones without evidence included. */
  readonly findingCount: number;
  /** Blocks that did not come to their end. */
  readonly failures: readonly FailedBlock[];
  /** Present when the cell was skipped. */
  readonly skipReason?: string;
  /** What qualifies its numbers. */
  readonly warnings: readonly BlockWarning[];
  /** What its sessions reported; several values where blocks differ. */
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

/** All cells of one workload at one scale and with the same parameters: what may be compared with each other. */
export interface WorkloadSection {
  /** Id and version, and what is set beside the scale: `keyed-pk@2`, `keyed-pk@2 pacing=4`. */
  readonly key: string;
  /** Scale of all cells. */
  readonly scale: Cell["scale"];
  /** Sizes of the workload in these cells; empty when the record does not tell. */
  readonly sizes: WorkloadParameters;
  /** Version of the meanings of its numbers. */
  readonly metricsVersion: number;
  /** Absent when the record does not describe the workload. */
  readonly workload?: WorkloadSummary;
  /** Phases with their titles, in the workload's order; phases that it does not name follow with an empty title. */
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  /** In the order of the plan. */
  readonly cells: readonly CellSummary[];
  /** Declared counters by adapter id. */
  readonly counters: ReadonlyMap<string, readonly Counter[]>;
}

/** A whole run. */
export interface RunSummary {
  /** Version of the meanings of its numbers. */
  readonly metricsVersion: number;
  /** In the order of the plan. */
  readonly sections: readonly WorkloadSection[];
}

/** Summarizes a run, an added anchor left out. Pure; O(n log n) in the number of stored values. */
export function summarizeRun(record: RunRecord): RunSummary {
  return summarizeCells(record, record.settings.cells.filter(({ anchor }) => anchor !== true));
}

/** Summarizes some of a run's cells, in the order given. */
export function summarizeCells(record: RunRecord, cells: readonly Cell[]): RunSummary {
  const blocksByCell = Map.groupBy(record.results, ({ cellKey }) => cellKey);
  const goal = record.settings.stopping ?? { ...PRECISION_GOAL, metrics: PRECISE_METRICS };
  const cellsBySection = Map.groupBy(
    cells,
    ({ workload, workloadVersion, scale, parameters }) =>
      `${workload}@${workloadVersion}/${scale}${parameterPath(parameters)}`,
  );
  const sections = [...cellsBySection.values()].map((cells): WorkloadSection => {
    const { workload: id, workloadVersion: version, scale, parameters, sizes } = cells[0]!;
    const workload = record.workloads.find((one) => one.id === id && one.version === version);
    const summaries = cells.map((cell) =>
      summarizeCell(record, cell, blocksByCell.get(cell.key) ?? [], goal)
    );
    return {
      key: `${id}@${version} ${parameterText(parameters)}`.trimEnd(),
      scale,
      sizes: sizes ?? workload?.parameters[scale] ?? {},
      metricsVersion: record.metricsVersion,
      ...(workload === undefined ? {} : { workload }),
      phases: phasesInOrder(workload, summaries),
      cells: summaries,
      counters: new Map(record.adapters.map((adapter) => [adapter.id, adapter.counters])),
    };
  });
  return { metricsVersion: record.metricsVersion, sections };
}

/** Options in a cell's key that differ from their default, such as `mode=changes,storage=file`; empty for none. */
export function cellOptionText({ key, workload, workloadVersion, adapter, scale, parameters }: Cell): string {
  const before = `${workload}@${workloadVersion}/${adapter}[`;
  const after = `]/${scale}${parameterPath(parameters)}`;
  return key.startsWith(before) && key.endsWith(after) ? key.slice(before.length, -after.length) : "";
}

function summarizeCell(
  { capabilities, delays, adapters }: Pick<RunRecord, "capabilities" | "delays" | "adapters">,
  cell: Cell,
  stored: readonly Block[],
  goal: Parameters<typeof cellPrecision>[1],
): CellSummary {
  const blocks = stored.toSorted((a, b) => a.blockIndex - b.blockIndex);
  const measured = blocks.filter((block): block is MeasuredBlock => block.status === "measured");
  const failures = blocks.filter((block): block is FailedBlock => block.status === "failed");
  const skipped = blocks.find((block): block is SkippedBlock => block.status === "skipped");
  const optionText = cellOptionText(cell);
  const verdict = measured.length === 0
    ? undefined
    : measured.map((block) => block.verdict).reduce(worseVerdict, "converged");
  const status = verdict !== undefined
    ? (verdict === "converged" ? "verified" : "wrong")
    : failures.length > 0
    ? "failed"
    : skipped !== undefined
    ? "skipped"
    : "missing";
  const numbered = blocksWithNumbers(measured);
  const search = isSearched(cell) ? searchOf(blocks) : undefined;
  const shown = status !== "verified" ? [] : search === undefined ? numbered : atFoundRate(numbered, search);
  return {
    cell,
    name: optionText === "" ? cell.adapter : `${cell.adapter}[${optionText}]`,
    cellClass: storeClass(Object.hasOwn(capabilities, cell.key) ? capabilities[cell.key] : undefined),
    ...(delays === undefined || !Object.hasOwn(delays, cell.key) ? {} : { delay: delays[cell.key]! }),
    knownGaps: gapsOf(cell, adapters.find(({ id }) => id === cell.adapter)?.knownGaps ?? []),
    status,
    ...(verdict === undefined ? {} : { verdict }),
    measuredBlockCount: search === undefined ? numbered.length : search.found.length,
    missingBlockCount: status !== "verified"
      ? 0
      : search === undefined
      ? cellPrecision(numbered, goal).missingBlockCount
      : Math.max(0, goal.leastBlockCount - search.found.length),
    isSearched: search !== undefined,
    metrics: new Map([
      ...summarizeValues(shown.map(({ metrics }) => metrics)),
      ...(status === "verified" && search !== undefined ? foundRates(search) : []),
    ]),
    phases: summarizePhases(shown),
    findings: measured.flatMap(({ findings, blockIndex }) =>
      findings.map((finding) => ({ ...finding, blockIndex }))
    ),
    findingCount: measured.reduce((sum, { findingCount }) => sum + findingCount, 0),
    failures,
    ...(status === "skipped" ? { skipReason: skipped!.reason } : {}),
    warnings: mergeWarnings(blocks),
    facts: mergeFacts(measured),
  };
}

/** The gaps that hold with the options of a cell. */
function gapsOf({ options }: Cell, gaps: readonly KnownGap[]): readonly KnownGap[] {
  return gaps.filter(({ when = {} }) =>
    Object.entries(when).every(([name, value]) => options[name] === value)
  );
}

function summarizePhases(blocks: readonly MeasuredBlock[]): PhaseSummary[] {
  const byName = Map.groupBy(blocks.flatMap(({ phases }) => phases), ({ name }) => name);
  return [...byName].map(([name, all]) => {
    const load = summarizeLoad(all);
    const phases = load === undefined
      ? all
      : all.filter((phase) => (phase.load?.outcome === "sustained") === load.isSustained);
    return {
      name,
      unwatched: phases.some(({ unwatched }) => unwatched),
      ...(load === undefined ? {} : { load }),
      metrics: summarizeValues(phases.map(({ metrics }) => metrics)),
      operations: summarizeOperations(phases),
      counters: summarizeValues(phases.map(({ counters }): CounterValues => counters ?? {})),
    };
  });
}

function summarizeLoad(phases: readonly PhaseRecord[]): LoadSummary | undefined {
  const loads = phases.flatMap(({ load }) => load ?? []);
  if (loads.length === 0) return undefined;
  const sustainedCount = loads.filter(({ outcome }) => outcome === "sustained").length;
  return {
    ratePerSecond: loads[0]!.ratePerSecond,
    isSustained: 2 * sustainedCount > loads.length,
    sustainedCount,
    blockCount: loads.length,
  };
}

/** What the searches of a cell have found, a value for each; nothing before the first is over. */
function foundRates({ found }: RateSearchState): [id: string, value: ValueSummary][] {
  const estimate = highestRate(found);
  if (estimate === undefined) return [];
  return [["highest_rate_per_second", { values: found.map(({ held }) => held ?? 0), estimate }]];
}

/** Of a cell whose rate is searched: its blocks at the highest rate that was found, as others were asked otherwise. */
function atFoundRate(blocks: readonly MeasuredBlock[], search: RateSearchState): MeasuredBlock[] {
  const rate = highestRate(search.found)?.value;
  const held = blocks.filter(({ phases }) => phases.length > 0 && phases.every(rateHolds));
  const rates = held.map(({ chosen }) => Number(chosen?.["rate"])).sort((a, b) => a - b);
  const nearest = rates.findLast((one) => rate !== undefined && one <= rate);
  return held.filter(({ chosen }) => Number(chosen?.["rate"]) === nearest);
}

function summarizeOperations(phases: readonly PhaseRecord[]): OperationSummary[] {
  const byLabel = Map.groupBy(phases.flatMap(({ operations }) => operations), ({ label }) => label);
  return [...byLabel].map(([label, operations]) => ({
    label,
    count: summarizeValue(operations.map(({ latency }) => latency.count)),
    metrics: summarizeValues(operations.map(({ metrics }) => metrics)),
  }));
}

function summarizeValues(blocks: readonly (MetricValues | CounterValues)[]): ValueSummaries {
  const byName = new Map<string, number[]>();
  for (const values of blocks) {
    for (const [name, value] of Object.entries(values)) {
      const own = byName.get(name);
      if (own === undefined) byName.set(name, [value]);
      else own.push(value);
    }
  }
  return new Map(Array.from(byName, ([name, values]) => [name, summarizeValue(values)]));
}

function summarizeValue(values: readonly number[]): ValueSummary {
  return { values, estimate: estimateMedian(sortSamples(values)) };
}

function mergeWarnings(blocks: readonly Block[]): BlockWarning[] {
  const raised = blocks.flatMap(({ warnings, blockIndex }) =>
    warnings.map((warning) => ({ warning, blockIndex }))
  );
  const alike = Map.groupBy(raised, ({ warning }) => JSON.stringify({ ...warning, ...withoutSize(warning) }));
  return [...alike.values()].map((group) => ({
    warning: group.map(({ warning }) => warning).reduce((worst, next) =>
      sizeOf(next) > sizeOf(worst) ? next : worst
    ),
    blockIndexes: [...new Set(group.map(({ blockIndex }) => blockIndex))],
  }));
}

/** What makes warnings differ although they say the same. */
function withoutSize(warning: Warning): Partial<Record<"share" | "waitedMs" | "lateMs", null>> {
  switch (warning.kind) {
    case "cpu-pressure":
      return { share: null };
    case "not-quiet":
      return { waitedMs: null };
    case "late-generator":
      return { lateMs: null };
    default:
      return {};
  }
}

function sizeOf(warning: Warning): number {
  switch (warning.kind) {
    case "cpu-pressure":
      return warning.share;
    case "not-quiet":
      return warning.waitedMs;
    case "late-generator":
      return warning.lateMs;
    default:
      return 0;
  }
}

function mergeFacts(blocks: readonly MeasuredBlock[]): ReadonlyMap<string, readonly string[]> {
  const byName = Map.groupBy(blocks.flatMap(({ facts }) => Object.entries(facts)), ([name]) => name);
  return new Map(
    [...byName].map(([name, entries]) => [name, [...new Set(entries.map(([, value]) => value))]]),
  );
}

function phasesInOrder(
  workload: WorkloadSummary | undefined,
  cells: readonly CellSummary[],
): { readonly name: string; readonly title: string }[] {
  const declared = workload?.phases ?? [];
  const measured = new Set(cells.flatMap(({ phases }) => phases.map(({ name }) => name)));
  const others = [...measured].filter((name) => !declared.some((phase) => phase.name === name));
  return [...declared, ...others.map((name) => ({ name, title: "" }))];
}
