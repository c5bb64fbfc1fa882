import { markdownTable } from "markdown-table";
import { columnsOf } from "../metrics/mod.ts";
import type { Metric, RunRecord } from "../model/mod.ts";
import { formatCount, NO_VALUE } from "../report/format.ts";
import { estimateText } from "../report/report_table.ts";
import { cellVerdict } from "../report/wording.ts";
import { markdownText } from "../report/safe_text.ts";
import { type PhaseSummary, summarizeRun } from "../report/summarize_run.ts";

/** A run in one table for a README: what it cost, what was delivered and how fresh, and whether it was right. */
export function markdownSnippet(record: RunRecord): string {
  const columns = columnsOf("snippet", record.metricsVersion);
  const rows = summarizeRun(record).sections.flatMap(({ key, scale, phases, cells }) =>
    cells.flatMap((cell) => {
      const measured = phases.map(({ name }) => cell.phases.find((phase) => phase.name === name))
        .filter((phase) => phase !== undefined);
      // A cell without numbers is one line: leaving it out would hide that it was wrong.
      return (measured.length === 0 ? [undefined] : measured).map((phase) => [
        markdownText(`${key}${phase === undefined ? "" : ` ${phase.name}`}, ${scale}`),
        markdownText(cell.name, 60),
        cellVerdict(cell, phase),
        ...columns.map(({ metrics }) =>
          metrics.length > 1 ? updatesText(phase) : valueText(phase, metrics[0]!)
        ),
      ]);
    })
  );
  const head = [
    "workload",
    "adapter",
    "verdict",
    ...columns.map(({ title }) => title),
  ];
  const { deno, cpuModel, coreCount } = record.environment;
  return [
    markdownTable([head, ...rows], { align: ["l", "l", "l", ...columns.map(() => "r")] }),
    `Run ${markdownText(record.id)}, ${record.settings.blockCount} repetitions each, Deno ${
      markdownText(deno)
    }, ${
      markdownText(cpuModel)
    }, ${coreCount} cores. ±: farther end of the interval. Updates shown: of those that were needed.`,
  ].join("\n\n");
}

function valueText(phase: PhaseSummary | undefined, metric: Metric): string {
  const value = phase?.metrics.get(metric.id);
  return value === undefined ? NO_VALUE : estimateText(value.estimate, metric);
}

function updatesText(phase: PhaseSummary | undefined): string {
  const [delivered, needed] = ["emissions_delivered", "emissions_needed"].map((id) =>
    phase?.metrics.get(id)?.estimate.value
  );
  return delivered === undefined || needed === undefined
    ? NO_VALUE
    : `${formatCount(delivered)} of ${formatCount(needed)}`;
}
