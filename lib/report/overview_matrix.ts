/**
 * A run in one table: databases by workloads. In: a summary. Out: plain text that is not escaped yet, see `report_table.ts`.
 *
 * A field is the value by which cells are ranked, total time in runs of now. What is wrong or missing is said in its place.
 */
import { leadMetric } from "../metrics/mod.ts";
import { ADAPTER_CLASSES, type AdapterClass, type Metric } from "../model/mod.ts";
import { bestValue } from "./best_value.ts";
import { formatMiddle, formatQuantity, NO_VALUE } from "./format.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import type {
  CellSummary,
  PhaseSummary,
  RunSummary,
  ValueSummary,
  WorkloadSection,
} from "./summarize_run.ts";
import { classWord, LOWER_BOUND } from "./wording.ts";

/** Nobody takes a screen that is further behind for current (Miller, 1968; the bound of `--rate auto`). */
const STALE_NS = 100e6;

/** One column: a phase of a workload. */
interface Column {
  readonly title: string;
  readonly section: WorkloadSection;
  readonly phase: string;
}

/** What one database shows in one column. */
interface Field {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary | undefined;
  readonly value: ValueSummary | undefined;
}

interface Row {
  readonly name: string;
  readonly rowClass: AdapterClass;
  /** One per column; `undefined` where the run has no such cell. */
  readonly fields: readonly (Field | undefined)[];
}

/** The table; `undefined` where no cell has a value of the ranking metric, as where operations arrive at a rate. */
export function overviewMatrix(summary: RunSummary): ReportTable | undefined {
  const metric = leadMetric(summary.metricsVersion);
  const columns = columnsOf(summary, metric);
  if (columns.length === 0) return undefined;
  const rows = rowsOf(summary, columns, metric);
  const isBest = bestFields(rows, columns.length, metric);
  const ordered = inOrder(rows, columns.length);
  const showsClass = new Set(rows.map(({ rowClass }) => rowClass)).size > 1;
  const cells = ordered.map((row): TableCell[] => [
    plain(row.name),
    ...(showsClass ? [plain(classWord(row.rowClass))] : []),
    ...row.fields.map((field) => ({
      text: fieldText(field, metric),
      isBest: field !== undefined && isBest.has(field),
      notes: [],
    })),
  ]);
  return {
    title: `Databases x workloads: ${[metric.title, ...metric.alsoCalled ?? []].join(", ")}`,
    columns: [
      { title: "database", align: "left" },
      ...(showsClass ? [{ title: "class", align: "left" } as const] : []),
      ...columns.map(({ title }) => ({ title, align: "right" }) as const),
    ],
    rows: cells,
    notes: [],
  };
}

/** What the marks and words of the table mean, as far as they are in it, in sentences. */
export function overviewSentences({ rows }: ReportTable, bestMark: string): string[] {
  const texts = rows.flat().map(({ text }) => text);
  const has = (word: string): boolean => texts.some((text) => text.split(" ").includes(word));
  return [
    ...(rows.flat().some(({ isBest }) => isBest)
      ? [`${bestMark}: the best of its class, beyond doubt`]
      : ["No clear winner in any column: intervals overlap"]),
    ...(has(STALE_WORD)
      ? [`${STALE_WORD}: changes took longer than ${formatQuantity(STALE_NS, "ns", 2)} to be seen`]
      : []),
    ...(texts.includes("wrong") ? ["wrong: gave wrong answers, so that no speed is shown"] : []),
    ...(texts.includes(LOWER_BOUND)
      ? [`${LOWER_BOUND}: ran without live queries, which the others pay for`]
      : []),
  ];
}

const STALE_WORD = "stale";

function columnsOf({ sections }: RunSummary, metric: Metric): Column[] {
  const several = (values: readonly string[]): boolean => new Set(values).size > 1;
  const scales = sections.map(({ scale }) => scale);
  const versions = Map.groupBy(sections, ({ key }) => key.split("@")[0]!);
  return sections.flatMap((section) => {
    const phases = section.phases.filter(({ name }) =>
      section.cells.some((cell) => phaseOf(cell, name)?.metrics.has(metric.id))
    );
    const [id] = section.key.split("@");
    const hasVersions = several((versions.get(id!) ?? []).map(({ key }) => key.split(" ")[0]!));
    const name = hasVersions ? section.key : section.key.replace(/@\d+/, "");
    return phases.map((phase): Column => ({
      title: [
        name,
        ...(phases.length > 1 ? [phase.name] : []),
        ...(several(scales) ? [section.scale] : []),
      ].join(" "),
      section,
      phase: phase.name,
    }));
  });
}

