import { metricsIn, sweptMetrics } from "../metrics/mod.ts";
import { describeWarning, type Reporter, type RunRecord } from "../model/mod.ts";
import { drawBar } from "./bar_chart.ts";
import { drawConclusions, SHOWN_CONCLUSIONS } from "./conclusions.ts";
import { BEST_MARK, drawGrid, drawTable, type Palette, paletteOf, type TerminalStyle } from "./draw_table.ts";
import { COLUMN_GAP, wrapWords } from "./fit_columns.ts";
import { formatCount, formatQuantity } from "./format.ts";
import { ladderHeading, ladderTables } from "./ladder_table.ts";
import { type RateLadder, rateLadders } from "./rate_ladder.ts";
import { blockTable, phaseTables } from "./report_table.ts";
import { runtimeTables } from "./runtime_tables.ts";
import { safeText } from "./safe_text.ts";
import { SOAK_SENTENCE, soakTables } from "./soak_table.ts";
import { summarizeSoaks } from "./summarize_soak.ts";
import { summarizeSweeps } from "./summarize_sweeps.ts";
import { EXPONENT_SENTENCE, sweepTable } from "./sweep_table.ts";
import { type CellSummary, type RunSummary, summarizeRun, type WorkloadSection } from "./summarize_run.ts";
import { failureSentences, LOWER_BOUND, outcomeSentence, readingSentences, verdictWord } from "./wording.ts";

/** Lines of a failed block's output that are shown; the rest is in the markdown report. */
const OUTPUT_LINE_COUNT = 5;

/** A sentence of a record may be longer than a name. */
const LONGEST_SENTENCE = 1000;

/** Where a chart's width is not given. */
const CHART_WIDTH = 80;
const SHORTEST_BAR = 8;
const LONGEST_BAR = 40;
const LONGEST_CHART_NAME = 26;

/** Plain tables as long as they come: what a pipe or a file gets. */
const PLAIN: TerminalStyle = { isColored: false };

/** Plain tables; {@link renderTerminal} adds colours, charts and the width of a terminal. */
export const terminal: Reporter = {
  id: "terminal",
  title: "Tables for a terminal",
  extension: "txt",
  render: (record) => renderTerminal(record, PLAIN),
};

/**
 * The run as tables, with the conclusions that matter most at the end. Pure: how it looks is told by the caller, it
 * looks at no stream and no environment variable.
 */
export function renderTerminal(record: RunRecord, style: TerminalStyle): string {
  const palette = paletteOf(style);
  const { strong, faint, width } = palette;
  const summary = summarizeRun(record);
  const reading = [
    ...readingSentences(summary, BEST_MARK),
    ...(style.bars === undefined ? [] : [
      "Bars: solid to the lower end of the interval, shaded to the upper end, from 0 on one scale per chart.",
    ]),
  ];
  const parts = [
    `${strong(safeText(record.id))}: ${record.status}, ${outcomeSentence(summary)}`,
    ...record.warnings.map((warning) => wrapWords(`! ${safeText(describeWarning(warning))}`, width, 2)),
    ...rateLadders(record, summary).flatMap((ladder) => ladderPart(ladder, palette)),
    ...summary.sections.flatMap((section) => sectionPart(section, record.settings.blockCount, palette)),
    ...runtimeTables(summary).map((table) => drawTable(table.title, table, palette)),
    ...sweepsPart(summary, palette),
    ...soaksPart(record, summary, palette),
    faint(reading.map((sentence) => wrapWords(sentence, width, 2)).join("\n")),
    ...conclusionsPart(record, summary, palette),
  ];
  return parts.join("\n\n");
}

export function sweepsPart(summary: RunSummary, palette: Palette): string[] {
  const metrics = sweptMetrics(summary.metricsVersion);
  const sweeps = summarizeSweeps(summary, metrics);
  if (sweeps.length === 0) return [];
  return [
    ...sweeps.map((sweep) => {
      const table = sweepTable(sweep, metrics);
      return drawTable(table.title, table, palette);
    }),
    palette.faint(wrapWords(EXPONENT_SENTENCE, palette.width, 2)),
  ];
}

export function soaksPart(record: RunRecord, summary: RunSummary, palette: Palette): string[] {
  const tables = soakTables(summarizeSoaks(record, summary, metricsIn("soak", summary.metricsVersion)));
  if (tables.length === 0) return [];
  return [
    ...tables.map((table) => drawTable(table.title, table, palette)),
    palette.faint(wrapWords(SOAK_SENTENCE, palette.width, 2)),
  ];
}

export function conclusionsPart(
  record: RunRecord,
  summary: RunSummary,
  { strong, bad, width }: Palette,
): string[] {
  const conclusions = drawConclusions(record, summary).slice(0, SHOWN_CONCLUSIONS);
  if (conclusions.length === 0) return [];
  const lines = conclusions.map(({ kind, sentence }, index) => {
    const line = wrapWords(`${index + 1}. ${safeText(sentence, LONGEST_SENTENCE)}`, width, 3);
    return kind === "wrong" || kind === "failed" ? bad(line) : line;
  });
  return [[strong("What matters most"), ...lines].join("\n")];
}

