/** Sessions of a child, as the parent uses them one verb at a time; see `lib/protocol/session.ts`. */
import { z } from "zod";
import type { Observer, Session, Subscription, TransactionStep } from "../model/adapter.ts";
import type { CounterValues } from "../model/counter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import type { Query, SqlStatement, Statement, WriteStatement } from "../model/statement.ts";
import type { Args, RawRow, Row } from "../model/value.ts";
import { decodeJson, encodeJson } from "../protocol/json.ts";
import { type ChildMessage, type Hello, StatementNumbers } from "../protocol/messages.ts";
import type { BeginOrder, OpenOrder } from "../protocol/player.ts";
import type {
  BurstStep,
  Reaction,
  SessionMessage,
  SessionRequest,
  SessionVerb,
  SessionVerbs,
  WatchStart,
} from "../protocol/session.ts";
import { numberSteps } from "../protocol/transaction_steps.ts";
import { ChildGoneError } from "./run_block.ts";

/** What carries the lines. */
export interface SessionChannel {
  /** Sends a line; it is on its way when this returns. */
  send(line: string): void;
  /** Marks the child's messages. */
  readonly token: string;
}

/** A live query of a child. */
export interface RemoteSubscription extends Omit<Subscription, "requeries"> {
  close(): Promise<void>;
  /** Indexes of emissions whose rows changed after they were delivered. */
  changedLater(): Promise<readonly number[]>;
  /** How often the result was computed anew since this was last asked; `null` where the library does not tell. */
  requeryCount(): Promise<number | null>;
  /** Overwrites the rows that were delivered last, as a careless caller would. */
  spoil(): Promise<void>;
}

/** A live query that begins inside a burst or a listener. */
export interface PreparedWatch {
  /** What the child is told. */
  readonly watch: WatchStart;
  /** May be used once the live query has begun. */
  readonly subscription: RemoteSubscription;
}

/** A session of a child: the contract's verbs, and what can only be asked from inside the child's event loop. */
export interface RemoteSession extends Omit<Session, "transaction" | "readRaw"> {
  /** Where it lives. */
  readonly directory: string;
  write(statement: WriteStatement | SqlStatement, args: Args): Promise<void>;
  batch(statement: WriteStatement | SqlStatement, rows: readonly Args[]): Promise<void>;
  read(query: Query | SqlStatement, args: Args): Promise<readonly Row[]>;
  /** Reads lists of values; `null` from a session that brings none. */
  readLists(query: Query, args: Args): Promise<readonly RawRow[] | null>;
  /** Reads, and overwrites the child's rows right after they were sent. */
  readAndSpoil(query: Query, args: Args): Promise<readonly Row[]>;
  /** `reactions` are done inside the listener; those that close name a subscription of this session, or this one. */
  watch(
    query: Query | SqlStatement,
    args: Args,
    observer: Observer,
    reactions?: readonly ListenerReaction[],
  ): Promise<RemoteSubscription>;
  /** A live query to begin inside a burst or a listener. */
  prepare(query: Query, args: Args, observer: Observer): PreparedWatch;
  /** Runs writes and begins live queries with no turn between them; not waiting for each other unless `isAwaited`. */
  burst(steps: readonly (BurstStep | PreparedWatch)[], isAwaited: boolean): Promise<void>;
  /** `null` from a session that brings no transactions. */
  play(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[] | null>;
  /** Watches and closes again, up to `count` times within `budgetMs`; answers how often. */
  churn(query: Query, args: Args, count: number, budgetMs: number): Promise<number>;
  /** Bytes in use on the heap of the child's calling thread; `null` where its runtime does not tell. */
  heapBytes(): Promise<number | null>;
  /** Writes one after the other until the child is killed; see `SessionVerbs`. Resolves when all are written. */
  untilKilled(steps: readonly BurstStep[], fate: Fate): Promise<void>;
  counters(): Promise<CounterValues>;
  close(): Promise<void>;
}

/** What is to become of a child that writes until it is killed. */
export interface Fate {
  /** Called with the index of each step that was acknowledged. */
  readonly onAcknowledged: (step: number) => void;
  /** See `SessionVerbs`. */
  readonly standsStillAfter?: number;
}

/** What a listener does at one of its emissions, counted from 0. */
export type ListenerReaction =
  | { readonly emission: number; readonly kind: "close"; readonly which: RemoteSubscription | "itself" }
  | { readonly emission: number; readonly kind: "watch"; readonly which: PreparedWatch }
  | { readonly emission: number; readonly kind: "write"; readonly step: BurstStep };

const rows = z.array(z.record(z.string(), z.unknown()));
const ANSWERS: Readonly<Record<SessionVerb, z.ZodType>> = {
  open: z.null(),
  write: z.null(),
  batch: z.null(),
  read: rows,
  readRaw: z.nullable(z.array(z.array(z.unknown()))),
  burst: z.null(),
  transaction: z.nullable(z.array(rows)),
  spoil: z.null(),
  churn: z.int().min(0),
  requeries: z.nullable(z.int().min(0)),
  heap: z.number().nullable(),
  untilKilled: z.null(),
  watch: z.null(),
  unwatch: z.null(),
  changedLater: z.array(z.int().min(0)),
  counters: z.record(z.string(), z.number()),
  close: z.null(),
};

interface Pending {
  readonly verb: SessionVerb | "begin";
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onAcknowledged?: (step: number) => void;
}

/** The parent's end of the channel. Everything rejects with a ChildGoneError once {@link fail} was called. */
export class SessionLink {
  readonly #channel: SessionChannel;
  readonly #numbers = new StatementNumbers();
  readonly #pending = new Map<number, Pending>();
  readonly #observers: Observer[] = [];
  #background: string[] = [];
  #begin: Pending | undefined;
  #requestCount = 0;
  #sessionCount = 0;
  #failure: ChildGoneError | undefined;

