/** From a stored run to the data of its page. Pure: the same record gives the same data. */
import {
  type Block,
  type Capabilities,
  describeWarning,
  type Distribution,
  type HistoryStep,
  type ResultExcerpt,
  type RunRecord,
} from "../../model/mod.ts";
import { distributionQuantiles, median, sortSamples } from "../../stats/mod.ts";
import { drawConclusions, SHOWN_CONCLUSIONS } from "../conclusions.ts";
import { formatBlocks, formatCount, formatQuantity } from "../format.ts";
import { repeatCommands } from "../repeat_command.ts";
import { safeText } from "../safe_text.ts";
import { significant } from "./significant.ts";
import {
  type CellSummary,
  type PhaseSummary,
  type RunSummary,
  type ValueSummaries,
  type WorkloadSection,
} from "../summarize_run.ts";
import { failureSentences, outcomeSentence } from "../wording.ts";
import type {
  AdapterView,
  BlockValues,
  BlockView,
  CellView,
  FindingView,
  MetricView,
  PhaseView,
  QuantilesNs,
  RunView,
  SectionView,
} from "./view.ts";

/** Quantiles that a page keeps of a distribution. */
const SHARES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;

/** A sentence of a record may be longer than a name. */
const LONGEST_PROSE = 2000;

/** Four columns with values of forty characters. */
const LONGEST_ROW = 400;

/** The data of a run's page. `summary` is that of the record, `known` are all metrics there are. */
export function runView(record: RunRecord, summary: RunSummary, known: readonly MetricView[]): RunView {
  const cells = summary.sections.flatMap((section) => section.cells);
  const names = [...new Set(cells.map(({ name }) => name))];
  const adapterOf = new Map(names.map((name, index) => [name, index]));
  const blocksByCell = Map.groupBy(record.results, ({ cellKey }) => cellKey);
  const { commit, isDirty } = record.environment;
  const blocks = blockViews(record, cells, adapterOf);
  const pressures = blocks.flatMap(({ pressure }) => pressure ?? []);
  return {
    id: safeText(record.id),
    label: safeText(record.label),
    status: record.status,
    startedAt: record.startedAt,
    endedAt: record.endedAt ?? "",
    outcome: outcomeSentence(summary),
    blockCount: record.settings.blockCount,
    warnings: record.warnings.map((warning) => safeText(describeWarning(warning), LONGEST_PROSE)),
    conclusions: drawConclusions(record, summary).slice(0, SHOWN_CONCLUSIONS).map(({ sentence }) =>
      safeText(sentence, LONGEST_PROSE)
    ),
    commands: repeatCommands(record),
    environment: environmentRows(record),
    tree: commit === undefined ? "unknown" : isDirty === false ? "clean" : "dirty",
    shares: SHARES,
    metrics: presentMetrics(cells, known),
    adapters: names.map((name) => adapterView(name, record, cells)),
    sections: summary.sections.map((section) => sectionView(section, adapterOf, blocksByCell)),
    blocks,
    ...(pressures.length === 0 ? {} : { highestPressure: Math.max(...pressures) }),
    warningCount: cells.reduce((sum, { warnings }) => sum + warnings.length, record.warnings.length),
  };
}

/** Five significant digits: more than any report prints, a third of the bytes. */
export function rounded(value: number): number {
  return significant(value, 5);
}

/** The rows of the environment table. */
export function environmentRows(
  { environment }: Pick<RunRecord, "environment">,
): (readonly [string, string])[] {
  const { commit, isDirty } = environment;
  const rows: (readonly [string, string])[] = [
    ["CPU", environment.cpuModel],
    ["Cores", formatCount(environment.coreCount)],
    ["Memory", formatQuantity(environment.memoryBytes, "bytes")],
    ["OS", environment.os],
    ["Deno", environment.deno],
    ["V8", environment.v8],
    ["SQLite", environment.sqlite],
    ["Machine", environment.machineId],
    ["Commit", commit === undefined ? "unknown" : `${commit}${isDirty ? ", with uncommitted changes" : ""}`],
    ["CI", environment.isCi ? "yes" : "no"],
  ];
  return rows.map(([name, value]) => [name, safeText(value)]);
}

