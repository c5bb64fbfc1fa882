/** Answers the verbs of sessions in the child; see `lib/protocol/session.ts`. Knows nothing of what is right. */
import type { Adapter, Observer, OptionValues, Session, Subscription } from "../model/adapter.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import type { Query, Statement, WriteStatement } from "../model/statement.ts";
import type { Args, Value } from "../model/value.ts";
import { decodeJson, encodeJson } from "../protocol/json.ts";
import type {
  BurstStep,
  Reaction,
  SessionMessage,
  SessionRequest,
  SessionVerb,
  SessionVerbs,
  WatchStart,
} from "../protocol/session.ts";
import { stepsFrom, type WireTransactionStep } from "../protocol/transaction_steps.ts";
import type { ChildRuntime } from "../runtime/runtime.ts";

/** What the server needs of the child. */
export interface SessionHost {
  /** The adapter that was begun with. */
  readonly loaded: { readonly adapter: Adapter; readonly options: OptionValues };
  readonly runtime: ChildRuntime;
}

interface Stream {
  subscription: Subscription | undefined;
  /** A reaction closed it before the session had answered. */
  isClosing: boolean;
  readonly delivered: { readonly rows: unknown; readonly text: string }[];
}

type Reactions = SessionVerbs["watch"][0]["reactions"];

const NO_REACTIONS: Reactions = [];

/** Serves requests as they come; none waits for another. */
export class SessionServer {
  readonly #host: SessionHost;
  readonly #statements: readonly Statement[];
  readonly #say: (message: SessionMessage) => void;
  readonly #sessions: Session[] = [];
  readonly #streams: Stream[] = [];
  /** Errors in the background are the process's own business again. */
  readonly stop: () => void;

  /** `statements` grows as requests bring new ones. */
  constructor(host: SessionHost, statements: readonly Statement[], say: (message: SessionMessage) => void) {
    this.#host = host;
    this.#statements = statements;
    this.#say = say;
    // A library that loses errors would end the process, and nobody would know during what.
    this.stop = host.runtime.watchBackground((error) =>
      say({ kind: "background", message: messageOf(error) })
    );
  }

  /** Answers when it is done; returns at once. */
  async take({ id, session, verb, order }: SessionRequest): Promise<void> {
    try {
      const answer = await this.#answerTo(id, session, verb, order);
      this.#say({ kind: "settled", id, answer: answer ?? null });
    } catch (error) {
      const isDriverUnavailable = error instanceof DriverUnavailableError;
      this.#say({ kind: "threw", id, message: messageOf(error), isDriverUnavailable });
    }
  }

  async #answerTo(id: number, number: number, verb: SessionVerb, order: unknown): Promise<unknown> {
    if (verb === "open") {
      const { adapter, options } = this.#host.loaded;
      const { runtime } = this.#host;
      const context = order as SessionVerbs["open"][0];
      this.#sessions[number] = await adapter.open({ ...context, options, runtime: runtime.id });
      return;
    }
    const session = this.#sessions[number];
    if (session === undefined) throw new Error("Cannot use a session as it must be open");
    switch (verb) {
      case "write": {
        const { statement, args } = order as SessionVerbs["write"][0];
        const written = session.write(this.#statements[statement] as WriteStatement, args);
        reuse(args);
        return void await written;
      }
      case "batch": {
        const { statement, rows } = order as SessionVerbs["batch"][0];
        const written = session.batch(this.#statements[statement] as WriteStatement, rows);
        for (let index = 0; index < rows.length; index++) reuse(rows[index]!);
        return void await written;
      }
      case "read": {
        const { query, args, isSpoiled } = order as SessionVerbs["read"][0];
        const answer = session.read(this.#statements[query] as Query, args);
        reuse(args);
        const rows = await answer;
        if (!isSpoiled) return rows;
        const copy = decodeJson(encodeJson(rows));
        spoilRows(rows);
        return copy;
      }
      case "readRaw": {
        const { query, args } = order as SessionVerbs["readRaw"][0];
        return await session.readRaw?.(this.#statements[query] as Query, args) ?? null;
      }
      case "burst":
        return void await this.#burst(session, order as SessionVerbs["burst"][0]);
      case "untilKilled":
        return void await this.#untilKilled(id, session, order as SessionVerbs["untilKilled"][0]);
      case "transaction":
        return await this.#transaction(session, (order as SessionVerbs["transaction"][0]).steps);
      case "watch": {
        const { reactions, ...start } = order as SessionVerbs["watch"][0];
        return void await this.#watch(session, start, reactions);
      }
      case "spoil":
        return this.#spoil((order as SessionVerbs["spoil"][0]).stream);
      case "requeries":
        return this.#streams[(order as SessionVerbs["requeries"][0]).stream]!.subscription?.requeries?.()
          .length ??
          null;
      case "churn":
        return await this.#churn(session, order as SessionVerbs["churn"][0]);
      case "heap":
        return await heapBytes(this.#host.runtime);
      case "unwatch":
        return void await this.#unwatch((order as SessionVerbs["unwatch"][0]).stream);
      case "changedLater":
        return this.#changedLater((order as SessionVerbs["changedLater"][0]).stream);
      case "counters":
        return await session.counters?.() ?? {};
      case "close":
        return void await session.close();
    }
  }

  async #burst(session: Session, { steps, isAwaited }: SessionVerbs["burst"][0]): Promise<void> {
    const outcomes: { error?: unknown }[] = [];
    const settle = async (outcome: { error?: unknown }, answer: unknown) => {
      try {
        await answer;
      } catch (error) {
        outcome.error = error;
      }
    };
    const settling: Promise<void>[] = [];
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index]!;
      const outcome: { error?: unknown } = {};
      outcomes[index] = outcome;
      // What a step throws at once does not keep the next one from being called.
      const settled = settle(outcome, this.#called(session, step));
      if (isAwaited) await settled;
      else settling[settling.length] = settled;
    }
    for (let index = 0; index < settling.length; index++) await settling[index];
    for (let index = 0; index < outcomes.length; index++) {
      if ("error" in outcomes[index]!) throw outcomes[index]!.error;
    }
  }

  #called(session: Session, step: SessionVerbs["burst"][0]["steps"][number]): unknown {
    try {
      return "watch" in step ? this.#watch(session, step.watch, NO_REACTIONS) : this.#step(session, step);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #transaction(session: Session, steps: readonly WireTransactionStep[]): Promise<unknown> {
    if (session.transaction === undefined) return null;
    return await session.transaction(stepsFrom(steps, this.#statements));
  }

  #spoil(number: number): void {
    const { delivered } = this.#streams[number]!;
    if (delivered.length > 0) spoilRows(delivered[delivered.length - 1]!.rows);
  }

  async #churn(
    session: Session,
    { query, args, count, budgetMs }: SessionVerbs["churn"][0],
  ): Promise<number> {
    const { runtime } = this.#host;
    const endNs = runtime.nowNs() + budgetMs * 1e6;
    let done = 0;
    while (done < count && runtime.nowNs() < endNs) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const observer: Observer = { next: () => resolve(), error: reject };
      const own: Value[] = [];
      for (let index = 0; index < args.length; index++) own[index] = args[index]!;
      const subscription = await session.watch!(this.#statements[query] as Query, own, observer);
      await promise;
      await subscription.close();
      done += 1;
    }
    return done;
  }

  async #untilKilled(
    id: number,
    session: Session,
    { steps, standsStillAfter }: SessionVerbs["untilKilled"][0],
  ): Promise<void> {
    for (let step = 0; step < steps.length; step++) {
      const answer = this.#step(session, steps[step]!) as { then?: unknown } | undefined;
      // No turn lies between a synchronous acknowledgement and its telling.
      if (typeof answer?.then === "function") await answer;
      this.#say({ kind: "stepAcknowledged", id, step });
      if (step === standsStillAfter) await this.#host.runtime.standStill();
    }
  }

  #step(session: Session, { statement, rows, isBatch }: BurstStep<number>): unknown {
    const write = this.#statements[statement] as WriteStatement;
    return isBatch ? session.batch(write, rows) : session.write(write, rows[0]!);
  }