  constructor(channel: SessionChannel) {
    this.#channel = channel;
    const hello: Hello = { token: channel.token };
    channel.send(encodeJson(hello));
  }

  /** Has the child load the adapter. */
  async begin(order: BeginOrder): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#begin = { verb: "begin", resolve, reject };
    this.#channel.send(encodeJson({ kind: "request", verb: "begin", order, statements: [] }));
    await promise;
  }

  /** Opens a session. */
  async open(order: OpenOrder): Promise<RemoteSession> {
    const number = this.#sessionCount++;
    await this.#ask(number, "open", order);
    return this.#session(number, order.directory);
  }

  /** Errors that were raised in the background since the last call. */
  takeBackground(): readonly string[] {
    const taken = this.#background;
    this.#background = [];
    return taken;
  }

  /** Takes a line of the channel. What is no message of the child's own fails everything. */
  take(line: string): void {
    if (this.#failure !== undefined) return;
    try {
      this.#dispatch(this.#messageOf(line));
    } catch (error) {
      this.fail(error instanceof ChildGoneError ? error : new ChildGoneError(String(error)));
    }
  }

  /** Rejects what is waited for, and everything that is asked from now on. */
  fail(error: ChildGoneError): void {
    this.#failure ??= error;
    const waiting = [...this.#pending.values(), ...this.#begin === undefined ? [] : [this.#begin]];
    this.#pending.clear();
    this.#begin = undefined;
    for (const { reject } of waiting) reject(this.#failure);
  }

  /** Lets the child go: it leaves as soon as nothing keeps it alive. */
  leave(): void {
    this.#channel.send(encodeJson({ kind: "leave", isAwaited: true }));
  }

  #messageOf(line: string): ChildMessage | SessionMessage {
    const { token } = this.#channel;
    if (!line.startsWith(`${token} `)) {
      throw new ChildGoneError("Something in the child wrote into the channel that belongs to the bench");
    }
    return decodeJson(line.slice(token.length + 1)) as ChildMessage | SessionMessage;
  }

  #dispatch(message: ChildMessage | SessionMessage): void {
    switch (message.kind) {
      case "answer":
        return this.#takeBegin().resolve(message.answer);
      case "refused":
        return this.#takeBegin().reject(errorOf(message));
      case "settled": {
        const { verb, resolve, reject } = this.#takePending(message.id);
        const checked = ANSWERS[verb as SessionVerb].safeParse(message.answer);
        if (checked.success) return resolve(message.answer);
        return reject(
          new TypeError(`What "${verb}" answers has a wrong shape: ${firstIssue(checked.error)}`),
        );
      }
      case "threw":
        return this.#takePending(message.id).reject(errorOf(message));
      case "emission": {
        const checked = rows.safeParse(message.rows);
        if (checked.success) return this.#observer(message.stream).next(message.rows as Row[]);
        return this.#observer(message.stream).error(`delivered no rows: ${firstIssue(checked.error)}`);
      }
      case "streamError":
        return this.#observer(message.stream).error(String(message.message));
      case "stepAcknowledged": {
        const pending = this.#pending.get(message.id);
        if (pending?.onAcknowledged === undefined) {
          throw new ChildGoneError("The child acknowledged a step that nobody asked for");
        }
        return pending.onAcknowledged(Number(message.step));
      }
      case "background":
        return void this.#background.push(String(message.message));
      default:
        throw new ChildGoneError("The child sent a message of no known kind");
    }
  }

  #takeBegin(): Pending {
    const pending = this.#begin;
    if (pending === undefined) throw new ChildGoneError("The child sent a message that nobody asked for");
    this.#begin = undefined;
    return pending;
  }

