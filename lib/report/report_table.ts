/**
 * The tables of a report, before it is known how they are drawn: which columns, which rows, what is marked as best, and
 * which warning qualifies which value.
 *
 * In: a section of a summary. Out: plain text that is not escaped yet; the terminal and the markdown reporter draw it.
 */
import { metricNamed } from "../metrics/mod.ts";
import {
  describeWarning,
  type Direction,
  type Metric,
  type MetricScope,
  type Warning,
} from "../model/mod.ts";
import type { Estimate } from "../stats/mod.ts";
import { bestValue } from "./best_value.ts";
import { formatBlocks, formatCount, formatEstimate, formatQuantity, NO_VALUE } from "./format.ts";
import type {
  BlockWarning,
  CellSummary,
  OperationSummary,
  PhaseSummary,
  ValueSummaries,
  ValueSummary,
  WorkloadSection,
} from "./summarize_run.ts";

/** One field of a table. */
export interface TableCell {
  /** Not escaped. */
  readonly text: string;
  /** The best of its column, beyond doubt. */
  readonly isBest: boolean;
  /** Numbers of the notes that qualify it, counted from 1. */
  readonly notes: readonly number[];
}

/** A table with the notes that belong under it. */
export interface ReportTable {
  /** What the rows have in common; empty for the first table of a phase. */
  readonly title: string;
  /** From left to right. */
  readonly columns: readonly { readonly title: string; readonly align: "left" | "right" }[];
  /** From top to bottom, one field per column. */
  readonly rows: readonly (readonly TableCell[])[];
  /** The first one is note 1. Not escaped. */
  readonly notes: readonly string[];
}

/** One line of a table before it is drawn. */
interface Row {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary | undefined;
  readonly operation?: OperationSummary;
}

interface Reading {
  readonly text: string;
  /** Present where columns are ranked. */
  readonly value?: ValueSummary;
}

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
  /** Metric that warnings may qualify. */
  readonly metricId?: string;
  readonly direction: Direction;
  readonly read: (row: Row) => Reading | undefined;
  /** Notes of a row besides those about the metric. */
  readonly notes?: (row: Row) => readonly number[];
}

const RESULT_METRICS = ["wall_ns", "writes_per_second"];
const FRESHNESS_METRICS = ["freshness_p50_ns", "freshness_p99_ns", "outdated_max_ns", "settle_ns"];
const LATENCY_METRICS = ["latency_p50_ns", "latency_p99_ns"];
const COST_METRICS = [
  "caller_cpu_ns",
  "process_cpu_ns",
  "listener_ns",
  "loop_delay_max_ns",
  "frames_missed",
  "subscribe_ns",
];
const ALL_LATENCY_METRICS = [
  "latency_p10_ns",
  "latency_p50_ns",
  "latency_p90_ns",
  "latency_p99_ns",
  "latency_max_ns",
];
const BLOCK_METRICS = ["peak_rss_bytes", "seed_ns", "open_ns", "turn_cost_ns"];

/** Metrics that the tables show, for the explanation of columns. */
export const SHOWN_METRICS: readonly string[] = [
  ...RESULT_METRICS,
  ...ALL_LATENCY_METRICS,
  "emissions_needed",
  "emissions_delivered",
  "emissions_redundant",
  "emissions_coalesced",
  ...FRESHNESS_METRICS,
  ...COST_METRICS,
  ...BLOCK_METRICS,
];

/**
 * The tables of one phase: results with emissions beside freshness, what they cost the caller, operations where there
 * are several kinds, and counters. Tables without a value are left out, the first one never is.
 */
export function phaseTables(section: WorkloadSection, phaseName: string, blockCount: number): ReportTable[] {
  const rows = section.cells.map((cell): Row => ({
    cell,
    phase: cell.phases.find(({ name }) => name === phaseName),
  }));
  const labels = new Set(rows.flatMap(({ phase }) => phase?.operations.map(({ label }) => label) ?? []));
  const [onlyLabel] = labels.size === 1 ? labels : [];
  const notes = new Notes(phaseName);
  const measured = rows.filter(({ phase }) => phase !== undefined);

  const results = drawTable("", rows, [
    adapterColumn((row) => notes.ofCell(row)),
    verdictColumn((row) => notes.ofVerdict(row)),
    blocksColumn(blockCount),
    ...RESULT_METRICS.map(phaseColumn),
    ...(onlyLabel === undefined ? [] : LATENCY_METRICS.map((id) => onlyLabelColumn(id, onlyLabel))),
    emissionsColumn,
    ...FRESHNESS_METRICS.map(phaseColumn),
  ], notes);
  const costNotes = new Notes(phaseName);
  const cost = drawTable(
    "Cost on the calling thread",
    measured,
    [adapterColumn(), ...COST_METRICS.map(phaseColumn)],
    costNotes,
  );
  return [
    results,
    ...(cost.columns.length > 1 ? [cost] : []),
    ...(labels.size > 1 ? [operationsTable(measured, [...labels])] : []),
    ...countersTables(measured, section.counters),
  ];
}

