import type { RunRecord } from "../../lib/model/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { type RunSummary, summarizeRun } from "../../lib/report/summarize_run.ts";
import { coverOf } from "./choice_run.ts";
import { runKind } from "../../lib/report/run_kind.ts";
import type { RunLine } from "./view.ts";

/** A run as the list of runs shows it. `summary` is that of the record, for who has it already. */
export function runLine(
  record: RunRecord,
  href: string,
  summary: RunSummary = summarizeRun(record),
): RunLine {
  const cells = summary.sections.flatMap((section) => section.cells);
  const count = (status: string): number => cells.filter((cell) => cell.status === status).length;
  const distinct = (
    values: readonly string[],
  ): string[] => [...new Set(values.map((value) => safeText(value, 80)))];
  const { commit, isDirty, machineId } = record.environment;
  return {
    id: safeText(record.id),
    label: safeText(record.label, 120),
    href,
    status: record.status,
    kind: runKind(record.label),
    cover: coverOf(summary),
    startedAt: record.startedAt,
    workloads: distinct(cells.map(({ cell }) => `${cell.workload}@${cell.workloadVersion}`)),
    adapters: distinct(cells.map(({ name }) => name)),
    scales: distinct(cells.map(({ cell }) => cell.scale)),
    blockCount: record.results.filter(({ status }) => status === "measured").length,
    counts: {
      verified: count("verified"),
      wrong: count("wrong"),
      failed: count("failed"),
      skipped: count("skipped"),
    },
    machine: safeText(machineId.slice(0, 8)),
    commit: commit === undefined ? "" : safeText(commit.slice(0, 8)) + (isDirty ? "+" : ""),
  };
}
