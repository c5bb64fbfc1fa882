/** One measurement with everything around it: the run folder, child processes, signals, progress, the report. */
import { join } from "node:path";
import process from "node:process";
import { runBlockProcess } from "../../cli/block_process.ts";
import { ProgressLine } from "../../cli/progress.ts";
import {
  describeCells,
  environmentWarnings,
  requireSameMachine,
  summarizeAdapters,
  summarizeWorkloads,
} from "../../cli/run_setup.ts";
import { skipReason } from "../../cli/select_cells.ts";
import { makeTempDirectory, sweepTempDirectories } from "../../cli/temp_directory.ts";
import { type Block, type RunRecord, UsageError } from "../../model/mod.ts";
import {
  createRun,
  hostReading,
  loadRun,
  type OpenRun,
  readEnvironment,
  readHost,
  replaceFile,
  resumeRun,
} from "../../record/mod.ts";
import { reporterById } from "../../report/mod.ts";
import type { PlannedBlock } from "../../runner/mod.ts";
import { startBusyProcesses } from "./busy_processes.ts";
import { Checkouts } from "./checkout.ts";
import type { JudgedRun } from "./readings.ts";
import type { MeasuredCell } from "./lanes.ts";
import { measureRounds, type RoundsEnding } from "./measure_rounds.ts";
import { blocksPerRound, planRound } from "./plan_round.ts";

/** What is measured. */
export interface Measurement {
  /** Label of the run. */
  readonly label: string;
  /** Folder of all runs. */
  readonly resultsFolder: string;
  /** Root of the repository, whose revisions arms may be. */
  readonly root: string;
  /** Cells that are compared with each other, each as often as it runs in a round. */
  readonly groups: readonly (readonly MeasuredCell[])[];
  /** Blocks that each side of a pair has among them. */
  readonly blocksPerSide: number;
  /** Seed of the order and of the traffic. */
  readonly seed: number;
  /** Rounds at most, those included that are measured again. */
  readonly mostRounds: number;
  /** No round begins after this time. */
  readonly budgetMs: number;
  /** Longest time for one block. */
  readonly timeoutMs: number;
  /** Processes that keep CPUs busy meanwhile; none where it is absent. */
  readonly busyProcesses?: number;
  /** Folder of an interrupted run of the same cells, seed and blocks per side, to go on with. */
  readonly resume?: string;
  /** Asked after each round with all blocks so far. */
  isEnough(run: JudgedRun, roundCount: number): boolean;
}

/** A sealed measurement. */
export interface MeasuredRun {
  /** Path of the run folder. */
  readonly folder: string;
  /** What is stored there. */
  readonly record: RunRecord;
  /** Why it ended. */
  readonly ending: RoundsEnding;
}

/**
 * Measures. Every block is on the disk as it ends; Ctrl-C seals what there is as partial, and so does an error.
 * Throws a UsageError when a cell cannot run here.
 */
