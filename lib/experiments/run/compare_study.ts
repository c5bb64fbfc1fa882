/**
 * The proof of `compare`: how often it claims a change between runs of the same program, and how often it finds one that
 * was planted.
 *
 * In: a long run on a machine as it is, and one beside busy processes, both in rounds. Each is cut into pseudo-runs of
 * consecutive rounds, as short runs one after the other would have been; every pair of them is compared by the very code
 * of `compare`. Pairs share blocks, so that rates are less certain than their number of comparisons suggests. A planted
 * change multiplies all times of one cell in the second run, the others staying as they are: the hardest case for a rule
 * that corrects for many comparisons.
 */
import {
  type MeasuredBlock,
  METRICS_VERSION,
  type MetricValues,
  type RunRecord,
  UsageError,
} from "../../model/mod.ts";
import { metricNamed } from "../../metrics/mod.ts";
import { compareRuns, type FloorLookup } from "../../report/mod.ts";

/** Version of the file of a study. */
export const COMPARE_STUDY_SCHEMA_VERSION = 1;

/** How much slower a cell is made. */
export const PLANTED_SHARE = 0.1;

/**
 * Blocks of each cell in a pseudo-run: the fewest that a run which stops by itself has, and what half of the default
 * budget of five minutes and the whole of it hold for two databases on one workload.
 */
export const STUDIED_BLOCK_COUNTS: readonly number[] = [6, 20, 40];

/** What `compare` is to hold. */
export const COMPARE_TARGET = { claimedShare: 0.01, foundShare: 0.9 } as const;

/** Pairs under one weather. `mixed`: a quiet run against a busy one. */
export interface CompareRow {
  /** Which long runs the two pseudo-runs are cut from. */
  readonly weather: "quiet" | "busy" | "mixed";
  /** Blocks of each cell in each pseudo-run. */
  readonly blockCount: number;
  /** Pairs that were compared. */
  readonly pairCount: number;
  /** Comparisons of one metric of one phase between equal programs, details included. */
  readonly comparisonCount: number;
  /** Those that were claimed to be better or worse. */
  readonly claimedCount: number;
  /** Planted changes: one cell of one pair each; none in mixed weather. */
  readonly plantedCount: number;
  /** Those of which done or shown p50 was claimed to be worse in some phase. */
  readonly foundCount: number;
}

/** Content of a file in `results/compare`. */
export interface CompareStudy {
  /** {@link COMPARE_STUDY_SCHEMA_VERSION}. */
  readonly schemaVersion: number;
  /** Meaning of the numbers that were compared. */
  readonly metricsVersion: number;
  /** The machine. */
  readonly machineId: string;
  /** Its processor, for people. */
  readonly cpuModel: string;
  /** The runtime. */
  readonly deno: string;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  /** The long runs, the quiet one first. */
  readonly runs: readonly { readonly run: string; readonly sha256: string; readonly busyProcesses: number }[];
  /** {@link PLANTED_SHARE}. */
  readonly plantedShare: number;
  /** By weather and number of blocks. */
  readonly rows: readonly CompareRow[];
}

/** Computes the study. The same runs give the same study. Throws a UsageError for runs that do not belong together. */
export function studyCompare(quiet: RunRecord, busy: RunRecord, floorOf?: FloorLookup): CompareStudy {
  const [busyOfQuiet, busyOfBusy] = [quiet, busy].map(({ settings }) => settings.busyProcesses ?? 0);
  if (busyOfQuiet !== 0 || busyOfBusy === 0) {
    throw new UsageError(
      `Cannot study comparisons as the first run must be without busy processes and the second beside some: they have ${busyOfQuiet} and ${busyOfBusy}`,
    );
  }
  const { environment: { machineId, cpuModel, deno } } = quiet;
  if (busy.environment.machineId !== machineId) {
    throw new UsageError("Cannot study comparisons as both runs must be of one machine: they are of two");
  }
  const options = floorOf === undefined ? {} : { floorOf };
  const rows = STUDIED_BLOCK_COUNTS.flatMap((blockCount) => {
    const [calm, held] = [quiet, busy].map((run) => pseudoRuns(run, blockCount)) as [
      RunRecord[],
      RunRecord[],
    ];
    return [
      studyPairs("quiet", blockCount, pairsOf(calm), options),
      studyPairs("busy", blockCount, pairsOf(held), options),
      studyPairs("mixed", blockCount, calm.flatMap((a) => held.map((b) => [a, b] as const)), options),
    ].filter(({ pairCount }) => pairCount > 0);
  });
  return {
    schemaVersion: COMPARE_STUDY_SCHEMA_VERSION,
    metricsVersion: METRICS_VERSION,
    machineId,
    cpuModel,
    deno,
    recordedAt: busy.endedAt ?? busy.startedAt,
    runs: [quiet, busy].map(({ id, sha256 = "", settings }) => ({
      run: id,
      sha256,
      busyProcesses: settings.busyProcesses ?? 0,
    })),
    plantedShare: PLANTED_SHARE,
    rows,
  };
}

