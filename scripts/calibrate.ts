/**
 * `deno task calibrate`: measure the same program against itself, and keep what the machine makes up. With `--power`,
 * plant slowdowns and prove that they are found.
 */
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { findRun } from "../lib/cli/find_run.ts";
import {
  combineCells,
  selectAdapters,
  selectScales,
  selectWorkloads,
  splitList,
  withAnchor,
} from "../lib/cli/select_cells.ts";
import { describeCompareStudy, studyCompare } from "../lib/experiments/run/compare_study.ts";
import { storeCompareStudy } from "../lib/experiments/run/compare_study_file.ts";
import { runFloors } from "../lib/experiments/run/run_floors.ts";
import { findExperiment, type LoadedExperiment, loadExperiments } from "../lib/experiments/mod.ts";
import { blockCosts } from "../lib/experiments/run/block_costs.ts";
import { calibrate, loadCalibration, storeCalibration } from "../lib/experiments/run/calibration.ts";
import {
  comparedPlaces,
  lanesOf,
  type MeasuredCell,
  measuredCell,
  repeated,
} from "../lib/experiments/run/lanes.ts";
import { measure } from "../lib/experiments/run/measure.ts";
import { type CalibrateOptions, parseCalibrateArguments } from "../lib/experiments/run/options.ts";
import { powerGroup, studyPower } from "../lib/experiments/run/power.ts";
import { storePower } from "../lib/experiments/run/power_file.ts";
import { describeCalibration, describeCalibrationPlan, describePower } from "../lib/experiments/run/text.ts";
import { type RunRecord, UsageError } from "../lib/model/mod.ts";
import { loadRun } from "../lib/record/mod.ts";
import { BLOCKS_PER_SIDE } from "../lib/stats/mod.ts";

/** Cells that are studied when none are named: a synchronous database and one behind a thread. */
const POWER_CELLS = { workloads: ["keyed-pk"], adapters: ["node-sqlite", "watchlite"] };
const BLOCK_TIMEOUT_MS = 120_000;

async function main(options: CalibrateOptions): Promise<number> {
  if (options.compare) return await proveCompare(options);
  const { experiments: all } = await loadExperiments(options.root);
  const experiments = all.map(({ experiment }) => experiment);
  const resultsFolder = options.out ?? join(options.root, "results");
  const label = options.power ? "power" : "calibrate";
  const stored = options.resume ?? options.from;
  const begun = stored === undefined ? undefined : storedRun(findRun(stored, resultsFolder), label);
  const cells = options.id.length > 0
    ? comparedCells(options.id.map((id) => findExperiment(all, id)))
    : begun !== undefined && !hasNames(options)
    ? plainCells(begun)
    : await typedCells(options);
  const run = begun !== undefined && options.resume === undefined
    ? begun
    : await measureCells(options, { cells, label, resultsFolder, begun });
  if (run.status === "partial") {
    console.error(
      `Interrupted, and nothing is recorded: go on with --resume ${join(resultsFolder, run.id)}${
        options.power ? " --power" : ""
      }`,
    );
    return EXIT.interrupted;
  }
  const isFine = run.results.every((block) => block.status === "measured" && block.verdict === "converged");
  if (!isFine) {
    console.error(
      `Cannot tell noise as every block must be right: see ${join(resultsFolder, run.id, "report.md")}`,
    );
    return EXIT.wrong;
  }
  if (options.power) {
    const study = studyPower(run, cells);
    console.log(options.json ? JSON.stringify(study, null, 2) : describePower(study));
    console.error(`Wrote ${storePower(resultsFolder, study)}`);
  } else {
    const calibration = calibrate(run, experiments);
    console.log(options.json ? JSON.stringify(calibration, null, 2) : describeCalibration(calibration));
    console.error(`Wrote ${storeCalibration(resultsFolder, calibration)}`);
  }
  return EXIT.fine;
}

/** Cells that runs are compared on: a database behind a thread and one on the caller's, and the anchor beside them. */
const COMPARED_CELLS = { workloads: ["keyed-pk"], adapters: ["watchlite", "tinybase"] };

/** Measures a quiet run and a busy one, or takes stored ones, and counts what `compare` says of their parts. */
async function proveCompare(options: CalibrateOptions): Promise<number> {
  const resultsFolder = options.out ?? join(options.root, "results");
  const begun = splitList([options.from ?? options.resume ?? []].flat())
    .map((name) => storedRun(findRun(name, resultsFolder), "compare"));
  if (options.from !== undefined && begun.length !== 2) {
    throw new UsageError(
      `Cannot compute from ${begun.length} runs as there must be two, the quiet one first: --from <run>,<run>`,
    );
  }
  if (begun.length > 2 || begun.some(({ settings }, index) => (settings.busyProcesses ?? 0) !== index)) {
    throw new UsageError(
      "Cannot go on as the quiet run must come first and the busy one, if it was begun, second: --resume <run>,<run>",
    );
  }
  const runs: RunRecord[] = [];
  for (const busyProcesses of [0, 1]) {
    const own = begun[busyProcesses];
    const run = own !== undefined && (options.from !== undefined || own.status === "complete")
      ? own
      : await measureForCompare(options, { busyProcesses, resultsFolder, begun: own });
    if (run.status === "partial") {
      const names = [...runs, run].map(({ id }) => join(resultsFolder, id)).join(",");
      console.error(`Interrupted, and nothing is recorded: go on with --compare --resume ${names}`);
      return EXIT.interrupted;
    }
    runs.push(run);
  }
  const [quiet, busy] = runs as [RunRecord, RunRecord];
  const study = studyCompare(
    quiet,
    busy,
    runFloors(loadCalibration(resultsFolder, quiet.environment.machineId)),
  );
  if (study.rows.length === 0) {
    throw new UsageError(
      "Cannot study comparisons as each run must have two parts of 6 rounds: give --budget more time, or fewer cells",
    );
  }
  console.log(options.json ? JSON.stringify(study, null, 2) : describeCompareStudy(study));
  console.error(`Wrote ${storeCompareStudy(resultsFolder, study)}`);
  return EXIT.fine;
}

