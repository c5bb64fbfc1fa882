/**
 * One database in several runtimes, side by side: one table for each phase that some adapter ran in more than one. Nothing
 * is ranked, as rows may differ in what they store where, and rankings of one runtime do not hold in another.
 */
import { metricsIn } from "../metrics/mod.ts";
import { type Cell, parameterPath, RUNTIME_IDS, runtimeOf, runtimeTitle } from "../model/mod.ts";
import { formatEstimate, NO_VALUE } from "./format.ts";
import { type ReportTable, type TableCell, verdictText } from "./report_table.ts";
import type { CellSummary, PhaseSummary, RunSummary } from "./summarize_run.ts";
import { classWord } from "./wording.ts";

interface Row {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary | undefined;
}

/** The tables, in the order of the sections; none for a run in one runtime. */
export function runtimeTables({ sections, metricsVersion }: RunSummary): ReportTable[] {
  const cells = sections.flatMap((section) => section.cells);
  const alike = [...Map.groupBy(cells, ({ cell }) => placeOf(cell)).entries()];
  return alike.flatMap(([place, own]) => {
    const compared = [...Map.groupBy(own, ({ name }) => name).values()].filter((all) => all.length > 1)
      .flatMap((all) => all.toSorted((a, b) => rankOf(a) - rankOf(b)));
    const names = new Set(compared.flatMap(({ phases }) => phases.map(({ name }) => name)));
    return [...names].map((phaseName) =>
      drawTable(
        `One database in several runtimes: ${place}, ${phaseName}`,
        compared.map((cell): Row => ({ cell, phase: cell.phases.find(({ name }) => name === phaseName) })),
        metricsVersion,
      )
    );
  });
}

/** What cells of one table have in common: all but adapter and runtime. */
function placeOf({ workload, workloadVersion, scale, parameters = {} }: Cell): string {
  const { runtime: _, ...others } = parameters;
  return `${workload}@${workloadVersion}/${scale}${parameterPath(others)}`;
}

function rankOf({ cell }: CellSummary): number {
  return RUNTIME_IDS.indexOf(runtimeOf(cell));
}

function drawTable(title: string, rows: readonly Row[], version: number): ReportTable {
  const metrics = metricsIn("headline", version).filter(({ scope, unit }) =>
    scope === "phase" && unit === "ns"
  )
    .filter(({ id }) => rows.some(({ phase }) => phase?.metrics.has(id)));
  const lead = metrics[0];
  const heads = ["adapter", "runtime", "class", "verdict"];
  const valueOf = ({ phase }: Row): number | undefined =>
    lead === undefined ? undefined : phase?.metrics.get(lead.id)?.estimate.value;
  return {
    title,
    columns: [
      ...heads.map((title) => ({ title, align: "left" as const })),
      ...metrics.map(({ title }) => ({ title, align: "right" as const })),
      ...(lead === undefined ? [] : [{ title: `${lead.title}, of the first`, align: "right" as const }]),
    ],
    rows: rows.map((row): TableCell[] => {
      const { cell, phase } = row;
      const first = rows.find((one) => one.cell.name === cell.name)!;
      return [
        cell.name,
        runtimeTitle(runtimeOf(cell.cell)),
        classWord(phase?.unwatched === true ? "floor" : cell.cellClass),
        verdictText(cell, phase),
        ...metrics.map(({ id, unit }) => {
          const estimate = phase?.metrics.get(id)?.estimate;
          return estimate === undefined ? NO_VALUE : formatEstimate(estimate, unit);
        }),
        ...(lead === undefined ? [] : [ratioText(valueOf(row), valueOf(first))]),
      ].map((text) => ({ text, isBest: false, notes: [] }));
    }),
    notes: [],
  };
}

function ratioText(value: number | undefined, first: number | undefined): string {
  return value === undefined || first === undefined || first === 0
    ? NO_VALUE
    : `${(value / first).toPrecision(2)}x`;
}
