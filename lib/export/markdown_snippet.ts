import { markdownTable } from "markdown-table";
import { metricNamed } from "../metrics/mod.ts";
import type { RunRecord } from "../model/mod.ts";
import { formatCount, formatEstimate, NO_VALUE } from "../report/format.ts";
import { verdictText } from "../report/report_table.ts";
import { markdownText } from "../report/safe_text.ts";
import { type PhaseSummary, summarizeRun } from "../report/summarize_run.ts";

const TIMES = ["wall_ns", "freshness_p50_ns", "freshness_p99_ns", "caller_cpu_ns"];

/** A run in one table for a README: what it cost, what was delivered and how fresh, and whether it was right. */
export function markdownSnippet(record: RunRecord): string {
  const rows = summarizeRun(record).sections.flatMap(({ key, scale, phases, cells }) =>
    cells.flatMap((cell) => {
      const measured = phases.map(({ name }) => cell.phases.find((phase) => phase.name === name))
        .filter((phase) => phase !== undefined);
      // A cell without numbers is one line: leaving it out would hide that it was wrong.
      return (measured.length === 0 ? [undefined] : measured).map((phase) => [
        markdownText(`${key}${phase === undefined ? "" : ` ${phase.name}`}, ${scale}`),
        markdownText(cell.name, 60),
        verdictText(cell, phase),
        timeText(phase, TIMES[0]!),
        emissionsText(phase),
        ...TIMES.slice(1).map((id) => timeText(phase, id)),
      ]);
    })
  );
  const head = [
    "workload",
    "adapter",
    "verdict",
    titleOf(TIMES[0]!),
    "emissions",
    ...TIMES.slice(1).map(titleOf),
  ];
  const { deno, cpuModel, coreCount } = record.environment;
  return [
    markdownTable([head, ...rows], { align: ["l", "l", "l", "r", "r", "r", "r", "r"] }),
    `Run ${markdownText(record.id)}, ${record.settings.blockCount} blocks per cell, Deno ${
      markdownText(deno)
    }, ${
      markdownText(cpuModel)
    }, ${coreCount} cores. ±: farther end of the interval. Emissions: delivered of needed.`,
  ].join("\n\n");
}

function titleOf(id: string): string {
  return metricNamed(id, "phase")?.title ?? id;
}

function timeText(phase: PhaseSummary | undefined, id: string): string {
  const value = phase?.metrics.get(id);
  return value === undefined
    ? NO_VALUE
    : formatEstimate(value.estimate, metricNamed(id, "phase")?.unit ?? "count");
}

function emissionsText(phase: PhaseSummary | undefined): string {
  const [delivered, needed] = ["emissions_delivered", "emissions_needed"].map((id) =>
    phase?.metrics.get(id)?.estimate.value
  );
  return delivered === undefined || needed === undefined
    ? NO_VALUE
    : `${formatCount(delivered)} of ${formatCount(needed)}`;
}