/** Consecutive rounds, taken together; what is left at the end is left out. */
export function pseudoRuns(run: RunRecord, blockCount: number): RunRecord[] {
  const roundCount = Math.min(
    ...run.settings.cells.map(({ key }) => run.results.filter(({ cellKey }) => cellKey === key).length),
  );
  return Array.from({ length: Math.floor(roundCount / blockCount) }, (_, part) => ({
    ...run,
    id: `${run.id} part ${part}`,
    settings: { ...run.settings, blockCount },
    results: run.results.filter(({ blockIndex }) => Math.floor(blockIndex / blockCount) === part),
  }));
}

/** The run with all times of one cell longer by a share, and its rates lower. */
export function slowed(run: RunRecord, cellKey: string, share: number): RunRecord {
  const change = (metrics: MetricValues): MetricValues =>
    Object.fromEntries(
      Object.entries(metrics).map(([id, value]) => {
        const unit = metricNamed(id)?.unit;
        return [
          id,
          unit === "ns" ? value * (1 + share) : unit === "per-second" ? value / (1 + share) : value,
        ];
      }),
    );
  const slow = (block: MeasuredBlock): MeasuredBlock => ({
    ...block,
    metrics: change(block.metrics),
    phases: block.phases.map((phase) => ({
      ...phase,
      metrics: change(phase.metrics),
      operations: phase.operations.map((one) => ({ ...one, metrics: change(one.metrics) })),
    })),
  });
  return {
    ...run,
    results: run.results.map((block) =>
      block.cellKey === cellKey && block.status === "measured" ? slow(block) : block
    ),
  };
}

function pairsOf(runs: readonly RunRecord[]): (readonly [RunRecord, RunRecord])[] {
  return runs.flatMap((first, index) => runs.slice(index + 1).map((second) => [first, second] as const));
}

function studyPairs(
  weather: CompareRow["weather"],
  blockCount: number,
  pairs: readonly (readonly [RunRecord, RunRecord])[],
  options: { readonly floorOf?: FloorLookup },
): CompareRow {
  let [comparisonCount, claimedCount, plantedCount, foundCount] = [0, 0, 0, 0];
  for (const [first, second] of pairs) {
    const metrics = compareRuns(first, second, options).cells.flatMap((cell) => cell.metrics);
    comparisonCount += metrics.length;
    claimedCount += metrics.filter(({ verdict }) => verdict === "better" || verdict === "worse").length;
    if (weather === "mixed") continue;
    for (const { key, anchor } of second.settings.cells) {
      if (anchor === true) continue;
      const { cells } = compareRuns(first, slowed(second, key, PLANTED_SHARE), options);
      const own = cells.find(({ cellKey }) => cellKey === key)?.metrics ?? [];
      plantedCount += 1;
      foundCount += Number(own.some(({ leads, verdict }) => leads && verdict === "worse"));
    }
  }
  return {
    weather,
    blockCount,
    pairCount: pairs.length,
    comparisonCount,
    claimedCount,
    plantedCount,
    foundCount,
  };
}

/** A study as text for a terminal. */
export function describeCompareStudy({ rows, plantedShare }: CompareStudy): string {
  const percent = (count: number, of: number): string =>
    of === 0 ? "none were made" : `${count} of ${of} (${(100 * count / of).toFixed(2)} %)`;
  const lines = rows.map((row) =>
    `${row.weather.padEnd(5)}  ${String(row.blockCount).padStart(2)} blocks  ${row.pairCount} pairs: ` +
    `changes claimed between equal programs ${percent(row.claimedCount, row.comparisonCount)}, ` +
    `planted +${Math.round(100 * plantedShare)} % found ${percent(row.foundCount, row.plantedCount)}`
  );
  const sum = (read: (row: CompareRow) => number): number =>
    rows.reduce((total, row) => total + read(row), 0);
  return [
    ...lines,
    `In all, ${
      percent(sum((row) => row.claimedCount), sum((row) => row.comparisonCount))
    } of comparisons between ` +
    `equal programs claim a change (wanted: ${
      100 * COMPARE_TARGET.claimedShare
    } % at most); planted changes found: ${
      percent(sum((row) => row.foundCount), sum((row) => row.plantedCount))
    } (wanted: ${100 * COMPARE_TARGET.foundShare} %)`,
  ].join("\n");
}
