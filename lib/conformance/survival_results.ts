/** Whether acknowledged writes survive: the process is killed, or the session closed, and another process looks. */
import { SessionChild, type SessionTarget } from "../cli/session_child.ts";
import { messageOf } from "../model/errors.ts";
import { type LifeOutcome, trySurvival } from "../runner/survival.ts";
import { TABLES } from "./fixtures.ts";
import { drawLives } from "./lives.ts";
import type { ScenarioResult } from "./scenario.ts";

/** Keys of the results, in order. */
export const SURVIVAL_KEYS = {
  kill: "kill/keeps-acknowledged-writes",
  close: "close/keeps-everything",
} as const;

/** What is tried. */
export interface SurvivalRun {
  readonly target: SessionTarget;
  /** An empty place of sessions; processes may read and write there. */
  readonly directory: string;
  /** Decides the writes and the moments of the kills. */
  readonly seed: number;
  /** For each process. */
  readonly timeoutMs: number;
}

/** Two results. Skipped for systems whose data ends with the process. */
export async function survivalResults(run: SurvivalRun): Promise<ScenarioResult[]> {
  const { target: { adapter, options, elsewhere }, seed } = run;
  const claims = adapter.capabilities(options, elsewhere?.runtime);
  if (claims.durability === "none") {
    const reason = "The adapter declares that its data ends with the process";
    return [SURVIVAL_KEYS.kill, SURVIVAL_KEYS.close].map((key) => ({ key, status: "skipped", reason }));
  }
  try {
    const { outcomes, fault } = await trySurvival({
      startChild: () => startChild(run),
      directory: run.directory,
      tables: TABLES,
      seeds: [],
      claims,
      lives: drawLives(seed),
    });
    return (["kill", "close"] as const).map((ending): ScenarioResult => {
      const key = SURVIVAL_KEYS[ending];
      if (fault?.ending === ending) {
        return { key, status: "failed", reason: `${fault.detail} (seed ${seed})` };
      }
      const own = outcomes.filter((outcome) => outcome.ending === ending);
      if (own.length === 0) return { key, status: "skipped", reason: "The lives ended before" };
      return { key, status: "passed", reason: lossOf(own) };
    });
  } catch (error) {
    const reason = `${messageOf(error)} (seed ${seed})`;
    return [{ key: SURVIVAL_KEYS.kill, status: "failed", reason }];
  }
}

/** What an adapter lost that says that it may; empty for nothing. */
function lossOf(outcomes: readonly LifeOutcome[]): string {
  const lost = outcomes.filter(({ acknowledged, kept }) => kept < acknowledged);
  if (lost.length === 0) return "";
  const parts = lost.map(({ acknowledged, kept }) => `${kept} of ${acknowledged}`);
  return `As it declares, kills took acknowledged writes: ${parts.join(", ")} were there`;
}

async function startChild({ target, directory, timeoutMs }: SurvivalRun): Promise<SessionChild> {
  const child = new SessionChild(target, directory, timeoutMs);
  try {
    await child.begin();
    return child;
  } catch (error) {
    await child.end();
    throw error;
  }
}