async function measureForCompare(
  options: CalibrateOptions,
  { busyProcesses, resultsFolder, begun }: {
    readonly busyProcesses: number;
    readonly resultsFolder: string;
    readonly begun: RunRecord | undefined;
  },
): Promise<RunRecord> {
  const cells = begun === undefined
    ? withAnchor(combineCells(
      await selectWorkloads(options.workload.length > 0 ? options.workload : COMPARED_CELLS.workloads),
      await selectAdapters(options.adapter, COMPARED_CELLS.adapters),
      selectScales(options.scale),
    ))
    : plainCells(begun);
  const { record } = await measure({
    label: "compare",
    resultsFolder,
    root: options.root,
    groups: cells.map((cell) => [cell]),
    blocksPerSide: 1,
    busyProcesses,
    seed: begun?.settings.seed ?? options.seed + busyProcesses,
    mostRounds: begun?.settings.blockCount ?? options.pairs,
    budgetMs: options.budget / 2,
    timeoutMs: BLOCK_TIMEOUT_MS,
    isEnough: () => false,
    ...(begun === undefined ? {} : { resume: join(resultsFolder, begun.id) }),
  });
  return record;
}

/** The cells of control arms where ratios to them are judged. Throws a UsageError when there are none. */
function comparedCells(experiments: readonly LoadedExperiment[]): MeasuredCell[] {
  const cells = experiments.flatMap(({ id, experiment }) => {
    const compared = comparedPlaces(experiment);
    const own = lanesOf(experiment).lanes.filter(({ arm, place }) =>
      arm.name === experiment.control && arm.revision === undefined && compared.has(place)
    );
    if (own.length > 0) return own.map(({ measured }) => measured);
    throw new UsageError(
      `Cannot calibrate experiment ${id} as it must compare arms with a control of this code: it judges no ratio to one`,
    );
  });
  return [...new Map(cells.map((one) => [one.cell.key, one])).values()];
}

async function typedCells(options: CalibrateOptions): Promise<MeasuredCell[]> {
  const { workload, adapter, scale, power } = options;
  if (!power && !hasNames(options)) {
    throw new UsageError("Cannot calibrate without cells: give --id, or --workload and --adapter");
  }
  const workloads = await selectWorkloads(workload.length > 0 ? workload : POWER_CELLS.workloads);
  const adapters = await selectAdapters(adapter, POWER_CELLS.adapters);
  return combineCells(workloads, adapters, selectScales(scale));
}

function hasNames({ workload, adapter }: CalibrateOptions): boolean {
  return workload.length > 0 || adapter.length > 0;
}

/** The cells of a stored run, each once and as it is without a planted slowdown. */
function plainCells({ settings }: RunRecord): MeasuredCell[] {
  const cells = settings.cells.map((cell) =>
    measuredCell({ workload: `${cell.workload}@${cell.workloadVersion}`, scale: cell.scale }, cell)
  );
  return [...new Map(cells.map((one) => [one.cell.key, one])).values()];
}

/** What is measured, and where it goes. */
interface CellsToMeasure {
  readonly cells: readonly MeasuredCell[];
  readonly label: string;
  readonly resultsFolder: string;
  /** A run to go on with. */
  readonly begun: RunRecord | undefined;
}

async function measureCells(
  { root, pairs, budget, seed, power, busy }: CalibrateOptions,
  { cells, label, resultsFolder, begun }: CellsToMeasure,
): Promise<RunRecord> {
  const blocksPerSide = begun === undefined ? BLOCKS_PER_SIDE : begun.settings.blocksPerSide ?? 1;
  const groups = cells.map((one) =>
    power ? powerGroup(one, blocksPerSide) : repeated([one], 2 * blocksPerSide)
  );
  const mostRounds = begun === undefined ? pairs : begun.settings.blockCount / (2 * blocksPerSide);
  const keys = cells.flatMap(({ cell: { key } }, index) => groups[index]!.map(() => key));
  console.error(
    describeCalibrationPlan({ keys, mostRounds, budgetMs: budget }, blockCosts(resultsFolder, keys)),
  );
  const { record } = await measure({
    label,
    resultsFolder,
    root,
    groups,
    blocksPerSide,
    busyProcesses: begun === undefined ? busy : begun.settings.busyProcesses ?? 0,
    seed: begun === undefined ? seed : begun.settings.seed,
    mostRounds,
    budgetMs: budget,
    timeoutMs: BLOCK_TIMEOUT_MS,
    isEnough: () => false,
    ...(begun === undefined ? {} : { resume: join(resultsFolder, begun.id) }),
  });
  return record;
}

function storedRun(folder: string, label: string): RunRecord {
  const record = loadRun(folder);
  if (record.label === label) return record;
  throw new UsageError(
    `Cannot compute from run "${record.id}" as it must be one of this command: its label is "${record.label}", not "${label}"`,
  );
}

if (import.meta.main) {
  try {
    const options = parseCalibrateArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await main(options));
  } catch (error) {
    Deno.exit(reportFailure("calibrate", error));
  }
}
