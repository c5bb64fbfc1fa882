import { markdownTable } from "markdown-table";
import { metricsIn, metricsInTables, sweptMetrics } from "../metrics/mod.ts";
import {
  type Block,
  type Capabilities,
  DEFAULT_RUNTIME,
  describeWarning,
  type Environment,
  type Metric,
  METRICS_VERSION,
  type Reporter,
  type RunRecord,
  type RuntimeId,
  runtimeOf,
  runtimeTitle,
} from "../model/mod.ts";
import { drawConclusions, SHOWN_CONCLUSIONS } from "./conclusions.ts";
import { formatCount, formatQuantity, formatShare, NO_VALUE } from "./format.ts";
import { ladderHeading, ladderTables } from "./ladder_table.ts";
import { machineTable, SPREAD_SENTENCE, spreadTable } from "./machine_tables.ts";
import { type RateLadder, rateLadders } from "./rate_ladder.ts";
import { runCommands } from "./run_commands.ts";
import { blockTable, phaseTables, type ReportTable, type TableCell } from "./report_table.ts";
import { runtimeTables } from "./runtime_tables.ts";
import { markdownFence, markdownText } from "./safe_text.ts";
import { SOAK_SENTENCE, soakTables } from "./soak_table.ts";
import { summarizeSoaks } from "./summarize_soak.ts";
import { summarizeSweeps } from "./summarize_sweeps.ts";
import { EXPONENT_SENTENCE, sweepTable } from "./sweep_table.ts";
import { type CellSummary, type RunSummary, summarizeRun, type WorkloadSection } from "./summarize_run.ts";
import { betterWord, failureSentences, outcomeSentence, readingSentences, verdictWord } from "./wording.ts";

/** A sentence of a record may be longer than a name. */
const LONGEST_SENTENCE = 1000;

/** The whole run as a page: what a run folder keeps as `report.md`. */
export const markdown: Reporter = {
  id: "markdown",
  title: "A page with everything, for reading and committing",
  extension: "md",
  render(record) {
    const summary = summarizeRun(record);
    const parts = [
      ...headPart(record, summary),
      ...rateLadders(record, summary).flatMap(ladderPart),
      ...summary.sections.flatMap((section) => sectionPart(section, record.settings.blockCount)),
      ...runtimeTables(summary).flatMap(drawTable),
      ...sweepsPart(summary),
      ...soaksPart(record, summary),
      ...adaptersPart(record, summary),
      ...columnsPart(summary),
    ];
    return parts.join("\n\n") + "\n";
  },
};

function headPart(record: RunRecord, summary: RunSummary): string[] {
  const when = record.endedAt === undefined
    ? `from ${record.startedAt}`
    : `${record.startedAt} to ${record.endedAt}`;
  return [
    `# Run ${markdownText(record.id)}`,
    `Label ${markdownText(record.label)}, ${markdownText(when)}, ${record.status}. ${
      outcomeSentence(summary)
    }.`,
    ...bulletList(record.warnings.map(describeWarning)),
    ...conclusionsPart(record, summary),
    ...repeatPart(record),
    plainTable(["environment", ""], [...environmentRows(record.environment), ...hostRows(record.results)]),
    ...bulletList(readingSentences(summary, "Bold")),
    ...machinesPart(record),
  ];
}

function repeatPart(record: RunRecord): string[] {
  const commands = runCommands(record);
  return commands.length === 0 ? [] : ["To repeat it:", markdownFence(commands, "sh")];
}

function machinesPart(record: RunRecord): string[] {
  if (record.fleet === undefined) return [];
  const [machines, spread] = [machineTable(record.fleet), spreadTable(record)].map(({ head, rows }) =>
    rows.length === 0 ? [] : [plainTable(head, rows)]
  );
  return ["## Machines", ...machines!, ...(spread!.length === 0 ? [] : [SPREAD_SENTENCE, ...spread!])];
}

function conclusionsPart(record: RunRecord, summary: RunSummary): string[] {
  const conclusions = drawConclusions(record, summary).slice(0, SHOWN_CONCLUSIONS);
  if (conclusions.length === 0) return [];
  const lines = conclusions.map(({ sentence }, index) =>
    `${index + 1}. ${markdownText(sentence, LONGEST_SENTENCE)}`
  );
  return ["What matters most:", lines.join("\n")];
}

function environmentRows(environment: Environment): string[][] {
  const { commit, isDirty } = environment;
  const commitText = commit === undefined
    ? "unknown"
    : `${commit}${isDirty ? ", with uncommitted changes" : ""}`;
  return [
    ["CPU", environment.cpuModel],
    ["cores", formatCount(environment.coreCount)],
    ["memory", formatQuantity(environment.memoryBytes, "bytes")],
    ["OS", environment.os],
    ["Deno", environment.deno],
    ["V8", environment.v8],
    ["SQLite", environment.sqlite],
    ...Object.entries(environment.runtimes ?? {}).map(([runtime, version]) => [
      runtimeTitle(runtime as RuntimeId),
      version,
    ]),
    ["machine", environment.machineId],
    ["commit", commitText],
    ["CI", environment.isCi ? "yes" : "no"],
  ];
}