function presentMetrics(cells: readonly CellSummary[], known: readonly MetricView[]): MetricView[] {
  const present = new Set<string>();
  const add = (values: ValueSummaries): void => {
    for (const id of values.keys()) present.add(id);
  };
  for (const { metrics, phases } of cells) {
    add(metrics);
    for (const phase of phases) {
      add(phase.metrics);
      for (const operation of phase.operations) add(operation.metrics);
    }
  }
  return known.filter(({ id }) => present.has(id));
}

function sectionView(
  section: WorkloadSection,
  adapterOf: ReadonlyMap<string, number>,
  blocksByCell: ReadonlyMap<string, readonly Block[]>,
): SectionView {
  const { key, scale, workload, phases, cells } = section;
  return {
    key: safeText(key),
    scale,
    title: safeText(workload?.title ?? ""),
    question: safeText(workload?.question ?? "", LONGEST_PROSE),
    unfair: safeText(workload?.unfair ?? "", LONGEST_PROSE),
    sizes: Object.entries(workload?.parameters[scale] ?? {}).map(([name, value]) =>
      safeText(`${name} ${formatCount(value)}`)
    ),
    phases: phases.map(({ name, title }) => ({ name: safeText(name), title: safeText(title) })),
    cells: cells.map((cell) =>
      cellView(cell, adapterOf.get(cell.name)!, blocksByCell.get(cell.cell.key) ?? [])
    ),
  };
}

function cellView(cell: CellSummary, adapter: number, blocks: readonly Block[]): CellView {
  const { name, status, verdict, measuredBlockCount, findingCount, skipReason } = cell;
  return {
    name: safeText(name),
    adapter,
    status,
    ...(verdict === undefined ? {} : { verdict }),
    measuredBlockCount,
    findingCount,
    findings: findingViews(cell),
    failures: failureSentences(cell).map(({ lead, reason, output }) => ({
      lead: safeText(lead),
      reason: safeText(reason, LONGEST_PROSE),
      output: output.map((line) => safeText(line)),
    })),
    ...(skipReason === undefined ? {} : { skipReason: safeText(skipReason, LONGEST_PROSE) }),
    warnings: cell.warnings.map(({ warning, blockIndexes }) =>
      safeText(`${describeWarning(warning)} (${formatBlocks(blockIndexes)})`, LONGEST_PROSE)
    ),
    metrics: blockValues(cell.metrics),
    phases: cell.phases.map((phase) => phaseView(phase, blocks)),
  };
}

function phaseView(
  { name, unwatched, metrics, operations, counters }: PhaseSummary,
  blocks: readonly Block[],
): PhaseView {
  const stored = blocks.flatMap((block) => block.status === "measured" ? block.phases : [])
    .filter((phase) => phase.name === name);
  const freshnessNs = quantiles(
    stored.flatMap(({ freshness }) => freshness === undefined ? [] : [freshness]),
  );
  return {
    name: safeText(name),
    unwatched,
    metrics: blockValues(metrics),
    operations: operations.map(({ label, count, metrics }) => ({
      label: safeText(label),
      count: rounded(count.estimate.value),
      metrics: blockValues(metrics),
      quantilesNs: quantiles(
        stored.flatMap((phase) => phase.operations.filter((one) => one.label === label)).map(({ latency }) =>
          latency
        ),
      ) ?? [],
    })),
    ...(freshnessNs === undefined ? {} : { freshnessNs }),
    counters: blockValues(counters),
  };
}

/** The median over blocks of each quantile; blocks without samples take no part. */
function quantiles(distributions: readonly Distribution[]): QuantilesNs | undefined {
  const filled = distributions.filter(({ samplesNs, sketchNs }) => (samplesNs ?? sketchNs ?? []).length > 0);
  if (filled.length === 0) return undefined;
  const ofBlocks = filled.map((one) => distributionQuantiles(one, SHARES));
  return SHARES.map((_, index) => rounded(median(sortSamples(ofBlocks.map((one) => one[index]!)))));
}

