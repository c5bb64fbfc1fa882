/** What a run says on one screen: one table of all, what went wrong, and the sentences that matter most. */
import { describeWarning, type RunRecord } from "../model/mod.ts";
import { BEST_MARK, drawTable, paletteOf, type TerminalStyle } from "./draw_table.ts";
import { wrapWords } from "./fit_columns.ts";
import { overviewMatrix, overviewSentences } from "./overview_matrix.ts";
import { rateLadders } from "./rate_ladder.ts";
import { safeText } from "./safe_text.ts";
import { summarizeRun } from "./summarize_run.ts";
import { conclusionsPart, ladderPart, problemLines, soaksPart, sweepsPart } from "./terminal.ts";
import { outcomeSentence } from "./wording.ts";

/** Reasons that are told; the report has them all. */
const SHOWN_SKIPS = 4;

/**
 * The overview; `renderTerminal` has the rest. A run that asked at rates, swept a size or went on for a while is told by
 * the tables of that. Pure.
 */
export function renderOverview(record: RunRecord, style: TerminalStyle): string {
  const palette = paletteOf(style);
  const { strong, faint, width } = palette;
  const summary = summarizeRun(record);
  const ladders = rateLadders(record, summary).flatMap((ladder) => ladderPart(ladder, palette));
  const sweeps = sweepsPart(summary, palette);
  const soaks = soaksPart(record, summary, palette);
  const matrix = ladders.length + sweeps.length > 0 ? undefined : overviewMatrix(summary);
  const cells = summary.sections.flatMap((section) => section.cells);
  const problems = cells.filter(({ status, failures }) => status === "wrong" || failures.length > 0)
    .flatMap((cell) => problemLines(cell, palette));
  const skips = [
    ...new Set(
      cells.filter(({ status }) => status === "skipped").flatMap((cell) => problemLines(cell, palette)),
    ),
  ];
  const parts = [
    `${strong(safeText(record.id))}: ${record.status}, ${outcomeSentence(summary)}`,
    ...record.warnings.map((warning) => wrapWords(`! ${safeText(describeWarning(warning))}`, width, 2)),
    ...ladders,
    ...sweeps,
    ...soaks,
    ...(matrix === undefined ? [] : [
      drawTable(matrix.title, matrix, palette),
      faint(overviewSentences(matrix, BEST_MARK).map((one) => wrapWords(`${one}.`, width, 2)).join("\n")),
    ]),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
    ...(skips.length === 0 ? [] : [[
      ...skips.slice(0, SHOWN_SKIPS),
      ...(skips.length <= SHOWN_SKIPS ? [] : [`and ${skips.length - SHOWN_SKIPS} more were skipped`]),
    ].join("\n")]),
    ...conclusionsPart(record, summary, palette),
  ];
  return parts.join("\n\n");
}