/** How busy the machine was, from the quietest block to the busiest. */
function hostRows(blocks: readonly Block[]): string[][] {
  const range = (
    name: string,
    values: readonly (number | undefined)[],
    format: (value: number) => string,
  ) => {
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return [];
    const ends = [Math.min(...known), Math.max(...known)].map(format);
    return [[name, [...new Set(ends)].join(" to ")]];
  };
  return [
    ...range("load, 1 min", blocks.map(({ host }) => host.load1m), formatCount),
    ...range("CPU pressure", blocks.map(({ host }) => host.cpuPressureShare), formatShare),
  ];
}

/** How fast each adapter can be asked: the headline of a run that asks at rates. */
function ladderPart(ladder: RateLadder): string[] {
  return [`## ${markdownText(ladderHeading(ladder))}`, ...ladderTables(ladder).flatMap(drawTable)];
}

function sectionPart(section: WorkloadSection, blockCount: number): string[] {
  const { workload, key, scale, sizes } = section;
  const title = workload === undefined ? "" : `: ${workload.title}`;
  const parameters = Object.entries(sizes)
    .map(([name, value]) => `${name} ${formatCount(value)}`);
  const measuredPhases = section.phases.length === 0 ? [{ name: "", title: "" }] : section.phases;
  const block = blockTable(section);
  return [
    `## ${markdownText(`${key}, ${scale}${title}`)}`,
    ...labelled("Question", workload?.question),
    ...labelled("Unfair", workload?.unfair),
    ...labelled("Sizes", parameters.join(", ")),
    ...measuredPhases.flatMap(({ name, title }) => [
      ...(name === "" ? [] : [`### ${markdownText(title === "" ? name : `${name}: ${title}`)}`]),
      ...phaseTables(section, name, blockCount).flatMap(drawTable),
    ]),
    ...(block === undefined ? [] : drawTable(block)),
    ...section.cells.flatMap(wrongPart),
    ...section.cells.flatMap(failurePart),
    ...skipPart(section),
  ];
}

function sweepsPart(summary: RunSummary): string[] {
  const metrics = sweptMetrics(summary.metricsVersion);
  const sweeps = summarizeSweeps(summary, metrics);
  if (sweeps.length === 0) return [];
  return [
    "## Growth",
    EXPONENT_SENTENCE,
    ...sweeps.flatMap((sweep) => drawTable(sweepTable(sweep, metrics))),
  ];
}

function soaksPart(record: RunRecord, summary: RunSummary): string[] {
  const tables = soakTables(summarizeSoaks(record, summary, metricsIn("soak", summary.metricsVersion)));
  return tables.length === 0 ? [] : ["## Over time", SOAK_SENTENCE, ...tables.flatMap(drawTable)];
}

function wrongPart(cell: CellSummary): string[] {
  if (cell.findingCount === 0 && cell.status !== "wrong") return [];
  const shown = cell.findings.length;
  const more = cell.findingCount > shown ? `, ${formatCount(shown)} of them shown` : "";
  return [
    `**${markdownText(cell.name)} was wrong** (${verdictWord(cell.verdict)}; ${
      formatCount(cell.findingCount)
    } findings${more}):`,
    ...bulletList(
      cell.findings.map((finding) =>
        `${finding.verdict} in phase ${finding.phase}, repetition ${finding.blockIndex}, iteration ${finding.iteration}: ` +
        `${finding.detail}. Query: ${finding.query}`
      ),
    ),
  ];
}

function failurePart(cell: CellSummary): string[] {
  return failureSentences(cell).flatMap(({ lead, reason, output }) => [
    `**${markdownText(lead)}**: ${markdownText(reason)}`,
    ...(output.length === 0 ? [] : ["Its last output:", markdownFence(output)]),
  ]);
}

function skipPart({ cells }: WorkloadSection): string[] {
  const lines = cells.flatMap(({ name, status, skipReason }) => {
    if (status === "skipped") return [`${name} was skipped: ${skipReason ?? "no reason given"}`];
    return status === "missing" ? [`${name} was planned and not run`] : [];
  });
  return bulletList(lines);
}

