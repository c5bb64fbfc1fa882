/** What a conformance scenario is, and what comes out of one. */
import type { Capabilities } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import type { Query, SqlStatement } from "../model/statement.ts";
import type { Args } from "../model/value.ts";
import type { ListenerReaction, RemoteSession } from "../runner/remote_session.ts";
import { type PreparedRecorder, Recorder } from "./recorder.ts";

/** What a scenario may need of an adapter, and why one without it is not asked. */
export const NEEDS = {
  watch: {
    why: "The adapter has no live queries",
    has: ({ liveQueries }: Capabilities) => liveQueries !== "none",
  },
  atomicBatch: {
    why: "The adapter's batches are not atomic",
    has: ({ atomicBatch }: Capabilities) => atomicBatch,
  },
  sql: {
    why: "The database has no SQL",
    has: ({ sql }: Capabilities) => sql,
  },
  real: {
    why: "The database, or the way it is driven, has no type for fractions",
    has: ({ columnTypes }: Capabilities) => columnTypes?.includes("real") ?? false,
  },
  blob: {
    why: "The database, or the way it is driven, has no type for bytes",
    has: ({ columnTypes }: Capabilities) => columnTypes?.includes("blob") ?? false,
  },
  offsets: {
    why: "The database, or the way it is driven, has no offsets",
    has: ({ sql, offsets }: Capabilities) => sql || (offsets ?? false),
  },
  transaction: {
    why: "The adapter has no transactions of several statements",
    has: ({ interactiveTransaction }: Capabilities) => interactiveTransaction,
  },
  rawRows: {
    why: "The library, or the way it is driven, gives no rows as lists of values",
    has: ({ rawRows }: Capabilities) => rawRows ?? false,
  },
  watchesOthers: {
    why: "Live queries do not look at what other processes write",
    has: ({ watchesOthers }: Capabilities) => watchesOthers ?? false,
  },
} as const satisfies Record<string, { why: string; has: (capabilities: Capabilities) => boolean }>;

/** See {@link NEEDS}. */
export type Need = keyof typeof NEEDS;

/** How long scenarios wait. */
export interface Patience {
  /** For what must come. Reached only by adapters that fail. */
  readonly deadlineMs: number;
  /** For what must not come: there is no event to wait for. Longer than the smallest throttle of any library here. */
  readonly quietMs: number;
  /** The same, once per suite, for what comes late. Default is 2000. */
  readonly silenceMs?: number;
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
  watch(query: Query | SqlStatement, args?: Args, reactions?: readonly ListenerReaction[]): Promise<Recorder>;
  /** A live query that begins later, inside a burst or a listener. */
  prepare(query: Query, args?: Args): PreparedRecorder;
  /** Lets the quiet time pass. */
  quiet(): Promise<void>;
  /** Lets a long time pass. */
  silence(): Promise<void>;
  /** CPU time of the child so far; `undefined` where the system does not tell. */
  readCpu(): Promise<CpuReading | undefined>;
}

/** CPU time in seconds, by who spent it. */
export interface CpuReading {
  /** The thread that calls the adapter. */
  readonly callerSeconds: number;
  /** Threads of the adapter: all but those that the runtime keeps for itself. */
  readonly threadSeconds: number;
  /** Processes that the child has started. */
  readonly processSeconds: number;
}

/** Sets the stage for one scenario. */
export function makeStage(
  session: RemoteSession,
  capabilities: Capabilities,
  readCpu: Stage["readCpu"],
  patience: Patience,
): Stage {
  const { deadlineMs, quietMs, silenceMs = 2000 } = patience;
  const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return {
    session,
    capabilities,
    readCpu,
    patience,
    watch: (query, args = [], reactions = []) =>
      Recorder.watch({ session, query, args, deadlineMs, reactions }),
    prepare: (query, args = []) => Recorder.prepare({ session, query, args, deadlineMs }),
    quiet: () => pass(quietMs),
    silence: () => pass(silenceMs),
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
  /** Leaves more behind than rows of the suite's tables, so that the session is not used again. */
  readonly spoils?: boolean;
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
  const lacking = needs?.find((need) => !NEEDS[need].has(capabilities));
  return lacking === undefined ? undefined : NEEDS[lacking].why;
}
