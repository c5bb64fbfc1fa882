import CliTable from "cli-table3";
import { BARE_TABLE } from "./bare_table.ts";
import type { BrokenMargin } from "./compare_margins.ts";
import { DEFAULT_FLOOR, FALSE_SHARE } from "./compare_rule.ts";
import type { CellComparison, MetricComparison, RunComparison } from "./compare_runs.ts";
import { machineSentences, shownRatio, workloadSentences } from "./compare_sentences.ts";
import { formatEstimate, formatRatio, formatRatioInterval, formatShare, NO_VALUE } from "./format.ts";
import { safeText } from "./safe_text.ts";

/** A comparison as text for a terminal. Pure, without colours. */
export function compareText(comparison: RunComparison, broken: readonly BrokenMargin[] = []): string {
  const { first, second, differences, areTimesComparable, cells, onlyFirst, onlySecond } = comparison;
  const differenceLines = differences.map(({ what, first, second, forbidsTimes }) =>
    `${forbidsTimes ? "!" : "-"} ${safeText(what)}: ${safeText(first)} / ${safeText(second)}`
  );
  const text = (sentence: string): string => safeText(sentence, 2000);
  const sentences = workloadSentences(comparison).map(({ sentence }) => text(sentence));
  const parts = [
    ...(sentences.length === 0 ? [] : [sentences.join("\n")]),
    ...(broken.length === 0
      ? []
      : [["Beyond its margin:", ...broken.map(({ sentence }) => `- ${text(sentence)}`)].join("\n")]),
    `First:  ${safeText(first)}\nSecond: ${safeText(second)}`,
    ...(machineSentences(comparison).length === 0
      ? []
      : [machineSentences(comparison).map((one) => `${text(one)}.`).join("\n")]),
    ...(differenceLines.length === 0 ? [] : [["Differences:", ...differenceLines].join("\n")]),
    ...(areTimesComparable ? [] : [
      "Times cannot be compared, as what is marked ! differs: only what does not depend on it is shown.",
    ]),
    ...cells.map(cellPart),
    ...listPart("Only in the first run", onlyFirst),
    ...listPart("Only in the second run", onlySecond),
    ...(cells.length === 0 ? ["Both runs have no database x workload in common."] : []),
    ...(ruleSentences(comparison).length === 0 ? [] : [ruleSentences(comparison).join("\n")]),
  ];
  return parts.join("\n\n");
}

function cellPart({ cellKey, reason, metrics, pressure }: CellComparison): string {
  const waited = pressure === undefined ? "" : `, waited for a CPU ${pressureText(pressure)}`;
  const title = `${safeText(cellKey)}${waited}`;
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

function metricRow(one: MetricComparison): string[] {
  const { metric, phase, operation, first, second } = one;
  const ratio = shownRatio(one);
  return [
    safeText(phase ?? NO_VALUE, 60),
    safeText(operation === undefined ? metric.title : `${operation} ${metric.title}`, 60),
    formatEstimate(first, metric.unit),
    formatEstimate(second, metric.unit),
    ratio === undefined ? NO_VALUE : formatRatio(ratio.ratio),
    ratio === undefined ? NO_VALUE : formatRatioInterval(ratio.interval),
    verdictText(one),
  ];
}

/** A verdict in words, with what stands in its way. */
export function verdictText({ verdict, forbidden }: Pick<MetricComparison, "verdict" | "forbidden">): string {
  switch (verdict) {
    case "no-ratio":
      return "no ratio: a value is 0";
    case "no-difference":
      return "no difference found";
    case "undecided":
      return forbidden === undefined ? "cannot tell" : `cannot tell: ${forbidden.split(":")[0]}`;
    default:
      return verdict;
  }
}

/** Shares of both runs, such as `2 % / 31 %`. */
export function pressureText(pressure: readonly [number, number] | undefined): string {
  return pressure === undefined
    ? NO_VALUE
    : pressure.map((share) => formatShare(Number(share.toFixed(2)))).join(" / ");
}

function listPart(title: string, keys: readonly string[]): string[] {
  return keys.length === 0 ? [] : [[`${title}:`, ...keys.map((key) => `- ${safeText(key)}`)].join("\n")];
}

/** What ratios and verdicts mean; empty where there is no ratio. */
export function ruleSentences({ cells, anchor }: RunComparison): string[] {
  const metrics = cells.flatMap((cell) => cell.metrics).filter(({ comparison }) => comparison !== undefined);
  if (metrics.length === 0) return [];
  const attained = [...new Set(metrics.map((one) => formatShare(shownRatio(one)!.interval.confidence)))];
  const floors = metrics.flatMap(({ floor }) => floor ?? []);
  const calibratedCount = floors.filter(({ isCalibrated }) => isCalibrated).length;
  const shares = floors.filter(({ isCalibrated }) => isCalibrated).map(({ share }) => share);
  return [
    `Ratios are second over first${
      anchor === undefined ? "" : ", times over what the anchor did"
    }: Hodges-Lehmann estimates with Mann-Whitney intervals, confidence ${attained.join(", ")}.`,
    `A change is claimed when it shows with and without that correction, beyond the measurement noise, at a false discovery rate of ${
      formatShare(FALSE_SHARE)
    } over ${metrics.length} comparisons (Welch's p values, Benjamini-Hochberg; what leads apart from the details).`,
    calibratedCount === 0
      ? `Measurement noise: ${
        formatShare(DEFAULT_FLOOR)
      } is supposed, as nothing was calibrated on this machine (deno task calibrate).`
      : `Measurement noise: calibrated for ${calibratedCount} of ${floors.length} comparisons, ${
        formatShare(Math.min(...shares))
      } to ${formatShare(Math.max(...shares))}; else ${formatShare(DEFAULT_FLOOR)}.`,
  ];
}
