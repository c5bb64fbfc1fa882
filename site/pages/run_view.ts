/** From a stored run to the data of its page. Pure: the same record gives the same data. */
import {
  type Block,
  describeWarning,
  type Distribution,
  type HistoryStep,
  type MeasuredBlock,
  METRICS_VERSION,
  type ResultExcerpt,
  type RunRecord,
  type RuntimeId,
  runtimeTitle,
} from "../../lib/model/mod.ts";
import {
  blocksWithNumbers,
  distributionQuantiles,
  median,
  SKETCH_STEP_COUNT,
  sortSamples,
} from "../../lib/stats/mod.ts";
import { drawConclusions, SHOWN_CONCLUSIONS } from "../../lib/report/conclusions.ts";
import { driftText } from "../../lib/report/drift.ts";
import { formatBlocks, formatCount, formatQuantity } from "../../lib/report/format.ts";
import { rateLadders } from "../../lib/report/rate_ladder.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { adapterView } from "./adapter_view.ts";
import { ladderView } from "./ladder_view.ts";
import { LONGEST_PROSE } from "./longest_prose.ts";
import { runCommands } from "../../lib/report/run_commands.ts";
import { runtimeViews } from "./runtimes_view.ts";
import { significant } from "./significant.ts";
import {
  type CellSummary,
  type PhaseSummary,
  type RunSummary,
  type ValueSummaries,
  type ValueSummary,
  type WorkloadSection,
} from "../../lib/report/summarize_run.ts";
import { failureSentences, meaningSentence, outcomeSentence } from "../../lib/report/wording.ts";
import { soakViews } from "./soak_view.ts";
import { sweepViews } from "./sweep_view.ts";
import type {
  BlockValues,
  BlockView,
  CellView,
  FindingView,
  KnownMetric,
  MetricView,
  PhaseView,
  QuantilesNs,
  RunView,
  SectionView,
} from "./view.ts";

/** Quantiles that a page keeps of a distribution. */
const SHARES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;

/** Four columns with values of forty characters. */
const LONGEST_ROW = 400;

/** The data of a run's page. `summary` is that of the record, `known` are all metrics there are. */
export function runView(record: RunRecord, summary: RunSummary, known: readonly KnownMetric[]): RunView {
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
    metricsVersion: record.metricsVersion,
    meaning: meaningSentence(summary) ?? "",
    warnings: record.warnings.map((warning) => safeText(describeWarning(warning), LONGEST_PROSE)),
    conclusions: drawConclusions(record, summary).slice(0, SHOWN_CONCLUSIONS).map(({ sentence }) =>
      safeText(sentence, LONGEST_PROSE)
    ),
    commands: runCommands(record),
    environment: environmentRows(record),
    tree: commit === undefined ? "unknown" : isDirty === false ? "clean" : "dirty",
    shares: SHARES,
    metrics: presentMetrics(summary, known),
    adapters: names.map((name) => adapterView(name, record, cells)),
    ladders: rateLadders(record, summary).map((ladder) => ladderView(ladder, adapterOf)),
    sections: summary.sections.map((section) => sectionView(section, adapterOf, blocksByCell)),
    runtimes: runtimeViews(summary, known),
    sweeps: sweepViews(summary, known, adapterOf),
    soaks: soakViews(record, summary, known, adapterOf),
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
    ...Object.entries(environment.runtimes ?? {}).map(([runtime, version]) =>
      [runtimeTitle(runtime as RuntimeId), version] as const
    ),
    ["Machine", environment.machineId],
    ["Commit", commit === undefined ? "unknown" : `${commit}${isDirty ? ", with uncommitted changes" : ""}`],
    ["CI", environment.isCi ? "yes" : "no"],
  ];
  return rows.map(([name, value]) => [name, safeText(value)]);
}

/** Metrics with a value, as this run means them and in the order in which its reports show them. */
function presentMetrics(
  { sections, metricsVersion }: RunSummary,
  known: readonly KnownMetric[],
): MetricView[] {
  const isOld = metricsVersion < METRICS_VERSION;
  const present = new Set<string>();
  const add = (values: ValueSummaries): void => {
    for (const id of values.keys()) present.add(id);
  };
  for (const { metrics, phases } of sections.flatMap(({ cells }) => cells)) {
    add(metrics);
    for (const phase of phases) {
      add(phase.metrics);
      for (const operation of phase.operations) add(operation.metrics);
    }
  }
  return known.filter(({ id }) => present.has(id))
    .toSorted((a, b) => isOld ? a.rankBefore - b.rankBefore : a.rank - b.rank)
    .map(({ id, scope, title, unit, direction, meaning, meaningBefore }) => ({
      id,
      scope,
      title,
      unit,
      direction,
      meaning: isOld ? meaningBefore : meaning,
    }));
}