export async function measure(measurement: Measurement): Promise<MeasuredRun> {
  const { groups, seed, mostRounds, resultsFolder } = measurement;
  const measured = new Map(groups.flat().map((one) => [one.cell.key, one]));
  for (const one of measured.values()) {
    const reason = skipReason(one);
    if (reason !== undefined) throw new UsageError(`Cannot compare arms as every one must run: ${reason}`);
  }
  const tempDirectory = await makeTempDirectory();
  await sweepTempDirectories(join(tempDirectory, ".."));
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  try {
    await using checkouts = new Checkouts(measurement.root, tempDirectory);
    const roots = new Map<string, string>();
    for (const { revision } of measured.values()) {
      if (revision !== undefined) roots.set(revision, await checkouts.rootOf(revision));
    }
    using run = measurement.resume === undefined
      ? open(measurement, [...measured.values()])
      : reopen(measurement, measurement.resume);
    console.error(`Writing ${run.folder}`);
    await using _busy = startBusyProcesses(measurement.busyProcesses ?? 0);
    const cells = groups.map((group) => group.map(({ cell }) => cell));
    const planned = Array.from({ length: mostRounds }, (_, round) => planRound(cells, round, seed)).flat();
    const progress = new ProgressLine(
      planned.filter((block) => !isDone(run, block)),
      {
        write: (text) => void process.stderr.write(text),
        isTerminal: Deno.stderr.isTerminal(),
        width: () => Deno.stderr.isTerminal() ? Deno.consoleSize().columns : 80,
      },
      () => performance.now(),
      measurement.budgetMs,
    );
    let ending: RoundsEnding = "interrupted";
    try {
      ending = await measureRounds({
        groups: cells,
        seed,
        budgetMs: measurement.budgetMs,
        nowMs: () => performance.now(),
        isEnough: (roundCount) =>
          roundCount >= mostRounds ||
          measurement.isEnough({ ...run.header, results: run.blocks }, roundCount),
        isDone: (block) => isDone(run, block),
        skipReason: () => undefined,
        spawn: (block, onStep) => {
          const one = measured.get(block.cell.key)!;
          const checkout = one.revision === undefined ? undefined : roots.get(one.revision);
          return runBlockProcess(one, block, {
            tempDirectory,
            keepTemp: false,
            seed,
            timeoutMs: measurement.timeoutMs,
            signal: interrupt.signal,
            ...(checkout === undefined ? {} : { checkout }),
            ...(one.driverConfigPath === undefined ? {} : { driverConfigPath: one.driverConfigPath }),
            ...(one.slowdownShare === undefined ? {} : { slowdownShare: one.slowdownShare }),
          }, onStep);
        },
        watchHost: () => {
          const before = readHost();
          return () => hostReading(before, readHost());
        },
        append: (block: Block) => run.append(block),
        signal: interrupt.signal,
        now: () => new Date(),
        onProgress: (step) => progress.show(step),
      });
    } finally {
      progress.clear();
      run.seal({ status: ending === "interrupted" ? "partial" : "complete", now: new Date() });
      replaceFile(join(run.folder, "report.md"), reporterById("markdown").render(loadRun(run.folder)));
    }
    return { folder: run.folder, record: loadRun(run.folder), ending };
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
    await Deno.remove(tempDirectory, { recursive: true });
  }

  function isDone(run: OpenRun, { cell, blockIndex }: PlannedBlock): boolean {
    return run.has(cell.key, blockIndex);
  }

  function reopen({ label }: Measurement, folder: string): OpenRun {
    const run = resumeRun(folder);
    try {
      requireSameMachine(run.header, readEnvironment(measurement.root));
      if (run.header.label === label) return run;
      throw new UsageError(
        `Cannot resume run "${run.header.id}" as it must be one of this command: its label is "${run.header.label}", not "${label}"`,
      );
    } catch (error) {
      run.close();
      throw error;
    }
  }

  function open(
    { label, mostRounds, timeoutMs, blocksPerSide, busyProcesses = 0 }: Measurement,
    cells: readonly MeasuredCell[],
  ): OpenRun {
    const environment = readEnvironment(measurement.root);
    const scales = [...new Set(cells.map(({ cell: { scale } }) => scale))];
    const workloads = new Map(
      cells.map(({ workload }) => [`${workload.id}@${workload.version}`, { workload }]),
    );
    const perRound = Math.max(
      ...cells.map(({ cell: { key } }) =>
        blocksPerRound(groups.map((group) => group.map(({ cell }) => cell)), key)
      ),
    );
    return createRun({
      root: resultsFolder,
      label,
      now: new Date(),
      settings: {
        cells: cells.map(({ cell }) => cell),
        blockCount: mostRounds * perRound,
        blocksPerSide,
        ...(busyProcesses === 0 ? {} : { busyProcesses }),
        seed,
        timeoutMs,
      },
      environment,
      adapters: summarizeAdapters(cells),
      workloads: summarizeWorkloads([...workloads.values()], scales),
      ...describeCells(cells),
      warnings: environmentWarnings(environment),
    });
  }
}
