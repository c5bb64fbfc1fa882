/**
 * The tables of a report, before it is known how they are drawn: which columns, which rows, what is marked as best, and
 * which warning qualifies which value.
 *
 * In: a section of a summary. Out: plain text that is not escaped yet; the terminal and the markdown reporter draw it.
 */
import { columnsOf, leadMetric, metricsIn } from "../metrics/mod.ts";
import {
  ADAPTER_CLASSES,
  type AdapterClass,
  describeWarning,
  type Direction,
  type Metric,
  type MetricPlace,
  METRICS_VERSION,
  type Warning,
} from "../model/mod.ts";
import type { Estimate } from "../stats/mod.ts";
import { bestValue } from "./best_value.ts";
import { driftText } from "./drift.ts";
import { digitsOf, formatBlocks, formatCount, formatEstimate, formatQuantity, NO_VALUE } from "./format.ts";
import { gapSentence } from "./known_gaps.ts";
import type {
  BlockWarning,
  CellSummary,
  OperationSummary,
  PhaseSummary,
  ValueSummaries,
  ValueSummary,
  WorkloadSection,
} from "./summarize_run.ts";
import { cellVerdict, classWord, repetitions, repetitionText } from "./wording.ts";

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

/**
 * The tables of one phase: the numbers that cells are ranked by, those behind them, what the calling thread pays,
 * operations where there are several kinds, and counters. Rows are grouped by class and sorted by the leading number.
 * Tables without a value are left out, the first one never is.
 */
export function phaseTables(section: WorkloadSection, phaseName: string, blockCount: number): ReportTable[] {
  const { metricsVersion: version } = section;
  const rows = inOrder(
    section.cells.map((cell): Row => ({
      cell,
      phase: cell.phases.find(({ name }) => name === phaseName),
    })),
    leadMetric(version).id,
  );
  const labels = new Set(rows.flatMap(({ phase }) => phase?.operations.map(({ label }) => label) ?? []));
  const [onlyLabel] = labels.size === 1 ? labels : [];
  const measured = rows.filter(({ phase }) => phase !== undefined);
  const notes = new Notes(phaseName, version);
  const results = drawTable("", rows, [
    adapterColumn((row) => notes.ofCell(row)),
    ...classColumns(rows),
    ...delayColumns(rows),
    verdictColumn((row) => notes.ofVerdict(row)),
    blocksColumn(blockCount, (row) => notes.ofBlocks(row)),
    ...viewColumns("headline", version, onlyLabel),
  ], notes);
  const more = ([["detail", "Details"], ["cost", "Cost on the calling thread"]] as const).map((
    [view, title],
  ) =>
    drawTable(
      title,
      measured,
      [adapterColumn(), ...viewColumns(view, version, onlyLabel)],
      new Notes(phaseName, version),
    )
  );
  return [
    results,
    ...more.filter(({ columns }) => columns.length > 1),
    ...(labels.size > 1 ? [operationsTable(measured, [...labels], version)] : []),
    ...countersTables(measured, section.counters),
  ];
}

/** What is told once per cell: memory and preparation; `undefined` when no cell has a value. */
export function blockTable(section: WorkloadSection): ReportTable | undefined {
  const { metricsVersion: version } = section;
  const rows = section.cells.map((cell): Row => ({ cell, phase: undefined }))
    .filter(({ cell }) => cell.metrics.size > 0);
  const table = drawTable(
    version < METRICS_VERSION ? "Memory and preparation" : "Preparation",
    rows,
    [adapterColumn(), ...viewColumns("block", version)],
    new Notes(undefined, version),
  );
  return table.columns.length > 1 ? table : undefined;
}

/** Numbers the notes of one table and decides where each warning belongs. */
class Notes {
  readonly texts: string[] = [];
  readonly #phaseName: string | undefined;
  readonly #version: number;

  constructor(phaseName: string | undefined, version: number) {
    this.#phaseName = phaseName;
    this.#version = version;
  }

