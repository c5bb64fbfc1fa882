/** One database in several runtimes as tables of a report; see `compare_runtimes.ts`. */
import { metricsIn } from "../metrics/mod.ts";
import { type Metric, runtimeOf, runtimeTitle } from "../model/mod.ts";
import {
  compareRuntimes,
  ofFirst,
  ratioText,
  runtimeClass,
  type RuntimeComparison,
} from "./compare_runtimes.ts";
import { formatEstimate, NO_VALUE } from "./format.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import type { RunSummary } from "./summarize_run.ts";
import { cellVerdict } from "./wording.ts";

/** The times by which runtimes are compared, in the order of reports. */
export function comparedTimes(version: number): Metric[] {
  return metricsIn("headline", version).filter(({ scope, unit }) => scope === "phase" && unit === "ns");
}

/** The tables, in the order of the sections; none for a run in one runtime. */
export function runtimeTables(summary: RunSummary): ReportTable[] {
  return compareRuntimes(summary, comparedTimes(summary.metricsVersion)).map(drawTable);
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
        cellVerdict(cell, phase),
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
