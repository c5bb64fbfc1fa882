/** One round of a plan on this machine: every cell once, as a run folder of its own. */
import { join } from "node:path";
import { runBlockProcess } from "../../lib/cli/block_process.ts";
import { selectAdapter, type SelectedCell, selectWorkload, skipReason } from "../../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../../lib/cli/temp_directory.ts";
import type { Block } from "../../lib/model/mod.ts";
import { createRun, hostReading, readHost, type RunDescription } from "../../lib/record/mod.ts";
import { type PlannedBlock, runPlan } from "../../lib/runner/mod.ts";
import { shuffledRound } from "../../lib/runner/plan.ts";
import type { FleetPlan } from "./fleet_plan.ts";
import type { MachineState } from "./machine.ts";

/** A round that is to be run. */
export interface RoundRun {
  readonly plan: FleetPlan;
  readonly cells: readonly SelectedCell[];
  /** From 0; see {@link plannedRound}. */
  readonly round: number;
  readonly machine: MachineState;
  /** Where the run folder is made. */
  readonly root: string;
  readonly signal: AbortSignal;
  onBlock(block: PlannedBlock): void;
}

/** The objects behind the cells of a plan. Throws a UsageError where this code does not know them. */
export function selectPlanned({ settings }: FleetPlan): Promise<SelectedCell[]> {
  return Promise.all(settings.cells.map(async (cell) => {
    const { workload } = await selectWorkload(
      cell.workloadModule ?? `${cell.workload}@${cell.workloadVersion}`,
    );
    const { adapter } = await selectAdapter(cell.adapterModule ?? cell.adapter);
    return { cell, workload, adapter };
  }));
}

/**
 * The blocks of a round, in an order that follows from the plan alone: round 0 keeps whole rows, every other one is
 * measured. A block's index is its round, so that all cells play the same traffic in a round, on whatever machine.
 */
export function plannedRound(
  { cells, seed }: FleetPlan["settings"],
  round: number,
): PlannedBlock[] {
  return shuffledRound(cells, round, seed).map((cell, position) => ({
    cell,
    evidence: round === 0 ? "rows" : "digests",
    blockIndex: round,
    position,
  }));
}

/** What runs next: a measured block that was wrong is followed by one that keeps rows, whose index no round has. */
export function nextInRound(
  settings: FleetPlan["settings"],
  round: number,
): (kept: readonly Block[]) => PlannedBlock | undefined {
  const left = plannedRound(settings, round);
  return (kept) => {
    const last = kept.at(-1);
    const position = kept.length;
    if (last?.status === "measured" && last.verdict !== "converged" && last.evidence === "digests") {
      const cell = settings.cells.find(({ key }) => key === last.cellKey)!;
      return { cell, evidence: "rows", blockIndex: settings.blockCount + round, position };
    }
    const next = left.shift();
    return next === undefined ? undefined : { ...next, position };
  };
}

/**
 * Runs a round and seals its run folder. Returns the folder, or `undefined` when the signal was aborted: what was measured is
 * removed then, since a round is whole or nothing. Throws what `createRun` and `append` throw when the disk is full.
 */
export async function runRound(
  { plan, cells, round, machine, root, signal, onBlock }: RoundRun,
): Promise<string | undefined> {
  const { settings, adapters, workloads, capabilities, delays } = plan;
  const description: RunDescription = {
    settings,
    environment: machine.environment,
    adapters,
    workloads,
    capabilities,
    ...(delays === undefined ? {} : { delays }),
    warnings: [],
  };
  const selected = new Map(cells.map((choice) => [choice.cell.key, choice]));
  const tempDirectory = await makeTempDirectory();
  using run = createRun({
    ...description,
    root,
    label: `round-${round}-${crypto.randomUUID().slice(0, 8)}`,
    now: new Date(),
  });
  let isWhole = false;
  try {
    const outcome = await runPlan({
      next: nextInRound(settings, round),
      skipReason: (cell) => skipReason(selected.get(cell.key)!),
      spawn: (block, onStep) =>
        runBlockProcess(selected.get(block.cell.key)!, block, {
          tempDirectory,
          keepTemp: false,
          seed: settings.seed,
          timeoutMs: settings.timeoutMs,
          signal,
          timeline: block.evidence === "rows",
        }, onStep),
      watchHost: () => {
        const before = readHost();
        return () => hostReading(before, readHost());
      },
      append: (block, timeline) => run.append(block, timeline),
      signal,
      now: () => new Date(),
      nowMs: () => performance.now(),
      onProgress: (progress) => {
        if (progress.kind === "started") onBlock(progress.block);
      },
    });
    if (outcome === "complete") {
      run.seal({ status: "complete", now: new Date() });
      isWhole = true;
    }
  } finally {
    run.close();
    await Deno.remove(tempDirectory, { recursive: true });
    if (!isWhole) await Deno.remove(run.folder, { recursive: true });
  }
  return isWhole ? join(run.folder) : undefined;
}
