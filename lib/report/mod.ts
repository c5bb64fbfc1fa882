/** Reports: text from stored runs. One file per reporter, one line each here. */
import { type Reporter, UsageError } from "../model/mod.ts";
import { didYouMean } from "../model/nearest.ts";
import { csv } from "./csv.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { safeText } from "./safe_text.ts";
import { terminal } from "./terminal.ts";

export * from "./best_value.ts";
export * from "./compare_runs.ts";
export type { ChangeVerdict, ComparedFloor } from "./compare_rule.ts";
export { compareText } from "./compare_text.ts";
export { compareAnnotations } from "./compare_annotations.ts";
export { compareMarkdown } from "./compare_markdown.ts";
export * from "./compare_margins.ts";
export * from "./compare_sentences.ts";
export * from "./compare_verdict.ts";
export {
  type Conclusion,
  CONCLUSION_KINDS,
  type ConclusionEvidence,
  type ConclusionKind,
  type ConclusionPlace,
} from "./conclusion.ts";
export * from "./conclusions.ts";
export * from "./format.ts";
export type { RunDifference } from "./run_differences.ts";
export * from "./safe_text.ts";
export * from "./summarize_run.ts";
export type { BarCharacters } from "./bar_chart.ts";
export type { TerminalStyle } from "./draw_table.ts";
export { renderTerminal } from "./terminal.ts";
export { renderOverview } from "./terminal_overview.ts";

/** All reporters in the order in which lists show them. */
export const REPORTERS: readonly Reporter[] = [
  terminal,
  markdown,
  json,
  csv,
];

/** Finds a reporter. Throws a UsageError with the nearest id when there is none. */
export function reporterById(id: string): Reporter {
  const reporter = REPORTERS.find((candidate) => candidate.id === id);
  if (reporter === undefined) {
    const ids = REPORTERS.map((candidate) => candidate.id);
    throw new UsageError(
      `Cannot find reporter "${safeText(id, 60)}"${didYouMean(id, ids)}: reporters are ${ids.join(", ")}`,
    );
  }
  return reporter;
}
