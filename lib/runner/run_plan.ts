/** Runs planned blocks one after the other and hands each to the record as it ends. */
import type { Block, Cell, HostReading, PhaseTimeline, Warning } from "../model/mod.ts";
import type { PlannedBlock } from "./plan.ts";
import type { SpawnedBlock } from "./spawn_block.ts";

/** What the plan's run needs from outside; it knows no registry and no folder. */
export interface PlanRun {
  readonly planned: readonly PlannedBlock[];
  /** Why a cell cannot run at all, known without starting it; `undefined` when it can. */
  skipReason(cell: Cell): string | undefined;
  /** Runs one block in a child process. */
  spawn(block: PlannedBlock, onStep: (step: string) => void): Promise<SpawnedBlock>;
  /** Starts watching the host; the returned function ends that and tells what was seen. */
  watchHost(): () => HostReading;
  /**
   * Keeps a block, and the pictures that its child sent; the next one starts when it is kept. Throws a TypeError, with
   * nothing kept, for what breaks the format.
   */
  append(block: Block, timeline?: readonly PhaseTimeline[]): void;
  readonly signal: AbortSignal;
  now(): Date;
  /** A clock that never goes back, in milliseconds. */
  nowMs(): number;
  onProgress(progress: Progress): void;
}

/** Where the run is. */
export type Progress =
  | { readonly kind: "started"; readonly block: PlannedBlock }
  | { readonly kind: "step"; readonly block: PlannedBlock; readonly step: string }
  | { readonly kind: "ended"; readonly block: PlannedBlock; readonly result: Block }
  /** All cells have one more block than before. */
  | { readonly kind: "round"; readonly roundIndex: number };

/** Share of time with tasks waiting for a CPU above which a block is marked. */
const CPU_PRESSURE_LIMIT = 0.2;

/**
 * Runs the plan. A cell that is skipped gets one block and no further ones. Returns `interrupted` when the signal was
 * aborted; the block that ran then is discarded, the ones before are kept.
 */
export async function runPlan(run: PlanRun): Promise<"complete" | "interrupted"> {
  const skipped = new Set<string>();
  for (const [index, block] of run.planned.entries()) {
    if (run.signal.aborted) return "interrupted";
    const { cell } = block;
    if (!skipped.has(cell.key)) {
      run.onProgress({ kind: "started", block });
      const one = await runOne(run, block);
      if (one === undefined) return "interrupted";
      const result = keep(run, one);
      if (result.status === "skipped") skipped.add(cell.key);
      run.onProgress({ kind: "ended", block, result });
    }
    const next = run.planned[index + 1];
    if (next === undefined || next.blockIndex !== block.blockIndex) {
      run.onProgress({ kind: "round", roundIndex: block.blockIndex });
    }
  }
  return "complete";
}

/** A block and the pictures of it. */
interface EndedBlock {
  readonly result: Block;
  readonly timeline?: readonly PhaseTimeline[] | undefined;
}

/** What a child says comes from a program that is not trusted: a block that the record refuses has failed. */
function keep(run: PlanRun, { result, timeline }: EndedBlock): Block {
  try {
    run.append(result, timeline);
    return result;
  } catch (error) {
    if (!(error instanceof TypeError) || result.status !== "measured") throw error;
    const { cellKey, blockIndex, position, startedAt, elapsedMs, host, warnings } = result;
    const base = { cellKey, blockIndex, position, startedAt, elapsedMs, host, warnings };
    const failed: Block = { ...base, status: "failed", reason: error.message, output: [] };
    run.append(failed);
    return failed;
  }
}

async function runOne(run: PlanRun, block: PlannedBlock): Promise<EndedBlock | undefined> {
  const startedAt = run.now();
  const startMs = run.nowMs();
  const endHostWatch = run.watchHost();
  const base = (warnings: readonly Warning[] = []) => {
    const host = endHostWatch();
    const pressure = host.cpuPressureShare ?? 0;
    return {
      cellKey: block.cell.key,
      blockIndex: block.blockIndex,
      position: block.position,
      startedAt: startedAt.toISOString(),
      elapsedMs: Math.round(run.nowMs() - startMs),
      host,
      warnings: pressure > CPU_PRESSURE_LIMIT
        ? [...warnings, { kind: "cpu-pressure" as const, share: pressure }]
        : warnings,
    };
  };

  const skipReason = run.skipReason(block.cell);
  if (skipReason !== undefined) return { result: { ...base(), status: "skipped", reason: skipReason } };
  const { ending, output, outputLineCount } = await run.spawn(
    block,
    (step) => run.onProgress({ kind: "step", block, step }),
  );
  switch (ending.kind) {
    case "interrupted":
      return undefined;
    case "skip":
      return { result: { ...base(), status: "skipped", reason: ending.reason } };
    case "failed":
      return { result: { ...base(), status: "failed", reason: ending.reason, output } };
    case "result": {
      const { warnings, ...result } = ending.result;
      const chatter: Warning[] = outputLineCount === 0
        ? []
        : [{ kind: "chatter", lineCount: outputLineCount, last: output.at(-1)! }];
      return {
        result: { ...base([...warnings, ...chatter]), status: "measured", ...result },
        timeline: ending.timeline,
      };
    }
  }
}
