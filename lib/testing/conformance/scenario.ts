/** What a conformance scenario is, and what comes out of one. */
import type { Capabilities, Session } from "../../model/adapter.ts";

/** Capability names that a scenario may need. */
export type Need = "watch" | "atomicBatch";

/** One promise of the contract, tried on an open session whose tables are empty. */
export interface Scenario {
  /** Stable: known gaps name it. `area/what-holds`. */
  readonly key: string;
  /** What the adapter must be able to do, besides the verbs that every session has. */
  readonly needs?: readonly Need[];
  /** Returns when the promise was kept. Throws an Error that says what was expected and what came instead. */
  run(session: Session): Promise<void>;
}

/** Thrown by a scenario that cannot decide here: a visible skip, not a failure. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** Outcome of one scenario, before known gaps are looked at. */
export interface ScenarioResult {
  readonly key: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped, in one line; empty when it passed. */
  readonly reason: string;
}

/** Why an adapter with these capabilities is not asked; `undefined` when it is. */
export function skipReason({ needs }: Scenario, capabilities: Capabilities): string | undefined {
  for (const need of needs ?? []) {
    if (need === "watch" && capabilities.liveQueries === "none") return "The adapter has no live queries";
    if (need === "atomicBatch" && !capabilities.atomicBatch) return "The adapter's batches are not atomic";
  }
  return undefined;
}
