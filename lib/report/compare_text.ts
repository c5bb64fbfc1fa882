import CliTable from "cli-table3";
import { BARE_TABLE } from "./bare_table.ts";
import { formatEstimate, formatRatio, formatRatioInterval, formatShare, NO_VALUE } from "./format.ts";
import type { CellComparison, MetricComparison, RunComparison } from "./compare_runs.ts";
import { safeText } from "./safe_text.ts";

/** A comparison as text for a terminal. Pure, without colours. */
export function compareText(comparison: RunComparison): string {
  const { first, second, differences, areTimesComparable, cells, onlyFirst, onlySecond } = comparison;
  const differenceLines = differences.map(({ what, first, second, forbidsTimes }) =>
    `${forbidsTimes ? "!" : "-"} ${safeText(what)}: ${safeText(first)} / ${safeText(second)}`
  );
  const parts = [
    `First:  ${safeText(first)}\nSecond: ${safeText(second)}`,
    ...(differenceLines.length === 0 ? [] : [["Differences:", ...differenceLines].join("\n")]),
    ...(areTimesComparable ? [] : [
      "Times cannot be compared, as what is marked ! differs: only counts that do not depend on the machine are shown.",
    ]),
    ...cells.map(cellPart),
    ...listPart("Only in the first run", onlyFirst),
    ...listPart("Only in the second run", onlySecond),
    ...(cells.length === 0 ? ["No cell is in both runs."] : []),
    ...readingPart(cells),
  ];
  return parts.join("\n\n");
}

function cellPart({ cellKey, reason, metrics }: CellComparison): string {
  const title = safeText(cellKey);
  if (reason !== undefined) return `${title}\nnot compared: ${safeText(reason)}`;
  if (metrics.length === 0) {
    return `${title}\nnothing to compare: none of the chosen metrics is in both runs and may be compared`;
  }
  const table = new CliTable({
    ...BARE_TABLE,
    head: ["phase", "metric", "first", "second", "ratio", "interval", ""],
    colAligns: ["left", "left", "right", "right", "right", "right", "left"],
  });
  for (const comparison of metrics) table.push(metricRow(comparison));
  return `${title}\n${table.toString().split("\n").map((line) => line.trimEnd()).join("\n")}`;
}

function metricRow(
  { metric, phase, operation, first, second, comparison, verdict }: MetricComparison,
): string[] {
  return [
    safeText(phase ?? NO_VALUE, 60),
    safeText(operation === undefined ? metric.title : `${operation} ${metric.title}`, 60),
    formatEstimate(first, metric.unit),
    formatEstimate(second, metric.unit),
    comparison === undefined ? NO_VALUE : formatRatio(comparison.ratio),
    comparison === undefined ? NO_VALUE : formatRatioInterval(comparison.interval),
    verdict === "no-ratio" ? "no ratio: a value is 0" : verdict,
  ];
}

function listPart(title: string, keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [[`${title}:`, ...keys.map((key) => `- ${safeText(key)}`)].join("\n")];
}

/** What the intervals mean, and how many of them miss by chance. */
function readingPart(cells: readonly CellComparison[]): string[] {
  const intervals = cells.flatMap(({ metrics }) => metrics)
    .flatMap(({ comparison }) => comparison === undefined ? [] : [comparison.interval]);
  if (intervals.length === 0) return [];
  const attained = [...new Set(intervals.map(({ confidence }) => formatShare(confidence)))];
  const missed = intervals.reduce((sum, { confidence }) => sum + 1 - confidence, 0);
  return [
    "Ratios are second over first: Hodges-Lehmann estimates with Mann-Whitney intervals, " +
    `confidence ${attained.join(", ")}.\n` +
    `Of ${intervals.length} intervals, about ${
      Math.ceil(missed)
    } would exclude 1 by chance if nothing had changed. ` +
    "A change of the machine between the runs looks like a change of the program: " +
    "measure both in one run before you decide.",
  ];
}