/** How fast each adapter can be asked: the headline of a run that asks at rates. */
export function ladderPart(ladder: RateLadder, palette: Palette): string[] {
  return [
    palette.strong(safeText(ladderHeading(ladder))),
    ...ladderTables(ladder).map((table) => drawTable(table.title, table, palette)),
  ];
}

function sectionPart(section: WorkloadSection, blockCount: number, palette: Palette): string[] {
  const { workload, key, scale, phases, cells } = section;
  const question = workload === undefined ? "" : `\n${wrapWords(safeText(workload.question), palette.width)}`;
  const measuredPhases = phases.length === 0 ? [{ name: "", title: "" }] : phases;
  const block = blockTable(section);
  const problems = cells.flatMap((cell) => problemLines(cell, palette));
  return [
    palette.strong(safeText(`${key}, ${scale}`)) + question,
    ...measuredPhases.flatMap(({ name, title }) => {
      const [results, ...others] = phaseTables(section, name, blockCount);
      const heading = [name, title].filter((text) => text !== "").join(": ");
      return [
        drawTable(heading, results!, palette),
        ...drawChart(section, name, palette),
        ...others.map((table) => drawTable(table.title, table, palette)),
      ];
    }),
    ...(block === undefined ? [] : [drawTable(block.title, block, palette)]),
    ...(problems.length === 0 ? [] : [problems.join("\n")]),
  ];
}

export function problemLines(cell: CellSummary, { bad, faint, width }: Palette): string[] {
  const name = safeText(cell.name);
  const wrap = (text: string, indent = 2): string => wrapWords(text, width, indent);
  const wrong = cell.status === "wrong"
    ? [bad(`${name} was wrong: ${verdictWord(cell.verdict)}, ${formatCount(cell.findingCount)} findings`)]
    : [];
  const findings = cell.findings.map(({ phase, blockIndex, iteration, detail }) =>
    wrap(`  ${safeText(`phase ${phase}, repetition ${blockIndex}, iteration ${iteration}: ${detail}`)}`, 4)
  );
  const failures = failureSentences(cell).flatMap(({ lead, reason, output }) => [
    bad(wrap(`${safeText(lead)}: ${safeText(reason)}`)),
    // Frames of a stack say less than the error above them; the markdown report has them.
    ...output.filter((line) => !/^\s+at /.test(line)).slice(-OUTPUT_LINE_COUNT).map((line) =>
      faint(`  ${safeText(line)}`)
    ),
  ]);
  const skipped = cell.status === "skipped"
    ? [wrap(`${name} was skipped: ${safeText(cell.skipReason ?? "")}`)]
    : [];
  const missing = cell.status === "missing" ? [`${name} was planned and not run`] : [];
  return [...wrong, ...findings, ...failures, ...skipped, ...missing];
}

/** Bars of the cells with numbers, where there are at least two to compare; nothing where bars would be too short. */
function drawChart(
  section: WorkloadSection,
  phaseName: string,
  { bars, width = CHART_WIDTH }: Palette,
): string[] {
  if (bars === undefined) return [];
  const rows = section.cells.flatMap((cell) => {
    const phase = cell.phases.find(({ name }) => name === phaseName);
    if (phase === undefined) return [];
    const mark = phase.unwatched ? ` (${LOWER_BOUND})` : cell.knownGaps.length > 0 ? " (known gap)" : "";
    const name = safeText(cell.name, LONGEST_CHART_NAME) + mark;
    return [{ name, metrics: phase.metrics }];
  });
  if (rows.length < 2) return [];
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  // Side by side where there is room: speed tells nothing without how stale the screen was.
  const charted = metricsIn("chart", section.metricsVersion).map(({ id, title }) => {
    const estimates = rows.map(({ metrics }) => metrics.get(id)?.estimate);
    return {
      title,
      estimates,
      texts: estimates.map((estimate) => estimate === undefined ? "" : formatQuantity(estimate.value, "ns")),
      largest: Math.max(0, ...estimates.map((estimate) => estimate?.interval.upper ?? 0)),
    };
  }).filter(({ largest }) => largest > 0);

  const barWidth = (shown: typeof charted): number => {
    const texts = shown.map(({ texts }) => Math.max(...texts.map(({ length }) => length)) + 2 * COLUMN_GAP);
    const taken = texts.reduce((sum, own) => sum + own, nameWidth);
    return Math.min(LONGEST_BAR, Math.floor((width - taken) / shown.length));
  };
  const shown = barWidth(charted) >= SHORTEST_BAR ? charted : charted.slice(0, 1);
  const columns = barWidth(shown);
  if (shown.length === 0 || columns < SHORTEST_BAR) return [];
  return [
    drawGrid(
      ["", ...shown.flatMap(({ title }) => ["", title.padEnd(columns)])],
      ["left", ...shown.flatMap(() => ["right", "left"] as const)],
      rows.map(({ name }, row) => [
        name,
        ...shown.flatMap(({ estimates, texts, largest }) => {
          const estimate = estimates[row];
          const bar = estimate === undefined ? "" : drawBar(estimate.interval, largest, columns, bars);
          return [texts[row]!, bar];
        }),
      ]),
    ).join("\n"),
  ];
}