function sectionView(
  section: WorkloadSection,
  adapterOf: ReadonlyMap<string, number>,
  blocksByCell: ReadonlyMap<string, readonly Block[]>,
): SectionView {
  const { key, scale, sizes, workload, phases, cells } = section;
  return {
    key: safeText(key),
    scale,
    title: safeText(workload?.title ?? ""),
    question: safeText(workload?.question ?? "", LONGEST_PROSE),
    unfair: safeText(workload?.unfair ?? "", LONGEST_PROSE),
    sizes: Object.entries(sizes).map(([name, value]) => safeText(`${name} ${formatCount(value)}`)),
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
    warnings: [
      ...cell.warnings.map(({ warning, blockIndexes }) =>
        `${describeWarning(warning)} (${formatBlocks(blockIndexes)})`
      ),
      ...cell.phases.flatMap((phase) => driftText(phase) ?? []),
    ].map((text) => safeText(text, LONGEST_PROSE)),
    metrics: blockValues(cell.metrics),
    phases: cell.phases.map((phase) => phaseView(phase, blocks)),
  };
}

function phaseView(
  { name, unwatched, load, metrics, operations, counters }: PhaseSummary,
  blocks: readonly Block[],
): PhaseView {
  const measured = blocks.filter((block): block is MeasuredBlock => block.status === "measured");
  const stored = blocksWithNumbers(measured).flatMap(({ phases }) => phases)
    // A cell whose rate is searched has blocks at other rates as well: its numbers are those of one.
    .filter((phase) => phase.name === name && phase.load?.ratePerSecond === load?.ratePerSecond);
  const recorded = (p50: string, p99: string): RecordedQuantiles =>
    new Map([[0.5, metrics.get(p50)], [0.99, metrics.get(p99)]]);
  const shownNs = quantiles(
    stored.flatMap(({ shown }) => shown ?? []),
    recorded("shown_p50_ns", "shown_p99_ns"),
  );
  const freshnessNs = quantiles(
    stored.flatMap(({ freshness }) => freshness ?? []),
    recorded("freshness_p50_ns", "freshness_p99_ns"),
  );
  return {
    name: safeText(name),
    unwatched,
    ...(load?.isSustained === false ? { isUnsustained: true } : {}),
    metrics: blockValues(metrics),
    operations: operations.map(({ label, count, metrics }) => ({
      label: safeText(label),
      count: rounded(count.estimate.value),
      metrics: blockValues(metrics),
      quantilesNs: quantiles(
        stored.flatMap((phase) => phase.operations.filter((one) => one.label === label)).map(({ latency }) =>
          latency
        ),
        new Map([
          [0.5, metrics.get("latency_p50_ns")],
          [0.9, metrics.get("latency_p90_ns")],
          [0.99, metrics.get("latency_p99_ns")],
        ]),
      ) ?? [],
    })),
    ...(shownNs === undefined ? {} : { shownNs }),
    ...(freshnessNs === undefined ? {} : { freshnessNs }),
    counters: blockValues(counters),
  };
}

/** Quantiles that blocks recorded as metrics, by share; `undefined` where their samples did not carry them. */
type RecordedQuantiles = ReadonlyMap<number, ValueSummary | undefined>;

/**
 * The median over blocks of each quantile: the recorded metric where there is one, so that a chart draws what the tables
 * say, else from what is stored of the samples. A tail that was not recorded is not drawn: stored quantiles lie a 64th
 * apart, and between the last two the maximum would pull it up. Blocks without samples take no part.
 */
function quantiles(
  distributions: readonly Distribution[],
  recorded: RecordedQuantiles,
): QuantilesNs | undefined {
  const filled = distributions.filter(({ samplesNs, sketchNs }) => (samplesNs ?? sketchNs ?? []).length > 0);
  if (filled.length === 0) return undefined;
  const ofBlocks = filled.map((one) => distributionQuantiles(one, SHARES));
  return SHARES.map((share, index) => {
    const metric = recorded.get(share);
    if (metric !== undefined) return rounded(metric.estimate.value);
    if (isBeyondSketch(share)) return null;
    return rounded(median(sortSamples(ofBlocks.map((one) => one[index]!))));
  });
}

/** Whether a share lies between an extreme and the stored quantile next to it. */
function isBeyondSketch(share: number): boolean {
  const distance = Math.min(share, 1 - share);
  return distance > 0 && distance < 1 / SKETCH_STEP_COUNT;
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
      seen: group.map(({ blockIndex, iteration }) => `repetition ${blockIndex}, iteration ${iteration}`),
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

function blockViews(
  record: RunRecord,
  cells: readonly CellSummary[],
  adapterOf: ReadonlyMap<string, number>,
): BlockView[] {
  const byKey = new Map(cells.map((cell) => [cell.cell.key, cell]));
  const start = Date.parse(record.startedAt);
  // The summary leaves out an anchor that the bench added.
  return record.results.filter(({ status, cellKey }) => status !== "skipped" && byKey.has(cellKey)).map(
    (block) => {
      const { cell, name } = byKey.get(block.cellKey)!;
      const { load1m, cpuPressureShare } = block.host;
      return {
        title: safeText(`${cell.workload}@${cell.workloadVersion} ${name}, repetition ${block.blockIndex}`),
        adapter: adapterOf.get(name)!,
        startMs: Date.parse(block.startedAt) - start,
        elapsedMs: Math.round(block.elapsedMs),
        status: block.status,
        ...(cpuPressureShare === undefined ? {} : { pressure: rounded(cpuPressureShare) }),
        ...(load1m === undefined ? {} : { load: rounded(load1m) }),
      };
    },
  );
}