function blockValues(summaries: ValueSummaries): BlockValues {
  return Object.fromEntries(
    [...summaries].map(([id, { values }]) => [safeText(id), values.map(rounded)]),
  );
}

/** A database that lies does so in every block: equal evidence is shown once, with all places where it was seen. */
function findingViews({ findings }: CellSummary): FindingView[] {
  const alike = Map.groupBy(
    findings,
    ({ verdict, phase, query, detail }) => JSON.stringify([verdict, phase, query, detail]),
  );
  return [...alike.values()].map((group) => {
    const { verdict, phase, query, detail, history } = group[0]!;
    return {
      verdict,
      phase: safeText(phase),
      query: safeText(query, LONGEST_PROSE),
      detail: safeText(detail, LONGEST_PROSE),
      ...(history === undefined ? {} : { history: history.map(safeStep) }),
      seen: group.map(({ blockIndex, iteration }) => `block ${blockIndex}, iteration ${iteration}`),
    };
  });
}

function safeStep({ what, truth, shown, ...rest }: HistoryStep): HistoryStep {
  const safe = ({ rowCount, rows }: ResultExcerpt): ResultExcerpt => ({
    rowCount,
    rows: rows.map((row) => safeText(row, LONGEST_ROW)),
  });
  return {
    ...rest,
    what: safeText(what),
    truth: safe(truth),
    ...(shown === undefined ? {} : { shown: safe(shown) }),
  };
}

function adapterView(name: string, record: RunRecord, cells: readonly CellSummary[]): AdapterView {
  const own = cells.filter((cell) => cell.name === name);
  const { cell } = own[0]!;
  const described = record.adapters.find(({ id }) => id === cell.adapter);
  const capabilities = Object.hasOwn(record.capabilities, cell.key)
    ? record.capabilities[cell.key]
    : undefined;
  const facts = Map.groupBy(own.flatMap(({ facts }) => [...facts]), ([fact]) => fact);
  const homepage = described?.homepage ?? "";
  return {
    name: safeText(name),
    title: safeText(described?.title ?? ""),
    drivers: safeText(
      Object.entries(described?.drivers ?? {}).map(([driver, version]) => `${driver} ${version}`).join(", "),
    ),
    about: safeText(described?.about ?? "", LONGEST_PROSE),
    unfair: safeText(described?.unfair ?? "", LONGEST_PROSE),
    homepage: /^https:\/\/[\w.-]+(?:\/[\w./-]*)?$/.test(homepage) ? homepage : "",
    capabilities: capabilities === undefined ? [] : capabilityRows(capabilities),
    facts: [...facts].map(([fact, entries]) => [
      safeText(fact),
      safeText([...new Set(entries.flatMap(([, values]) => values))].join("; ")),
    ]),
  };
}

function capabilityRows(capabilities: Capabilities): (readonly [string, string])[] {
  return Object.entries(capabilities).map(([name, value]) => [
    safeText(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
    safeText(value === true ? "yes" : value === false ? "no" : String(value)),
  ]);
}

function blockViews(
  record: RunRecord,
  cells: readonly CellSummary[],
  adapterOf: ReadonlyMap<string, number>,
): BlockView[] {
  const byKey = new Map(cells.map((cell) => [cell.cell.key, cell]));
  const start = Date.parse(record.startedAt);
  return record.results.filter(({ status }) => status !== "skipped").map((block) => {
    const { cell, name } = byKey.get(block.cellKey)!;
    const { load1m, cpuPressureShare } = block.host;
    return {
      title: safeText(`${cell.workload}@${cell.workloadVersion} ${name}, block ${block.blockIndex}`),
      adapter: adapterOf.get(name)!,
      startMs: Date.parse(block.startedAt) - start,
      elapsedMs: Math.round(block.elapsedMs),
      status: block.status,
      ...(cpuPressureShare === undefined ? {} : { pressure: rounded(cpuPressureShare) }),
      ...(load1m === undefined ? {} : { load: rounded(load1m) }),
    };
  });
}