function rowsOf({ sections }: RunSummary, columns: readonly Column[], metric: Metric): Row[] {
  const names = [...new Set(sections.flatMap(({ cells }) => cells.map(({ name }) => name)))];
  return names.map((name): Row => {
    const fields = columns.map(({ section, phase: phaseName }): Field | undefined => {
      const cell = section.cells.find((one) => one.name === name);
      if (cell === undefined) return undefined;
      const phase = phaseOf(cell, phaseName);
      return { cell, phase, value: phase?.metrics.get(metric.id) };
    });
    const [own] = sections.flatMap(({ cells }) => cells.filter((cell) => cell.name === name));
    const isFloor = fields.some((field) => field?.phase?.unwatched === true);
    return { name, rowClass: isFloor ? "floor" : own!.cellClass, fields };
  });
}

/** By class, complete rows first, then by the geometric mean of how many times the best of the class each value is. */
function inOrder(rows: readonly Row[], columnCount: number): Row[] {
  const leastOf = new Map<string, number>();
  const at = (row: Row, column: number): number | undefined => row.fields[column]?.value?.estimate.value;
  for (const row of rows) {
    for (let column = 0; column < columnCount; column++) {
      const value = at(row, column);
      const key = `${row.rowClass}/${column}`;
      if (value !== undefined && value > 0) leastOf.set(key, Math.min(value, leastOf.get(key) ?? Infinity));
    }
  }
  const score = (row: Row): { readonly missingCount: number; readonly mean: number } => {
    const logs = Array.from({ length: columnCount }, (_, column) => {
      const value = at(row, column);
      const least = leastOf.get(`${row.rowClass}/${column}`);
      return value === undefined || value <= 0 || least === undefined ? [] : [Math.log(value / least)];
    }).flat();
    const mean = logs.length === 0 ? Infinity : logs.reduce((sum, one) => sum + one, 0) / logs.length;
    return { missingCount: columnCount - logs.length, mean };
  };
  const scored = rows.map((row) => ({ row, rank: ADAPTER_CLASSES.indexOf(row.rowClass), ...score(row) }));
  return scored.sort((a, b) =>
    a.rank - b.rank || a.missingCount - b.missingCount || (a.mean === b.mean ? 0 : a.mean - b.mean)
  ).map(({ row }) => row);
}

/** Of each column and class, the field that is best beyond doubt; lower bounds and failed cells take no part. */
function bestFields(rows: readonly Row[], columnCount: number, { direction }: Metric): ReadonlySet<Field> {
  const best = Array.from({ length: columnCount }, (_, column) => {
    const candidates = rows.flatMap(({ fields, rowClass }) => {
      const field = fields[column];
      if (field?.value === undefined || field.cell.failures.length > 0) return [];
      return field.phase?.unwatched === true ? [] : [{ of: field, value: field.value, rowClass }];
    });
    return [...Map.groupBy(candidates, ({ rowClass }) => rowClass).values()]
      .flatMap((alike) => bestValue(alike, direction) ?? []);
  });
  return new Set(best.flat());
}

function fieldText(field: Field | undefined, { unit }: Metric): string {
  if (field === undefined) return NO_VALUE;
  const { cell, phase, value } = field;
  if (cell.status !== "verified") return cell.status === "missing" ? "not run" : cell.status;
  if (value === undefined) return NO_VALUE;
  return `${formatMiddle(value.estimate, unit)}${isStale(phase) ? ` ${STALE_WORD}` : ""}`;
}

/** By the 99th percentile, or by the longest where there are too few changes for it. */
function isStale(phase: PhaseSummary | undefined): boolean {
  const delay = phase?.metrics.get("shown_p99_ns") ?? phase?.metrics.get("stale_max_ns");
  return delay !== undefined && delay.estimate.value > STALE_NS;
}

function phaseOf({ phases }: CellSummary, name: string): PhaseSummary | undefined {
  return phases.find((phase) => phase.name === name);
}

function plain(text: string): TableCell {
  return { text, isBest: false, notes: [] };
}