/** Memory and preparation, once per cell; `undefined` when no cell has a value. */
export function blockTable(section: WorkloadSection): ReportTable | undefined {
  const rows = section.cells.map((cell): Row => ({ cell, phase: undefined }))
    .filter(({ cell }) => cell.metrics.size > 0);
  const table = drawTable(
    "Memory and preparation",
    rows,
    [adapterColumn(), ...BLOCK_METRICS.map((id) => metricColumn("block", id, ({ cell }) => cell.metrics))],
    new Notes(undefined),
  );
  return table.columns.length > 1 ? table : undefined;
}

/** What the verdict column says of a cell in a phase. */
export function verdictText(cell: CellSummary, phase: PhaseSummary | undefined): string {
  switch (cell.status) {
    case "verified":
      return phase?.unwatched ? "floor" : "converged";
    case "wrong":
      return cell.verdict ?? "wrong";
    case "missing":
      return "not run";
    default:
      return cell.status;
  }
}

/** Numbers the notes of one table and decides where each warning belongs. */
class Notes {
  readonly texts: string[] = [];
  readonly #phaseName: string | undefined;

  constructor(phaseName: string | undefined) {
    this.#phaseName = phaseName;
  }

  /** Warnings about the cell as a whole, and those whose number the cell does not show. */
  ofCell({ cell, phase }: Row): readonly number[] {
    return this.#number(
      cell,
      ({ warning }) => {
        const metricId = qualifiedMetric(warning);
        return warning.kind !== "unwatched" && (metricId === undefined || !phase?.metrics.has(metricId));
      },
    );
  }

  /** That the phase is a floor, and that blocks are missing from the numbers. */
  ofVerdict({ cell }: Row): readonly number[] {
    const numbers = this.#number(cell, ({ warning }) => warning.kind === "unwatched");
    if (cell.status !== "verified" || cell.failures.length === 0) return numbers;
    const count = cell.failures.length;
    return [
      ...numbers,
      this.#numberOf(`${count} ${count === 1 ? "block" : "blocks"} failed: the numbers are of the others`),
    ];
  }

  /** Warnings that qualify one metric of a cell. */
  ofMetric({ cell }: Row, metricId: string): readonly number[] {
    return this.#number(cell, ({ warning }) => qualifiedMetric(warning) === metricId);
  }

  #number(cell: CellSummary, belongs: (warning: BlockWarning) => boolean): readonly number[] {
    return cell.warnings
      .filter(({ warning }) => !("phase" in warning) || warning.phase === this.#phaseName)
      .filter(belongs)
      .map((warning) => this.#numberOf(warningText(warning, cell)));
  }

  #numberOf(text: string): number {
    const known = this.texts.indexOf(text);
    return known >= 0 ? known + 1 : this.texts.push(text);
  }
}

/** The number that a warning is about; `undefined` when it is about the cell. */
function qualifiedMetric(warning: Warning): string | undefined {
  switch (warning.kind) {
    case "coarse-caller-cpu":
      return "caller_cpu_ns";
    case "cpu-pressure":
      return "wall_ns";
    case "not-quiet":
      return "settle_ns";
    default:
      return undefined;
  }
}

function warningText({ warning, blockIndexes }: BlockWarning, cell: CellSummary): string {
  const text = describeWarning(warning);
  if (blockIndexes.length >= cell.measuredBlockCount + cell.failures.length) return text;
  return `${text} (${formatBlocks(blockIndexes)})`;
}

function drawTable(
  title: string,
  rows: readonly Row[],
  columns: readonly Column[],
  notes: Notes,
): ReportTable {
  const readings = columns.map((column) => rows.map((row) => column.read(row)));
  const shown = columns.flatMap((column, index) =>
    readings[index]!.some((reading) => reading !== undefined) ? [{ column, readings: readings[index]! }] : []
  );
  const drawn = rows.map((): TableCell[] => []);
  for (const { column, readings } of shown) {
    const best = bestRows(rows, readings, column.direction);
    rows.forEach((row, index) => {
      const reading = readings[index];
      const own = column.notes?.(row) ?? [];
      const ofMetric = reading !== undefined && column.metricId !== undefined
        ? notes.ofMetric(row, column.metricId)
        : [];
      drawn[index]!.push({
        text: reading?.text ?? NO_VALUE,
        isBest: best.has(index),
        notes: [...own, ...ofMetric],
      });
    });
  }
  return {
    title,
    columns: shown.map(({ column: { title, align } }) => ({ title, align })),
    rows: drawn,
    notes: notes.texts,
  };
}

/** Rows that hold the best value, one per operation label. */
function bestRows(
  rows: readonly Row[],
  readings: readonly (Reading | undefined)[],
  direction: Direction,
): ReadonlySet<number> {
  const candidates = rows.flatMap(({ cell, phase, operation }, of) => {
    const value = readings[of]?.value;
    // Memory and preparation of a cell without watchers are a floor, too.
    const isFloor = phase === undefined ? cell.phases.some(({ unwatched }) => unwatched) : phase.unwatched;
    const isRanked = value !== undefined && cell.failures.length === 0 && !isFloor;
    return isRanked ? [{ of, value, label: operation?.label }] : [];
  });
  const byLabel = Map.groupBy(candidates, ({ label }) => label);
  return new Set(
    [...byLabel.values()].map((group) => bestValue(group, direction)).filter((of) => of !== undefined),
  );
}

