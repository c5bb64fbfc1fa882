/**
 * Each cell once, small: does it run where it says that it does, and is it right? Nothing is measured, nothing is stored.
 */
import { DEFAULT_RUNTIME, type RuntimeId, runtimeOf, runtimeTitle } from "../model/mod.ts";
import type { SpawnedBlock } from "../runner/mod.ts";
import { type SelectedCell, skipReason } from "./select_cells.ts";

/** How a cell came out. */
export interface SmokeOutcome {
  /** Key of the cell. */
  readonly key: string;
  /** Where it ran. */
  readonly runtime: RuntimeId;
  /** `skipped`: it cannot run there, or its driver cannot be had. */
  readonly verdict: "right" | "wrong" | "failed" | "skipped";
  /** What was wrong, or why it did not run; empty for what was right. */
  readonly reason: string;
  /** Of the whole child, milliseconds; 0 for what did not start. */
  readonly elapsedMs: number;
}

/** What a smoke needs. */
export interface Smoke {
  /** What is tried, in the order in which it begins. */
  readonly cells: readonly SelectedCell[];
  /** How many at the same time. */
  readonly lanes: number;
  /** Runs the child of a cell; `position` counts from 0. */
  readonly run: (cell: SelectedCell, position: number) => Promise<SpawnedBlock>;
  /** A clock that never goes back, in milliseconds. */
  readonly nowMs: () => number;
  /** Told of each when it is over. */
  readonly onOutcome: (outcome: SmokeOutcome) => void;
}

/**
 * Tries every cell; outcomes come in the order of the cells. Ends early, with those that were over, when a cell was
 * interrupted.
 */
export async function runSmoke(
  { cells, lanes, run, nowMs, onOutcome }: Smoke,
): Promise<{ readonly outcomes: readonly SmokeOutcome[]; readonly isInterrupted: boolean }> {
  const outcomes: SmokeOutcome[] = [];
  let next = 0;
  let isInterrupted = false;
  const lane = async (): Promise<void> => {
    while (next < cells.length && !isInterrupted) {
      const position = next++;
      const selected = cells[position]!;
      const { cell } = selected;
      const told = { key: cell.key, runtime: runtimeOf(cell) };
      const reason = skipReason(selected);
      let outcome: SmokeOutcome;
      if (reason === undefined) {
        const startMs = nowMs();
        const spawned = await run(selected, position);
        const judged = judge(spawned);
        if (judged === undefined) {
          isInterrupted = true;
          return;
        }
        outcome = { ...told, ...judged, elapsedMs: nowMs() - startMs };
      } else outcome = { ...told, verdict: "skipped", reason, elapsedMs: 0 };
      outcomes[position] = outcome;
      onOutcome(outcome);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { outcomes: outcomes.filter((outcome) => outcome !== undefined), isInterrupted };
}

/** Of what a child printed last. */
const LINES_SHOWN = 8;

/** `undefined` for what was interrupted. */
function judge({ ending, output }: SpawnedBlock): Pick<SmokeOutcome, "verdict" | "reason"> | undefined {
  switch (ending.kind) {
    case "interrupted":
      return undefined;
    case "skip":
      return { verdict: "skipped", reason: ending.reason };
    case "failed":
      return { verdict: "failed", reason: [ending.reason, ...output.slice(-LINES_SHOWN)].join("; ") };
    case "result": {
      const { verdict, findings } = ending.result;
      if (verdict === "converged") return { verdict: "right", reason: "" };
      const [finding] = findings;
      return {
        verdict: "wrong",
        reason: finding === undefined ? verdict : `${verdict} in ${finding.phase}: ${finding.detail}`,
      };
    }
  }
}

/** One line for each runtime that was asked for, and whether all is well. */
export interface SmokeSummary {
  readonly lines: readonly string[];
  /** Nothing was wrong or failed, and in each runtime something was right: a smoke that skips everything shows nothing. */
  readonly isFine: boolean;
}

/** See {@link SmokeSummary}. */
export function summarizeSmoke(
  outcomes: readonly SmokeOutcome[],
  runtimes: readonly RuntimeId[] = [DEFAULT_RUNTIME],
): SmokeSummary {
  let isFine = true;
  const lines = runtimes.map((runtime) => {
    const own = outcomes.filter((outcome) => outcome.runtime === runtime);
    const countOf = (verdict: SmokeOutcome["verdict"]) =>
      own.filter((outcome) => outcome.verdict === verdict).length;
    const [right, wrong, failed, skipped] = (["right", "wrong", "failed", "skipped"] as const).map(countOf);
    if (right === 0 || wrong! + failed! > 0) isFine = false;
    return `${runtimeTitle(runtime)}: ${right} right, ${wrong} wrong, ${failed} failed, ${skipped} skipped` +
      (right === 0 ? "; nothing was shown to work" : "");
  });
  return { lines, isFine };
}
