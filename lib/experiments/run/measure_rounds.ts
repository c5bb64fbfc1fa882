/** Runs rounds until enough is known, the time is up, or the user has had enough. */
import { type Block, type Cell, UsageError } from "../../model/mod.ts";
import { type PlannedBlock, type PlanRun, runPlan, walk } from "../../runner/mod.ts";
import { planRound } from "./plan_round.ts";

/** What the rounds need from outside. */
export interface RoundsRun extends Omit<PlanRun, "next" | "earlier"> {
  /** Cells that are compared with each other; see `planRound`. */
  readonly groups: readonly (readonly Cell[])[];
  /** Seed of the order. */
  readonly seed: number;
  /** No round begins after this time. */
  readonly budgetMs: number;
  /** Whether a block is there already: a run that is gone on with. */
  isDone(block: PlannedBlock): boolean;
  /** A monotonic clock. */
  readonly nowMs: () => number;
  /** Asked after each round, with their number so far. */
  isEnough(roundCount: number): boolean;
}

/** Why the rounds ended. */
export type RoundsEnding = "enough" | "budget" | "interrupted";

/**
 * Runs rounds one after the other. The first one runs whatever the budget is.
 * Throws a UsageError when a cell is skipped: a comparison needs both its sides.
 */
export async function measureRounds(run: RoundsRun): Promise<RoundsEnding> {
  const startMs = run.nowMs();
  for (let roundIndex = 0;; roundIndex++) {
    let skipped: Extract<Block, { status: "skipped" }> | undefined;
    const ending = await runPlan({
      next: walk(planRound(run.groups, roundIndex, run.seed).filter((block) => !run.isDone(block))),
      skipReason: (cell) => run.skipReason(cell),
      spawn: (block, onStep) => run.spawn(block, onStep),
      watchHost: () => run.watchHost(),
      append: (block) => {
        run.append(block);
        if (block.status === "skipped") skipped ??= block;
      },
      signal: run.signal,
      now: () => run.now(),
      nowMs: run.nowMs,
      onProgress: (progress) => run.onProgress(progress),
    });
    if (skipped !== undefined) {
      throw new UsageError(
        `Cannot compare arms as every one must run on every cell: ${skipped.cellKey} was skipped: ${skipped.reason}`,
      );
    }
    if (ending === "interrupted") return "interrupted";
    if (run.isEnough(roundIndex + 1)) return "enough";
    if (run.nowMs() - startMs >= run.budgetMs) return "budget";
  }
}
