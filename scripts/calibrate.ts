/**
 * `deno task calibrate`: measure the same program against itself, and keep what the machine makes up. With `--power`,
 * plant slowdowns and prove that they are found.
 */
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { combineCells, selectAdapters, selectScales, selectWorkloads } from "../lib/cli/select_cells.ts";
import { loadExperiments } from "../lib/experiments/mod.ts";
import { calibrate, storeCalibration } from "../lib/experiments/run/calibration.ts";
import { lanesOf, type MeasuredCell, measuredCell } from "../lib/experiments/run/lanes.ts";
import { measure } from "../lib/experiments/run/measure.ts";
import { type CalibrateOptions, parseCalibrateArguments } from "../lib/experiments/run/options.ts";
import { powerGroup, storePower, studyPower } from "../lib/experiments/run/power.ts";
import { describeCalibration, describePower } from "../lib/experiments/run/text.ts";
import { type Experiment, type RunRecord, UsageError } from "../lib/model/mod.ts";
import { loadRun } from "../lib/record/mod.ts";

/** Cells that are studied when none are named: a synchronous database and one behind a thread. */
const POWER_CELLS = { workloads: ["keyed-pk"], adapters: ["node-sqlite", "watchlite"] };
const BLOCK_TIMEOUT_MS = 120_000;

async function main(options: CalibrateOptions): Promise<number> {
  const { experiments: all } = await loadExperiments(options.root);
  const experiments = all.map(({ experiment }) => experiment);
  const resultsFolder = options.out ?? join(options.root, "results");
  const cells = options.id.length > 0
    ? controlCells(options.id.map((id) => {
      const loaded = all.find((one) => Number(one.id) === Number(id));
      if (loaded !== undefined) return loaded.experiment;
      throw new UsageError(
        `Cannot find experiment "${id}": there are ${all.map((one) => one.id).join(", ") || "none"}`,
      );
    }))
    : options.from === undefined || hasNames(options)
    ? await typedCells(options)
    : [];
  const label = options.power ? "power" : "calibrate";
  const run = options.from === undefined
    ? await measureCells(options, cells, label, resultsFolder)
    : storedRun(findRun(options.from, resultsFolder), label);
  if (run.status === "partial") {
    console.error("Interrupted: what was measured is kept, nothing is recorded");
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
    const study = studyPower(run, cells.length > 0 ? cells : plainCells(run));
    console.log(options.json ? JSON.stringify(study, null, 2) : describePower(study));
    console.error(`Wrote ${storePower(resultsFolder, study)}`);
  } else {
    const calibration = calibrate(run, experiments);
    console.log(options.json ? JSON.stringify(calibration, null, 2) : describeCalibration(calibration));
    console.error(`Wrote ${storeCalibration(resultsFolder, calibration)}`);
  }
  return EXIT.fine;
}

/** The cells of the arms that others are compared with. */
function controlCells(experiments: readonly Experiment[]): MeasuredCell[] {
  const cells = experiments.flatMap((experiment) =>
    lanesOf(experiment).lanes.filter(({ arm }) =>
      arm.name === experiment.control && arm.revision === undefined
    )
      .map(({ measured }) => measured)
  );
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

/** The cells of a power run that were not slowed down. */
function plainCells({ settings }: RunRecord): MeasuredCell[] {
  const cells = settings.cells.map((cell) => ({
    key: cell.key,
    plain: measuredCell({ workload: `${cell.workload}@${cell.workloadVersion}`, scale: cell.scale }, cell),
  }));
  return cells.filter(({ key, plain }) => key === plain.cell.key).map(({ plain }) => plain);
}

async function measureCells(
  { root, pairs, budget, seed, power }: CalibrateOptions,
  cells: readonly MeasuredCell[],
  label: string,
  resultsFolder: string,
): Promise<RunRecord> {
  const { record } = await measure({
    label,
    resultsFolder,
    root,
    groups: cells.map((one) => power ? powerGroup(one) : [one, one]),
    seed,
    mostRounds: pairs,
    budgetMs: budget,
    timeoutMs: BLOCK_TIMEOUT_MS,
    isEnough: () => false,
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
