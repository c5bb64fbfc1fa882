import CliTable from "cli-table3";
import pc from "picocolors";
import { describeWarning, type Reporter, type RunRecord } from "../model/mod.ts";
import { BARE_TABLE } from "./bare_table.ts";
import { formatCount } from "./format.ts";
import { blockTable, phaseTables, type ReportTable, type TableCell } from "./report_table.ts";
import { safeText } from "./safe_text.ts";
import { type CellSummary, summarizeRun, type WorkloadSection } from "./summarize_run.ts";
import { failureSentences, outcomeSentence, readingSentences } from "./wording.ts";

/** Stands behind the best value of a column; colour alone would be lost in a file and on some eyes. */
const BEST_MARK = "*";

/** Lines of a failed block's output that are shown; the rest is in the markdown report. */
const OUTPUT_LINE_COUNT = 5;

/** How text is set off. */
interface Palette {
  readonly strong: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** Plain tables; {@link renderTerminal} adds colours. */
export const terminal: Reporter = {
  id: "terminal",
  title: "Tables for a terminal",
  extension: "txt",
  render: (record) => renderTerminal(record, false),
};

/**
 * The run as tables, with colours where the caller knows that they will be seen. Pure: it looks at no stream and no
 * environment variable.
 */
export function renderTerminal(record: RunRecord, isColored: boolean): string {
  const { bold, green, red, dim } = pc.createColors(isColored);
  const palette: Palette = { strong: bold, good: green, bad: red, faint: dim };
  const summary = summarizeRun(record);
  const parts = [
    `${bold(safeText(record.id))}: ${record.status}, ${outcomeSentence(summary)}`,
    ...record.warnings.map((warning) => `! ${safeText(describeWarning(warning))}`),
    ...summary.sections.flatMap((section) => sectionPart(section, record.settings.blockCount, palette)),
    dim(readingSentences(summary, BEST_MARK).join("\n")),
  ];
  return parts.join("\n\n");
}

function sectionPart(section: WorkloadSection, blockCount: number, palette: Palette): string[] {
  const { workload, key, scale, phases, cells } = section;
  const question = workload === undefined ? "" : `\n${safeText(workload.question)}`;
  const measuredPhases = phases.length === 0 ? [{ name: "", title: "" }] : phases;
  const block = blockTable(section);
  const problems = cells.flatMap((cell) => problemLines(cell, palette));
  return [
    palette.strong(safeText(`${key}, ${scale}`)) + question,
    ...measuredPhases.flatMap(({ name, title }) =>
      phaseTables(section, name, blockCount).map((table, index) => {
        const heading = index === 0 ? [name, title].filter((text) => text !== "").join(": ") : table.title;
        return drawTable(heading, table, palette);
      })
    ),
    ...(block === undefined ? [] : [drawTable(block.title, block, palette)]),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
  ];
}

function problemLines(cell: CellSummary, { bad, faint }: Palette): string[] {
  const name = safeText(cell.name);
  const wrong = cell.status === "wrong"
    ? [bad(`${name} was wrong: ${cell.verdict}, ${formatCount(cell.findingCount)} findings`)]
    : [];
  const findings = cell.findings.map(({ phase, blockIndex, iteration, detail }) =>
    `  ${safeText(`phase ${phase}, block ${blockIndex}, iteration ${iteration}: ${detail}`)}`
  );
  const failures = failureSentences(cell).flatMap(({ lead, reason, output }) => [
    bad(`${safeText(lead)}: ${safeText(reason)}`),
    // Frames of a stack say less than the error above them; the markdown report has them.
    ...output.filter((line) => !/^\s+at /.test(line)).slice(-OUTPUT_LINE_COUNT).map((line) =>
      faint(`  ${safeText(line)}`)
    ),
  ]);
  const skipped = cell.status === "skipped"
    ? [`${name} was skipped: ${safeText(cell.skipReason ?? "")}`]
    : [];
  const missing = cell.status === "missing" ? [`${name} was planned and not run`] : [];
  return [...wrong, ...findings, ...failures, ...skipped, ...missing];
}

function drawTable(heading: string, table: ReportTable, palette: Palette): string {
  const drawn = new CliTable({
    ...BARE_TABLE,
    head: table.columns.map(({ title }) => safeText(title)),
    colAligns: table.columns.map(({ align }) => align),
  });
  for (const row of table.rows) drawn.push(row.map((field) => drawCell(field, palette)));
  const notes = table.notes.map((note, index) => palette.faint(`(${index + 1}) ${safeText(note)}`));
  const lines = drawn.toString().split("\n").map((line) => line.trimEnd());
  return [...(heading === "" ? [] : [palette.strong(safeText(heading))]), ...lines, ...notes].join("\n");
}

function drawCell({ text, isBest, notes }: TableCell, { good }: Palette): string {
  const safe = safeText(text, 60);
  return `${isBest ? good(safe + BEST_MARK) : safe}${notes.map((note) => ` (${note})`).join("")}`;
}