function adapterColumn(notes: (row: Row) => readonly number[] = () => []): Column {
  return {
    title: "adapter",
    align: "left",
    direction: "context",
    read: ({ cell }) => ({ text: cell.name }),
    notes,
  };
}

function verdictColumn(notes: (row: Row) => readonly number[]): Column {
  return {
    title: "verdict",
    align: "left",
    direction: "context",
    read: ({ cell, phase }) => ({ text: verdictText(cell, phase) }),
    notes,
  };
}

function blocksColumn(blockCount: number): Column {
  return {
    title: "blocks",
    align: "right",
    direction: "context",
    read: ({ cell }) =>
      cell.status === "skipped" ? undefined : { text: `${cell.measuredBlockCount}/${blockCount}` },
  };
}

const emissionsColumn: Column = {
  title: "emissions",
  align: "right",
  metricId: "emissions_delivered",
  // Fewer emissions are no win by themselves: a stream that is starved until the end emits once.
  direction: "target",
  read: ({ phase }) => {
    const text = (id: string): string | undefined => {
      const estimate = phase?.metrics.get(id)?.estimate;
      return estimate === undefined ? undefined : formatCount(estimate.value);
    };
    const delivered = text("emissions_delivered");
    if (delivered === undefined) return undefined;
    const [needed, redundant, coalesced] = ["emissions_needed", "emissions_redundant", "emissions_coalesced"]
      .map((id) => text(id) ?? NO_VALUE);
    return { text: `${delivered} of ${needed} (${redundant}, ${coalesced})` };
  },
};

function phaseColumn(id: string): Column {
  return metricColumn("phase", id, ({ phase }) => phase?.metrics);
}

function onlyLabelColumn(id: string, label: string): Column {
  const column = metricColumn("operation", id, ({ phase }) => phase?.operations[0]?.metrics);
  return { ...column, title: `${label} ${column.title}` };
}

function metricColumn(
  scope: MetricScope,
  id: string,
  find: (row: Row) => ValueSummaries | undefined,
): Column {
  const metric = metricNamed(id, scope);
  return {
    title: metric?.title ?? id,
    align: "right",
    metricId: id,
    direction: metric?.direction ?? "context",
    read: (row) => reading(find(row)?.get(id), metric),
  };
}

function reading(value: ValueSummary | undefined, metric: Metric | undefined): Reading | undefined {
  if (value === undefined) return undefined;
  return { text: formatEstimate(value.estimate, metric?.unit ?? "count"), value };
}

function operationsTable(measured: readonly Row[], labels: readonly string[]): ReportTable {
  const rows = labels.flatMap((label) =>
    measured.flatMap((row): Row[] => {
      const operation = row.phase?.operations.find((one) => one.label === label);
      return operation === undefined ? [] : [{ ...row, operation }];
    })
  );
  return drawTable(
    "Operations",
    rows,
    [
      {
        title: "operation",
        align: "left",
        direction: "context",
        read: ({ operation }) => operation === undefined ? undefined : { text: operation.label },
      },
      adapterColumn(),
      {
        title: "per block",
        align: "right",
        direction: "context",
        read: ({ operation }) =>
          operation === undefined
            ? undefined
            : { text: formatQuantity(operation.count.estimate.value, "count") },
      },
      ...ALL_LATENCY_METRICS.map((id) =>
        metricColumn("operation", id, ({ operation }) => operation?.metrics)
      ),
    ],
    new Notes(undefined),
  );
}

function countersTables(measured: readonly Row[], declared: WorkloadSection["counters"]): ReportTable[] {
  const counted = measured.flatMap(({ cell, phase }) =>
    [...phase?.counters ?? []].map(([name, { estimate }]) => {
      const counter = declared.get(cell.cell.adapter)?.find((candidate) => candidate.name === name);
      // A counter that the record does not declare keeps its bare number.
      const value = counter?.unit === "us"
        ? formatEstimate(scaleEstimate(estimate, 1000), "ns")
        : formatEstimate(estimate, counter?.unit ?? "count");
      return [cell.name, name, value, counter?.thread ?? "", counter?.meaning ?? ""].map((text) => ({
        text,
        isBest: false,
        notes: [],
      }));
    })
  );
  if (counted.length === 0) return [];
  return [{
    title: "Counters of the adapters",
    columns: [
      { title: "adapter", align: "left" },
      { title: "counter", align: "left" },
      { title: "value", align: "right" },
      { title: "thread", align: "left" },
      { title: "meaning", align: "left" },
    ],
    rows: counted,
    notes: [],
  }];
}

function scaleEstimate({ value, interval, sampleCount }: Estimate, factor: number): Estimate {
  const { lower, upper, confidence } = interval;
  return {
    value: value * factor,
    interval: { lower: lower * factor, upper: upper * factor, confidence },
    sampleCount,
  };
}
