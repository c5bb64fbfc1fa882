/**
 * The verbs of a session, asked from afar one by one: what conformance asks of the child beside the verbs of a block.
 *
 * The child has the adapter already (`begin`). Requests have numbers and may overlap. What a live query delivers comes
 * as an event with its rows as they were at that moment. Sessions and streams have numbers that the parent gives.
 */
import type { CounterValues } from "../model/counter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, RawRow, Row } from "../model/value.ts";
import type { OpenOrder } from "./player.ts";
import type { WireTransactionStep } from "./transaction_steps.ts";

/** A write or a batch of a {@link SessionVerbs.burst}. */
export interface BurstStep<S = WriteStatement> {
  /** What is written. */
  readonly statement: S;
  /** Argument lists: one for a write, any number for a batch. */
  readonly rows: readonly Args[];
  /** Written with `batch`, else with `write`. */
  readonly isBatch: boolean;
}

/** A live query to begin. */
export interface WatchStart {
  /** Its number. */
  readonly stream: number;
  /** What is watched. */
  readonly query: number;
  readonly args: Args;
}

/** What a listener does by itself at one of its emissions, in the child, before it returns. */
export type Reaction<S = WriteStatement> =
  | { readonly kind: "close"; readonly stream: number }
  | { readonly kind: "watch"; readonly watch: WatchStart }
  | { readonly kind: "write"; readonly step: BurstStep<S> };

/** Orders and answers by verb. Statements and queries are numbers on the wire. */
export interface SessionVerbs {
  /** Opens a session. */
  readonly open: [OpenOrder, null];
  /** One statement, once. */
  readonly write: [{ readonly statement: number; readonly args: Args }, null];
  /** One statement, once per argument list. */
  readonly batch: [{ readonly statement: number; readonly rows: readonly Args[] }, null];
  /** The whole result; with `isSpoiled` the caller overwrites the rows as soon as they have been sent. */
  readonly read: [
    { readonly query: number; readonly args: Args; readonly isSpoiled: boolean },
    readonly Row[],
  ];
  /** The whole result as lists of values; `null` from a session that brings no such rows. */
  readonly readRaw: [{ readonly query: number; readonly args: Args }, readonly RawRow[] | null];
  /**
   * Calls each step right behind the one before: with `isAwaited` when that is done, else at once. When all are settled,
   * the first error is thrown.
   */
  readonly burst: [
    {
      readonly steps: readonly (BurstStep<number> | { readonly watch: WatchStart })[];
      readonly isAwaited: boolean;
    },
    null,
  ];
  /** One transaction of several steps; `null` from a session that brings none. */
  readonly transaction: [
    { readonly steps: readonly WireTransactionStep[] },
    readonly (readonly Row[])[] | null,
  ];
  /** Overwrites every value of the rows that a stream delivered last, where the library lets it. */
  readonly spoil: [{ readonly stream: number }, null];
  /**
   * Watches a query and closes it again, once it has delivered, up to `count` times within `budgetMs`; answers how often.
   */
  readonly churn: [
    { readonly query: number; readonly args: Args; readonly count: number; readonly budgetMs: number },
    number,
  ];
  /** How often the stream's result was computed anew since this was last asked; `null` where the library does not tell. */
  readonly requeries: [{ readonly stream: number }, number | null];
  /** Bytes in use on the calling thread's heap, garbage collected; `null` where the runtime does not tell. */
  readonly heap: [null, number | null];
  /**
   * Calls each step when the one before is acknowledged, and tells every acknowledgement at once, for a process that will
   * be killed. Behind the acknowledgement of the step `standsStillAfter` the calling thread does nothing any more, so that
   * what an adapter put off until later does not happen.
   */
  readonly untilKilled: [
    { readonly steps: readonly BurstStep<number>[]; readonly standsStillAfter?: number },
    null,
  ];
  /** Watches; `reactions` name the number of the emission, from 0, at which they happen. */
  readonly watch: [
    WatchStart & {
      readonly reactions: readonly { readonly emission: number; readonly reaction: Reaction<number> }[];
    },
    null,
  ];
  /** Closes a live query. */
  readonly unwatch: [{ readonly stream: number }, null];
  /** Emissions of a stream whose rows are not any more what they were. */
  readonly changedLater: [{ readonly stream: number }, readonly number[]];
  /** Values of the declared counters. */
  readonly counters: [null, CounterValues];
  /** Closes the session. */
  readonly close: [null, null];
}

/** Name of a verb. */
export type SessionVerb = keyof SessionVerbs;

/** A request. */
export interface SessionRequest {
  /** Tells it from messages of blocks. */
  readonly kind: "session";
  /** The answer names it again. */
  readonly id: number;
  /** The session that is asked; `open` makes it. */
  readonly session: number;
  /** What is asked. */
  readonly verb: SessionVerb;
  /** See {@link SessionVerbs}. */
  readonly order: unknown;
  /** Statements that were never sent; their numbers go on where the last ones ended. */
  readonly statements: readonly (Query | WriteStatement)[];
}

/** What the child says of sessions. */
export type SessionMessage =
  | { readonly kind: "settled"; readonly id: number; readonly answer: unknown }
  | {
    readonly kind: "threw";
    readonly id: number;
    readonly message: string;
    readonly isDriverUnavailable: boolean;
  }
  /** A live query delivered; nanoseconds on the child's clock. */
  | { readonly kind: "emission"; readonly stream: number; readonly atNs: number; readonly rows: unknown }
  /** A live query failed. */
  | { readonly kind: "streamError"; readonly stream: number; readonly message: string }
  /** A step of {@link SessionVerbs.untilKilled} was acknowledged; `id` is that of its request. */
  | { readonly kind: "stepAcknowledged"; readonly id: number; readonly step: number }
  /** An error that nobody awaited. */
  | { readonly kind: "background"; readonly message: string };