function adaptersPart(record: RunRecord, summary: RunSummary): string[] {
  const cells = summary.sections.flatMap((section) => section.cells);
  const byName = [...Map.groupBy(cells, placedName)];
  const capabilityRows = byName.map(([name, [first]]) => [
    name,
    ...capabilityTexts(
      Object.hasOwn(record.capabilities, first!.cell.key) ? record.capabilities[first!.cell.key] : undefined,
    ),
  ]);
  const factRows = byName.flatMap(([name, own]) =>
    [...Map.groupBy(own.flatMap(({ facts }) => [...facts]), ([fact]) => fact)].map(([fact, entries]) => [
      name,
      fact,
      [...new Set(entries.flatMap(([, values]) => values))].join("; "),
    ])
  );
  return [
    "## Adapters",
    record.adapters.map(({ id, title, drivers, about, unfair, homepage }) => {
      const packages = Object.entries(drivers).map(([name, version]) => `${name} ${version}`).join(", ");
      const lead = [`${id}: ${title}`, packages].filter((text) => text !== "").join(", ");
      const text = [lead, about, unfair === "" ? "" : `Unfair: ${unfair}`].filter((part) => part !== "")
        .map((part) => part.endsWith(".") ? part : `${part}.`).join(" ");
      return `- ${markdownText(text, 2000)}${link(homepage)}`;
    }).join("\n"),
    plainTable(
      ["adapter", "live queries", "language", "joins", "batch", "durability", "works on"],
      capabilityRows,
    ),
    ...(factRows.length === 0
      ? []
      : ["What sessions reported:", plainTable(["adapter", "fact", "value"], factRows)]),
  ];
}

/** The same adapter may be set up in another way in another runtime. */
function placedName({ name, cell }: CellSummary): string {
  const runtime = runtimeOf(cell);
  return runtime === DEFAULT_RUNTIME ? name : `${name} in ${runtimeTitle(runtime)}`;
}

function capabilityTexts(capabilities: Capabilities | undefined): string[] {
  if (capabilities === undefined) return Array.from({ length: 6 }, () => NO_VALUE);
  const { liveQueries, sql, joins, atomicBatch, durability, worksOn } = capabilities;
  return [
    liveQueries,
    sql ? "SQL" : "own",
    joins ? "inside" : "by hand",
    atomicBatch ? "atomic" : "not atomic",
    durability,
    worksOn,
  ];
}

function columnsPart(summary: RunSummary): string[] {
  const metrics = shownMetrics(summary);
  if (metrics.length === 0) return [];
  return [
    "## Columns",
    markdownTable([
      ["column", "metric", "better", "over iterations", "meaning"],
      // The registry is code, not data: its ids may be markup.
      ...metrics.map((metric) => [
        metric.title,
        `\`${metric.id}\``,
        betterWord(metric.direction),
        summary.metricsVersion < METRICS_VERSION && metric.fold === "pooled" ? "median" : metric.fold,
        markdownText(meaningOf(metric, summary)),
      ]),
    ]),
  ];
}

function drawTable(table: ReportTable): string[] {
  const head = table.columns.map(({ title }) => markdownText(title));
  const align = table.columns.map(({ align }) => align);
  return [
    ...(table.title === "" ? [] : [`${markdownText(table.title)}:`]),
    markdownTable([head, ...table.rows.map((row) => row.map(drawCell))], { align }),
    ...numberedNotes(table.notes),
  ];
}

function drawCell({ text, isBest, notes }: TableCell): string {
  const safe = markdownText(text, 120);
  return `${isBest ? `**${safe}**` : safe}${notes.map((note) => ` (${note})`).join("")}`;
}

function numberedNotes(notes: readonly string[]): string[] {
  return notes.length === 0
    ? []
    : [notes.map((note, index) => `(${index + 1}) ${markdownText(note)}`).join("  \n")];
}

function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([[...head], ...rows.map((row) => row.map((text) => markdownText(text)))]);
}

function bulletList(lines: readonly string[]): string[] {
  // The whole text of a line is data, however many sentences it is made of.
  return lines.length === 0 ? [] : [lines.map((line) => `- ${markdownText(line, 2000)}`).join("\n")];
}

/** An address as a link when it is a plain one, else as text. */
function link(address: string): string {
  if (address === "") return "";
  return /^https:\/\/[\w.-]+(?:\/[\w./-]*)?$/.test(address) ? ` <${address}>` : ` ${markdownText(address)}`;
}

function labelled(label: string, text: string | undefined): string[] {
  return text === undefined || text === "" ? [] : [`**${label}.** ${markdownText(text, 2000)}`];
}

/** What a metric meant when the run was made. */
function meaningOf({ meaning, meaningBefore, retired }: Metric, { metricsVersion }: RunSummary): string {
  if (metricsVersion >= METRICS_VERSION) return meaning;
  return `${meaningBefore ?? meaning}${retired === undefined ? "" : `. Given up: ${retired}`}`;
}

/** Metrics that the tables of this run show, in their order. */
function shownMetrics({ sections, metricsVersion }: RunSummary): Metric[] {
  const cells = sections.flatMap((section) => section.cells);
  const present = new Set(
    cells.flatMap(({ metrics, phases }) => [
      ...metrics.keys(),
      ...phases.flatMap((phase) => [
        ...phase.metrics.keys(),
        ...phase.operations.flatMap((operation) => [...operation.metrics.keys()]),
      ]),
    ]),
  );
  return metricsInTables(metricsVersion).filter(({ id }) => present.has(id));
}
