/** Runs planned blocks one after the other and hands each to the record as it ends. */
import type { Block, Cell, HostReading, MeasuredBlock, PhaseTimeline, Warning } from "../model/mod.ts";
import type { PlannedBlock } from "./plan.ts";
import type { SpawnedBlock } from "./spawn_block.ts";

/** What the plan's run needs from outside; it knows no registry and no folder. */
export interface PlanRun {
  /** The blocks that are kept from before, in order: a run that is gone on with. */
  readonly earlier?: readonly Block[];
  /** What runs after the blocks that are kept; `undefined` when nothing is left to do. */
  next(kept: readonly Block[]): PlannedBlock | undefined;
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
  | { readonly kind: "ended"; readonly block: PlannedBlock; readonly result: Block };

/** Share of time with tasks waiting for a CPU above which a block is marked. */
const CPU_PRESSURE_LIMIT = 0.2;

/**
 * Runs one block after the other until nothing is left to do. Returns `interrupted` when the signal was aborted; the
 * block that ran then is discarded, the ones before are kept.
 */
export async function runPlan(run: PlanRun): Promise<"complete" | "interrupted"> {
  const kept = [...run.earlier ?? []];
  for (let block = run.next(kept); block !== undefined; block = run.next(kept)) {
    if (run.signal.aborted) return "interrupted";
    run.onProgress({ kind: "started", block });
    const one = await runOne(run, block);
    if (one === undefined) return "interrupted";
    const result = keep(run, one);
    kept.push(result);
    run.onProgress({ kind: "ended", block, result });
  }
  return "complete";
}

/** Walks a list that was settled before. A cell that is skipped gets one block and no further ones. */
export function walk(planned: readonly PlannedBlock[]): PlanRun["next"] {
  const left = [...planned];
  return (kept) => {
    const skipped = new Set(kept.filter(({ status }) => status === "skipped").map(({ cellKey }) => cellKey));
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (!skipped.has(next.cell.key)) return next;
    }
    return undefined;
  };
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
    const { cellKey, blockIndex, position, startedAt, elapsedMs, host, warnings, evidence } = result;
    const chosen = result.chosen === undefined ? {} : { chosen: result.chosen };
    const base = { cellKey, blockIndex, position, ...chosen, startedAt, elapsedMs, host, warnings };
    const failed: Block = {
      ...base,
      status: "failed",
      ...(evidence === undefined ? {} : { evidence }),
      reason: error.message,
      output: [],
    };
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
      ...(block.chosen === undefined ? {} : { chosen: block.chosen }),
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
      return {
        result: { ...base(), status: "failed", evidence: block.evidence, reason: ending.reason, output },
      };
    case "result": {
      const { warnings, ...result } = ending.result;
      const chatter: Warning[] = outputLineCount === 0
        ? []
        : [{ kind: "chatter", lineCount: outputLineCount, last: output.at(-1)! }];
      const numbered = block.evidence === "rows" ? withoutNumbers(result) : result;
      return {
        result: {
          ...base([...warnings, ...chatter]),
          status: "measured",
          evidence: block.evidence,
          ...numbered,
        },
        timeline: ending.timeline,
      };
    }
  }
}

/** Keeping whole rows costs time and memory: what such a block measured is not what the database does. */
function withoutNumbers<R extends Pick<MeasuredBlock, "metrics" | "phases">>(result: R): R {
  const phases = result.phases.map(({ name, iterationCount, verdict, unwatched }) => ({
    name,
    iterationCount,
    verdict,
    unwatched,
    metrics: {},
    operations: [],
  }));
  return { ...result, metrics: {}, phases };
}