  /** Warnings about the cell as a whole, and those whose number the cell does not show. */
  ofCell({ cell, phase }: Row): readonly number[] {
    return this.#number(
      cell,
      ({ warning }) => {
        const metricIds = qualifiedMetrics(warning, this.#version);
        return warning.kind !== "unwatched" && !metricIds.some((id) => phase?.metrics.has(id));
      },
    );
  }

  /** That the phase is a floor, what is known to be wrong, and that blocks are missing from the numbers. */
  ofVerdict({ cell, phase }: Row): readonly number[] {
    const load = phase?.load;
    const numbers = [
      ...this.#number(cell, ({ warning }) => warning.kind === "unwatched"),
      ...(cell.knownGaps.length === 0 ? [] : [this.#numberOf(gapSentence(cell))]),
    ];
    if (cell.status !== "verified") return numbers;
    if (load !== undefined && load.sustainedCount > 0 && load.sustainedCount < load.blockCount) {
      const { sustainedCount, blockCount, isSustained } = load;
      numbers.push(this.#numberOf(
        `${sustainedCount} of ${blockCount} repetitions kept up with the rate: ${
          isSustained ? "the numbers are of these" : "too few for numbers"
        }`,
      ));
    }
    if (cell.failures.length === 0) return numbers;
    const count = cell.failures.length;
    return [
      ...numbers,
      this.#numberOf(`${repetitions(count)} failed: the numbers are of the others`),
    ];
  }

  /** That its blocks are too few for intervals that say enough. */
  ofBlocks({ cell }: Row): readonly number[] {
    const text = repetitionText(cell);
    return text === undefined ? [] : [this.#numberOf(`${text[0]!.toUpperCase()}${text.slice(1)}`)];
  }

  /** Warnings that qualify one metric of a cell, and that the phase drifted. */
  ofMetric({ cell, phase }: Row, metricId: string): readonly number[] {
    const numbers = this.#number(
      cell,
      ({ warning }) => qualifiedMetrics(warning, this.#version).includes(metricId),
    );
    const isLead = metricId === leadMetric(this.#version).id;
    const drift = isLead && phase !== undefined ? driftText(phase) : undefined;
    return drift === undefined ? numbers : [...numbers, this.#numberOf(drift)];
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

/** The numbers that a warning is about; none when it is about the cell. */
function qualifiedMetrics(warning: Warning, version: number): readonly string[] {
  switch (warning.kind) {
    case "coarse-caller-cpu":
      return ["main_busy_ns", "caller_cpu_ns"];
    case "cpu-pressure":
      return [leadMetric(version).id];
    case "not-quiet":
      return version < METRICS_VERSION ? ["settle_ns"] : ["cpu_until_quiet_ns"];
    case "late-generator":
      return ["shown_p99_ns", "answered_p99_ns"];
    default:
      return [];
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

/** Rows that hold the best value, one per operation label and class. */
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
    return isRanked ? [{ of, value, group: `${cell.cellClass}/${operation?.label ?? ""}` }] : [];
  });
  const alike = Map.groupBy(candidates, ({ group }) => group);
  return new Set(
    [...alike.values()].map((group) => bestValue(group, direction)).filter((of) => of !== undefined),
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
    read: ({ cell, phase }) => ({ text: cellVerdict(cell, phase) }),
    notes,
  };
}

/** What kind of system each row is, where rows differ in it. */
function classColumns(rows: readonly Row[]): Column[] {
  if (new Set(rows.map(classOf)).size < 2) return [];
  return [{
    title: "class",
    align: "left",
    direction: "context",
    read: (row) => ({ text: classWord(classOf(row)) }),
  }];
}

/** How long live queries wait on purpose, where any row does. */
function delayColumns(rows: readonly Row[]): Column[] {
  if (rows.every(({ cell }) => (cell.delay?.atMostMs ?? 0) === 0)) return [];
  return [{
    title: "waits",
    align: "right",
    direction: "context",
    read: ({ cell, phase }) =>
      cell.delay === undefined || phase?.unwatched === true
        ? undefined
        : { text: `${cell.delay.atMostMs} ms${cell.delay.isDefault ? "" : " (set)"}` },
  }];
}

/** The class of a row: whatever its cell is, a phase that ran unwatched is a floor. */
export function classOf({ cell, phase }: Pick<Row, "cell" | "phase">): AdapterClass {
  return phase?.unwatched === true ? "floor" : cell.cellClass;
}

/** Rows by class, and within a class by a metric; those without a value come last. */
function inOrder(rows: readonly Row[], metricId: string): Row[] {
  // At a rate nothing is done sooner than it is asked: the tail decides there.
  const value = ({ phase }: Row): number =>
    (phase?.metrics.get(metricId) ?? phase?.metrics.get("shown_p99_ns"))?.estimate.value ?? Infinity;
  const rank = (row: Row): number => ADAPTER_CLASSES.indexOf(classOf(row));
  return rows.toSorted((a, b) => rank(a) - rank(b) || (value(a) === value(b) ? 0 : value(a) - value(b)));
}

function blocksColumn(blockCount: number, notes: (row: Row) => readonly number[]): Column {
  return {
    title: "repetitions",
    align: "right",
    direction: "context",
    read: ({ cell }) =>
      cell.status === "skipped" ? undefined : { text: `${cell.measuredBlockCount}/${blockCount}` },
    notes,
  };
}

/** The columns that a view declares; those of operations only where all have one label. */
function viewColumns(view: MetricPlace, version: number, onlyLabel?: string): Column[] {
  return columnsOf(view, version).flatMap(({ metrics, title }): Column[] => {
    const [metric] = metrics;
    if (metrics.length > 1) return [updatesColumn(title)];
    switch (metric!.scope) {
      case "block":
        return [metricColumn(metric!, ({ cell }) => cell.metrics)];
      case "phase":
        return [metricColumn(metric!, ({ phase }) => phase?.metrics)];
      case "operation": {
        if (onlyLabel === undefined) return [];
        const column = metricColumn(metric!, ({ phase }) => phase?.operations[0]?.metrics);
        return [{ ...column, title: `${onlyLabel} ${column.title}` }];
      }
    }
  });
}

function updatesColumn(title: string): Column {
  return {
    title,
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
      return { text: `${delivered} of ${text("emissions_needed") ?? NO_VALUE}` };
    },
  };
}

function metricColumn(metric: Metric, find: (row: Row) => ValueSummaries | undefined): Column {
  const { id, title, direction } = metric;
  return {
    title,
    align: "right",
    metricId: id,
    direction,
    read: (row) => reading(find(row)?.get(id), metric),
  };
}

function reading(value: ValueSummary | undefined, metric: Metric): Reading | undefined {
  if (value === undefined) return undefined;
  return { text: estimateText(value.estimate, metric), value };
}

/** An estimate of a metric, in which 0 may have a word of its own. */
export function estimateText(
  estimate: Estimate,
  { unit, zeroText }: Pick<Metric, "unit" | "zeroText">,
): string {
  const { value, interval: { lower, upper } } = estimate;
  if (zeroText === undefined || value !== 0) return formatEstimate(estimate, unit);
  return lower === upper ? zeroText : `${zeroText} (to ${formatQuantity(upper, unit, digitsOf(estimate))})`;
}

function operationsTable(measured: readonly Row[], labels: readonly string[], version: number): ReportTable {
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
        title: "per repetition",
        align: "right",
        direction: "context",
        read: ({ operation }) =>
          operation === undefined
            ? undefined
            : { text: formatQuantity(operation.count.estimate.value, "count") },
      },
      ...metricsIn("operations", version).map((metric) =>
        metricColumn(metric, ({ operation }) => operation?.metrics)
      ),
    ],
    new Notes(undefined, version),
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
