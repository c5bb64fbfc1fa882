/**
 * One database in several runtimes, side by side: one table for each phase that some adapter ran in more than one. Nothing
 * is ranked, as rows may differ in what they store where, and rankings of one runtime do not hold in another.
 */
import { metricsIn } from "../metrics/mod.ts";
import {
  type Cell,
  type Metric,
  parameterPath,
  RUNTIME_IDS,
  runtimeOf,
  runtimeTitle,
} from "../model/mod.ts";
import { formatEstimate, NO_VALUE } from "./format.ts";
import { type ReportTable, type TableCell, verdictText } from "./report_table.ts";
import type { CellSummary, PhaseSummary, RunSummary } from "./summarize_run.ts";
import { classWord } from "./wording.ts";

/** One phase of one workload, of every database that has it in several runtimes. */
export interface RuntimeComparison {
  /** Workload with its version, scale, and what else is set beside it. */
  readonly place: string;
  readonly phase: string;
  /** Times that any row has, in the order of reports; the first one is what rows of one database are divided by. */
  readonly metrics: readonly Metric[];
  /** Rows of one database stand together, in the order of runtimes. */
  readonly rows: readonly RuntimeRow[];
}

/** One database in one runtime. */
export interface RuntimeRow {
  readonly cell: CellSummary;
  /** Absent where the cell has no numbers. */
  readonly phase: PhaseSummary | undefined;
  /** The first metric over that of the database's first row; absent where one of the two has none. */
  readonly ratio: number | undefined;
}

/** What to compare, in the order of the sections; nothing for a run in one runtime. */
export function compareRuntimes({ sections, metricsVersion }: RunSummary): RuntimeComparison[] {
  const cells = sections.flatMap((section) => section.cells);
  const alike = [...Map.groupBy(cells, ({ cell }) => placeOf(cell)).entries()];
  return alike.flatMap(([place, own]) => {
    const compared = [...Map.groupBy(own, ({ name }) => name).values()].filter((all) => all.length > 1)
      .map((all) => all.toSorted((a, b) => rankOf(a) - rankOf(b)));
    const names = new Set(compared.flat().flatMap(({ phases }) => phases.map(({ name }) => name)));
    return [...names].map((name) => comparePhase(place, name, compared, metricsVersion));
  });
}

/** The same as tables. */
export function runtimeTables(summary: RunSummary): ReportTable[] {
  return compareRuntimes(summary).map(drawTable);
}

/** What cells of one table have in common: all but adapter and runtime. */
function placeOf({ workload, workloadVersion, scale, parameters = {} }: Cell): string {
  const { runtime: _, ...others } = parameters;
  return `${workload}@${workloadVersion}/${scale}${parameterPath(others)}`;
}

function rankOf({ cell }: CellSummary): number {
  return RUNTIME_IDS.indexOf(runtimeOf(cell));
}

function comparePhase(
  place: string,
  phaseName: string,
  databases: readonly (readonly CellSummary[])[],
  version: number,
): RuntimeComparison {
  const phaseOf = ({ phases }: CellSummary): PhaseSummary | undefined =>
    phases.find(({ name }) => name === phaseName);
  const metrics = metricsIn("headline", version).filter(({ id, scope, unit }) =>
    scope === "phase" && unit === "ns" && databases.flat().some((cell) => phaseOf(cell)?.metrics.has(id))
  );
  const leadOf = (phase: PhaseSummary | undefined): number | undefined =>
    metrics[0] === undefined ? undefined : phase?.metrics.get(metrics[0].id)?.estimate.value;
  return {
    place,
    phase: phaseName,
    metrics,
    rows: databases.flatMap((cells) => {
      const first = leadOf(phaseOf(cells[0]!));
      return cells.map((cell): RuntimeRow => {
        const phase = phaseOf(cell);
        const own = leadOf(phase);
        return {
          cell,
          phase,
          ratio: own === undefined || first === undefined || first === 0 ? undefined : own / first,
        };
      });
    }),
  };
}

function drawTable({ place, phase: phaseName, metrics, rows }: RuntimeComparison): ReportTable {
  const heads = ["adapter", "runtime", "class", "verdict"];
  const lead = metrics[0];
  return {
    title: `One database in several runtimes: ${place}, ${phaseName}`,
    columns: [
      ...heads.map((title) => ({ title, align: "left" as const })),
      ...metrics.map(({ title }) => ({ title, align: "right" as const })),
      ...(lead === undefined ? [] : [{ title: ofFirst(lead), align: "right" as const }]),
    ],
    rows: rows.map(({ cell, phase, ratio }): TableCell[] =>
      [
        cell.name,
        runtimeTitle(runtimeOf(cell.cell)),
        runtimeClass(cell, phase),
        verdictText(cell, phase),
        ...metrics.map(({ id, unit }) => {
          const estimate = phase?.metrics.get(id)?.estimate;
          return estimate === undefined ? NO_VALUE : formatEstimate(estimate, unit);
        }),
        ...(lead === undefined ? [] : [ratioText(ratio)]),
      ].map((text) => ({ text, isBest: false, notes: [] }))
    ),
    notes: [],
  };
}

/** Heading of what a row is of the first row of its database. */
export function ofFirst({ title }: Pick<Metric, "title">): string {
  return `${title}, of the first`;
}

/** The class of a row as people call it. */
export function runtimeClass({ cellClass }: CellSummary, phase: PhaseSummary | undefined): string {
  return classWord(phase?.unwatched === true ? "floor" : cellClass);
}

/** A ratio, or that there is none. */
export function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? NO_VALUE : `${ratio.toPrecision(2)}x`;
}
