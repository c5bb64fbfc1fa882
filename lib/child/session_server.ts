/** Answers the verbs of sessions in the child; see `lib/protocol/session.ts`. Knows nothing of what is right. */
import type { Adapter, OptionValues, Session, Subscription } from "../model/adapter.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import type { Query, Statement, WriteStatement } from "../model/statement.ts";
import type { Args, Value } from "../model/value.ts";
import { encodeJson } from "../protocol/json.ts";
import type {
  BurstStep,
  Reaction,
  SessionMessage,
  SessionRequest,
  SessionVerb,
  SessionVerbs,
} from "../protocol/session.ts";
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
      const answer = await this.#answerTo(session, verb, order);
      this.#say({ kind: "settled", id, answer: answer ?? null });
    } catch (error) {
      const isDriverUnavailable = error instanceof DriverUnavailableError;
      this.#say({ kind: "threw", id, message: messageOf(error), isDriverUnavailable });
    }
  }

  async #answerTo(number: number, verb: SessionVerb, order: unknown): Promise<unknown> {
    if (verb === "open") {
      const { adapter, options } = this.#host.loaded;
      const { directory, tables } = order as SessionVerbs["open"][0];
      this.#sessions[number] = await adapter.open({
        directory,
        tables,
        options,
        runtime: this.#host.runtime.id,
      });
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
        const { query, args } = order as SessionVerbs["read"][0];
        const answer = session.read(this.#statements[query] as Query, args);
        reuse(args);
        return await answer;
      }
      case "burst":
        return void await this.#burst(session, order as SessionVerbs["burst"][0]);
      case "watch":
        return void await this.#watch(session, order as SessionVerbs["watch"][0]);
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
    const answers: unknown[] = [];
    for (let index = 0; index < steps.length; index++) {
      const answer = this.#step(session, steps[index]!);
      if (isAwaited) await answer;
      else answers[index] = answer;
    }
    for (let index = 0; index < answers.length; index++) await answers[index];
  }

  #step(session: Session, { statement, rows, isBatch }: BurstStep<number>): unknown {
    const write = this.#statements[statement] as WriteStatement;
    return isBatch ? session.batch(write, rows) : session.write(write, rows[0]!);
  }

  async #watch(session: Session, order: SessionVerbs["watch"][0]): Promise<void> {
    const { stream: number, query, args, reactions } = order;
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
        if (reaction.kind === "write") await this.#step(session, reaction.step);
        else await this.#unwatch(reaction.stream);
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

/** A caller may use the array of arguments for something else as soon as the call has returned. */
function reuse(args: Args): void {
  const own = args as Value[];
  for (let index = 0; index < own.length; index++) own[index] = null;
}