  async #watch(session: Session, start: WatchStart, reactions: Reactions): Promise<void> {
    const { stream: number, query, args } = start;
    if (session.watch === undefined) {
      throw new Error("The session has no watch although live queries are declared");
    }
    const stream: Stream = { subscription: undefined, isClosing: false, delivered: [] };
    this.#streams[number] = stream;
    const watching = session.watch(this.#statements[query] as Query, args, {
      next: (rows) => {
        const count = stream.delivered.length;
        // Text at once: what the library does with its rows afterwards cannot reach it.
        const text = encodeJson(rows);
        stream.delivered[count] = { rows, text };
        this.#say({ kind: "emission", stream: number, atNs: this.#host.runtime.nowNs(), rows });
        for (let index = 0; index < reactions.length; index++) {
          if (reactions[index]!.emission === count) this.#react(session, reactions[index]!.reaction);
        }
      },
      error: (error) => this.#say({ kind: "streamError", stream: number, message: messageOf(error) }),
    });
    reuse(args);
    stream.subscription = await watching;
    if (stream.isClosing) await stream.subscription.close();
  }

  /** Like a caller's listener: it does not wait, and what goes wrong is an error in the background. */
  #react(session: Session, reaction: Reaction<number>): void {
    const say = this.#say;
    act(
      async () => {
        switch (reaction.kind) {
          case "write":
            return void await this.#step(session, reaction.step);
          case "watch":
            return await this.#watch(session, reaction.watch, NO_REACTIONS);
          case "close":
            return await this.#unwatch(reaction.stream);
        }
      },
    );

    async function act(work: () => Promise<void>): Promise<void> {
      try {
        await work();
      } catch (error) {
        say({ kind: "background", message: messageOf(error) });
      }
    }
  }

  async #unwatch(number: number): Promise<void> {
    const stream = this.#streams[number];
    if (stream === undefined) throw new Error("Cannot close a live query as it must be open");
    if (stream.subscription === undefined) stream.isClosing = true;
    await stream.subscription?.close();
  }

  #changedLater(number: number): number[] {
    const { delivered } = this.#streams[number]!;
    const changed: number[] = [];
    for (let index = 0; index < delivered.length; index++) {
      const { rows, text } = delivered[index]!;
      if (encodeJson(rows) !== text) changed[changed.length] = index;
    }
    return changed;
  }
}

/** A caller who takes rows for its own. What is frozen stays as it is. */
function spoilRows(rows: unknown): void {
  const list = rows as Record<string, unknown>[];
  for (let index = 0; index < list.length; index++) {
    const row = list[index]!;
    for (const column in row) {
      try {
        row[column] = "spoiled";
      } catch {
        // Frozen: the library has seen to it.
      }
    }
  }
}

/** Several collections: what the first one lets finalizers free is gone after the next. */
async function heapBytes({ collectGarbage, heapBytes, turn }: ChildRuntime): Promise<number | null> {
  if (heapBytes === undefined) return null;
  for (let round = 0; round < 2; round++) {
    collectGarbage();
    await turn();
  }
  collectGarbage();
  return heapBytes();
}

/** A caller may use the array of arguments for something else as soon as the call has returned. */
function reuse(args: Args): void {
  const own = args as Value[];
  for (let index = 0; index < own.length; index++) own[index] = null;
}
