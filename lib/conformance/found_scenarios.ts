/**
 * Histories that the random test has found (`deno task fuzz`), made small by it. Each is judged by the oracle, after every
 * emission and every read, and runs on tables of its own.
 */
import { type History } from "./history.ts";
import { replayHistory } from "./replay_history.ts";
import type { Scenario } from "./scenario.ts";

/** See {@link Scenario}. */
export const FOUND_SCENARIOS: readonly Scenario[] = [];

/** A history as a scenario. */
export function found(key: string, history: History): Scenario {
  const isWatched = history.steps.some((step) => step.do === "watch");
  return {
    key,
    tables: history.tables,
    ...(isWatched ? { needs: ["watch"] } : {}),
    run: ({ session, capabilities, patience }) =>
      replayHistory({ session, isBatchAtomic: capabilities.atomicBatch, ...patience }, history),
  };
}
