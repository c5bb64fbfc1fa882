import { markdownTable } from "markdown-table";
import type { BrokenMargin } from "./compare_margins.ts";
import { type MetricComparison, type RunComparison } from "./compare_runs.ts";
import { machineSentences, shownRatio, workloadSentences } from "./compare_sentences.ts";
import { pressureText, ruleSentences, verdictText } from "./compare_text.ts";
import { formatEstimate, formatRatio, formatRatioInterval, NO_VALUE } from "./format.ts";
import { markdownText } from "./safe_text.ts";

/**
 * A comparison for a comment: what matters in sentences, the verdict first where one was reached, the leading numbers folded
 * away. Pure.
 */
export function compareMarkdown(
  comparison: RunComparison,
  broken: readonly BrokenMargin[] = [],
  verdict?: string,
): string {
  const { first, second, differences, cells, onlyFirst, onlySecond } = comparison;
  const text = (value: string): string => markdownText(value, 1000);
  const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${text(line)}`).join("\n");
  const rows = cells.flatMap(({ cellKey, metrics, pressure }) =>
    metrics.filter(({ leads, verdict }) => leads || verdict === "better" || verdict === "worse")
      .map((one) => [text(cellKey), ...rowOf(one).map(text), text(pressureText(pressure))])
  );
  const parts = [
    `### ${text(second)} against ${text(first)}`,
    ...(verdict === undefined ? [] : [`**${text(verdict)}**`]),
    ...(broken.length === 0
      ? []
      : [`**Beyond its margin**\n\n${bullets(broken.map(({ sentence }) => sentence))}`]),
    bullets(workloadSentences(comparison).map(({ sentence }) => sentence)),
    ...(machineSentences(comparison).length === 0
      ? []
      : [`${machineSentences(comparison).map(text).join(". ")}.`]),
    ...(differences.length === 0 ? [] : [
      bullets(
        differences.map(({ what, first, second, forbidsTimes }) =>
          `${what}: ${first} / ${second}${forbidsTimes ? " (times are not compared)" : ""}`
        ),
      ),
    ]),
    ...(rows.length === 0 ? [] : [
      `<details><summary>Ratios</summary>\n\n${
        markdownTable([
          ["workload/database", "phase", "metric", "first", "second", "ratio", "interval", "", "waited"],
          ...rows,
        ])
      }\n\n${ruleSentences(comparison).map(text).join(" ")}\n\n</details>`,
    ]),
    ...(onlyFirst.length + onlySecond.length === 0 ? [] : [
      `${onlyFirst.length} databases x workloads are in the first run only, ${onlySecond.length} in the second only.`,
    ]),
  ];
  return parts.join("\n\n");
}

function rowOf(one: MetricComparison): string[] {
  const { metric, phase, operation, first, second } = one;
  const ratio = shownRatio(one);
  return [
    phase ?? NO_VALUE,
    operation === undefined ? metric.title : `${operation} ${metric.title}`,
    formatEstimate(first, metric.unit),
    formatEstimate(second, metric.unit),
    ratio === undefined ? NO_VALUE : formatRatio(ratio.ratio),
    ratio === undefined ? NO_VALUE : formatRatioInterval(ratio.interval),
    verdictText(one),
  ];
}
