/**
 * What each database takes elsewhere, as a factor of what it takes in the first runtime: one row each. A database that the
 * first runtime has not is a factor of another one there, if somebody says which.
 *
 * Both are of one run, so that a factor has an interval: `compareSamples()` of blocks that were interleaved.
 */
import {
  ADAPTER_CLASSES,
  type Metric,
  RUNTIME_IDS,
  type RuntimeId,
  runtimeOf,
  runtimeTitle,
} from "../model/mod.ts";
import { compareSamples } from "../stats/mod.ts";
import { placeOf, runtimeClass } from "./compare_runtimes.ts";
import { formatEstimate, formatRatioInterval, formatShare, NO_VALUE } from "./format.ts";
import { classOf, type ReportTable, type TableCell } from "./report_table.ts";
import type { CellSummary, PhaseSummary, RunSummary, ValueSummary } from "./summarize_run.ts";
import { cellVerdict } from "./wording.ts";

/** What is compared with what. */
export interface FactorOrder {
  /** Workload with its version, scale and sizes, as `placeOf()` writes it. */
  readonly place: string;
  readonly phase: string;
  readonly metric: Pick<Metric, "id" | "title" | "unit">;
  /** By the name of a database that the first runtime has not: whom it is a factor of there. */
  readonly twins?: ReadonlyMap<string, string>;
}

/** A factor of less confidence says so: three repetitions against three attain this, two against four do not. */
const USUAL_CONFIDENCE = 0.9;

interface Place {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary | undefined;
  readonly value: ValueSummary | undefined;
}

interface Row {
  readonly name: string;
  readonly first: Place | undefined;
  readonly others: ReadonlyMap<RuntimeId, Place>;
}

/**
 * The table, by the class and the value in the first runtime; rows of one database stand together. Columns: adapter, class
 * and value in the first runtime, then the factor in each other one, behind the class where that differs for somebody.
 * `undefined` where all cells of the place ran in one runtime.
 */
export function factorTable(
  { sections }: Pick<RunSummary, "sections">,
  { place, phase: phaseName, metric, twins = new Map() }: FactorOrder,
): ReportTable | undefined {
  const places = sections.flatMap(({ cells }) => cells).filter(({ cell }) => placeOf(cell) === place)
    .map((cell): Place => {
      const phase = cell.phases.find(({ name }) => name === phaseName);
      return { cell, phase, value: phase?.metrics.get(metric.id) };
    });
  const runtimes = RUNTIME_IDS.filter((id) => places.some((one) => runtimeOf(one.cell.cell) === id));
  const [first, ...others] = runtimes;
  if (first === undefined || others.length === 0) return undefined;

  const inFirst = (name: string | undefined): Place | undefined =>
    places.find(({ cell }) =>
      cell.name === name && runtimeOf(cell.cell) === first && cell.status !== "skipped"
    );
  const rows = [...Map.groupBy(places, ({ cell }) => cell.name)].map(([name, own]): Row => ({
    name,
    // What an option makes of a database in a page is compared with the database as it is without.
    first: inFirst(name) ?? inFirst(twins.get(name)) ?? inFirst(own[0]!.cell.cell.adapter),
    others: new Map(
      own.filter(({ cell }) => cell.status !== "skipped").map((one) => [runtimeOf(one.cell.cell), one]),
    ),
  })).filter((row) => others.some((runtime) => row.others.has(runtime)));

  const isClassed = (runtime: RuntimeId): boolean =>
    rows.some((row) => {
      const other = row.others.get(runtime);
      return other !== undefined && row.first !== undefined && classText(other) !== classText(row.first);
    });
  const classed = new Set(others.filter(isClassed));
  const title = runtimeTitle(first);
  return {
    title: `${metric.title} of ${place}, ${phaseName}, elsewhere`,
    columns: [
      { title: "adapter", align: "left" },
      { title: `class in ${title}`, align: "left" },
      { title: `${metric.title} in ${title}`, align: "right" },
      ...others.flatMap((runtime) => [
        ...(classed.has(runtime)
          ? [{ title: `class in ${runtimeTitle(runtime)}`, align: "left" as const }]
          : []),
        { title: `in ${runtimeTitle(runtime)}`, align: "right" as const },
      ]),
    ],
    rows: rows.toSorted(inOrder).map((row): TableCell[] =>
      [
        row.first === undefined || row.first.cell.name === row.name
          ? row.name
          : `${row.name}, of ${row.first.cell.name}`,
        row.first === undefined ? NO_VALUE : classText(row.first),
        row.first === undefined ? NO_VALUE : valueText(row.first, metric),
        ...others.flatMap((runtime) => {
          const other = row.others.get(runtime);
          const factor = other === undefined ? NO_VALUE : factorText(row.first, other);
          if (!classed.has(runtime)) return [factor];
          return [other === undefined ? NO_VALUE : classText(other), factor];
        }),
      ].map((text) => ({ text, isBest: false, notes: [] }))
    ),
    notes: [],
  };
}

function classText({ cell, phase }: Place): string {
  return runtimeClass(cell, phase);
}

function valueText({ cell, phase, value }: Place, { unit }: FactorOrder["metric"]): string {
  return value === undefined ? cellVerdict(cell, phase) : formatEstimate(value.estimate, unit);
}

/** What gave a wrong answer, or none, has no factor: its verdict stands there. */
function factorText(first: Place | undefined, other: Place): string {
  if (other.value === undefined) return cellVerdict(other.cell, other.phase);
  if (first?.value === undefined) return NO_VALUE;
  const sides = [first.value.values, other.value.values] as const;
  if (sides.some((values) => values.some((value) => value <= 0))) return NO_VALUE;
  const { interval } = compareSamples(...sides);
  const factor = formatRatioInterval(interval);
  return interval.confidence < USUAL_CONFIDENCE ? `${factor} (${formatShare(interval.confidence)})` : factor;
}

function inOrder(a: Row, b: Row): number {
  return rankOf(a) - rankOf(b) || valueOf(a) - valueOf(b);
}

function rankOf({ first }: Row): number {
  return first === undefined ? ADAPTER_CLASSES.length : ADAPTER_CLASSES.indexOf(classOf(first));
}

/** A database without a value stands behind those that have one. */
function valueOf({ first }: Row): number {
  return first?.value?.estimate.value ?? Number.MAX_VALUE;
}