  #takePending(id: number): Pending {
    const pending = this.#pending.get(id);
    if (pending === undefined) throw new ChildGoneError("The child sent a message that nobody asked for");
    this.#pending.delete(id);
    return pending;
  }

  #observer(stream: number): Observer {
    const observer = this.#observers[stream];
    if (observer === undefined) throw new ChildGoneError("The child told of a live query that nobody opened");
    return observer;
  }

  #ask<V extends SessionVerb>(
    session: number,
    verb: V,
    order: SessionVerbs[V][0],
    onAcknowledged?: (step: number) => void,
  ): Promise<SessionVerbs[V][1]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#requestCount++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, {
      verb,
      resolve,
      reject,
      ...(onAcknowledged === undefined ? {} : { onAcknowledged }),
    });
    const statements = this.#numbers.takeFresh() as SessionRequest["statements"];
    const request: SessionRequest = { kind: "session", id, session, verb, order, statements };
    this.#channel.send(encodeJson(request));
    return promise as Promise<SessionVerbs[V][1]>;
  }

  #session(session: number, directory: string): RemoteSession {
    // In SQL's own words or structured: on the wire they are the same.
    const numberOf = (statement: Statement | SqlStatement) => this.#numbers.of(statement as Statement);
    const ask = <V extends SessionVerb>(
      verb: V,
      order: SessionVerbs[V][0],
      onAcknowledged?: (step: number) => void,
    ) => this.#ask(session, verb, order, onAcknowledged);
    const stepOf = (step: BurstStep) => ({ ...step, statement: numberOf(step.statement) });
    const streams = new Map<RemoteSubscription, number>();
    const reactionOf = (reaction: ListenerReaction, own: number): Reaction<number> => {
      switch (reaction.kind) {
        case "write":
          return { kind: "write", step: stepOf(reaction.step) };
        case "watch":
          return { kind: "watch", watch: reaction.which.watch };
        case "close":
          return { kind: "close", stream: reaction.which === "itself" ? own : streams.get(reaction.which)! };
      }
    };
    const prepare = (query: Query | SqlStatement, args: Args, observer: Observer): PreparedWatch => {
      const stream = this.#observers.push(observer) - 1;
      const subscription: RemoteSubscription = {
        close: async () => void await ask("unwatch", { stream }),
        changedLater: () => ask("changedLater", { stream }),
        requeryCount: () => ask("requeries", { stream }),
        spoil: async () => void await ask("spoil", { stream }),
      };
      streams.set(subscription, stream);
      return { watch: { stream, query: numberOf(query), args }, subscription };
    };
    return {
      directory,
      write: async (statement, args) => void await ask("write", { statement: numberOf(statement), args }),
      batch: async (statement, rows) => void await ask("batch", { statement: numberOf(statement), rows }),
      read: (query, args) => ask("read", { query: numberOf(query), args, isSpoiled: false }),
      readLists: (query, args) => ask("readRaw", { query: numberOf(query), args }),
      readAndSpoil: (query, args) => ask("read", { query: numberOf(query), args, isSpoiled: true }),
      burst: async (steps, isAwaited) => {
        const wireSteps = steps.map((step) => "watch" in step ? { watch: step.watch } : stepOf(step));
        await ask("burst", { steps: wireSteps, isAwaited });
      },
      play: (steps) => ask("transaction", { steps: numberSteps(steps, numberOf) }),
      churn: (query, args, count, budgetMs) =>
        ask("churn", { query: numberOf(query), args, count, budgetMs }),
      heapBytes: () => ask("heap", null),
      prepare,
      untilKilled: async (steps, { onAcknowledged, standsStillAfter }) => {
        const order = {
          steps: steps.map(stepOf),
          ...(standsStillAfter === undefined ? {} : { standsStillAfter }),
        };
        await ask("untilKilled", order, onAcknowledged);
      },
      watch: async (query, args, observer, reactions = []) => {
        const { watch, subscription } = prepare(query, args, observer);
        await ask("watch", {
          ...watch,
          reactions: reactions.map((one) => ({
            emission: one.emission,
            reaction: reactionOf(one, watch.stream),
          })),
        });
        return subscription;
      },
      counters: () => ask("counters", null),
      close: async () => void await ask("close", null),
    };
  }
}

function errorOf({ message, isDriverUnavailable }: { message: string; isDriverUnavailable: boolean }): Error {
  return isDriverUnavailable ? new DriverUnavailableError(String(message)) : new Error(String(message));
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.map(String).join(".") || "it"}: ${issue.message}`;
}
