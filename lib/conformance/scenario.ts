/** What a conformance scenario is, and what comes out of one. */
import type { Capabilities } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import type { Query } from "../model/statement.ts";
import type { Args } from "../model/value.ts";
import type { ListenerReaction, RemoteSession } from "../runner/remote_session.ts";
import { Recorder } from "./recorder.ts";

/** Capability names that a scenario may need. */
export type Need = "watch" | "atomicBatch";

/** How long scenarios wait. */
export interface Patience {
  /** For what must come. Reached only by adapters that fail. */
  readonly deadlineMs: number;
  /** For what must not come: there is no event to wait for. Longer than the smallest throttle of any library here. */
  readonly quietMs: number;
}

/** Long enough for slow databases on busy machines. */
export const PATIENCE: Patience = { deadlineMs: 5000, quietMs: 120 };

/** What a scenario works with. */
export interface Stage {
  /** Open, with empty tables. */
  readonly session: RemoteSession;
  /** What the adapter can do. */
  readonly capabilities: Capabilities;
  /** How long scenarios wait. */
  readonly patience: Patience;
  /**
   * Starts watching; resolves once the session has answered, before or after the first delivery. `reactions` happen
   * inside the listener.
   */
  watch(query: Query, args?: Args, reactions?: readonly ListenerReaction[]): Promise<Recorder>;
  /** Lets the quiet time pass. */
  quiet(): Promise<void>;
}

/** Sets the stage for one scenario. */
export function makeStage(
  session: RemoteSession,
  capabilities: Capabilities,
  patience: Patience,
): Stage {
  const { deadlineMs, quietMs } = patience;
  return {
    session,
    capabilities,
    patience,
    watch: (query, args = [], reactions = []) =>
      Recorder.watch({ session, query, args, deadlineMs, reactions }),
    quiet: () => new Promise((resolve) => setTimeout(resolve, quietMs)),
  };
}

/** One promise of the contract. */
export interface Scenario {
  /** Stable: known gaps name it. `area/what-holds`. */
  readonly key: string;
  /** What the adapter must be able to do, besides the verbs that every session has. */
  readonly needs?: readonly Need[];
  /** Its own tables, in a session of its own; absent for those of all scenarios. */
  readonly tables?: readonly Table[];
  /** Returns when the promise was kept. Throws an Error that says what was expected and what came instead. */
  run(stage: Stage): Promise<void>;
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
