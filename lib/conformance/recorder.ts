import type { Observer } from "../model/adapter.ts";
import type { Query, SqlStatement } from "../model/statement.ts";
import { messageOf } from "../model/errors.ts";
import type { Args, Row } from "../model/value.ts";
import type {
  ListenerReaction,
  PreparedWatch,
  RemoteSession,
  RemoteSubscription,
} from "../runner/remote_session.ts";
import { sameRows, shown } from "./expect.ts";

/** What is watched, and how long each wait may take. */
export interface Watching {
  readonly session: RemoteSession;
  readonly query: Query | SqlStatement;
  readonly args: Args;
  readonly deadlineMs: number;
  /** What the listener does by itself. */
  readonly reactions?: readonly ListenerReaction[];
}

/** A recorder of a live query that begins later. */
export interface PreparedRecorder {
  readonly recorder: Recorder;
  /** For the burst or the reaction that begins it. */
  readonly start: PreparedWatch;
}

/** Keeps every emission of one watched query, as it was when it was delivered. */
export class Recorder implements Observer {
  /** Rows of every emission. */
  readonly copies: (readonly Row[])[] = [];
  readonly errors: string[] = [];
  readonly #deadlineMs: number;
  readonly #waiters = new Set<() => void>();
  #subscription: RemoteSubscription | undefined;

  private constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Starts watching. */
  static async watch({ session, query, args, deadlineMs, reactions }: Watching): Promise<Recorder> {
    const recorder = new Recorder(deadlineMs);
    recorder.#subscription = await session.watch(query, args, recorder, reactions);
    return recorder;
  }

  /** Starts watching when the burst or the listener does that it is given to. */
  static prepare(
    { session, query, args, deadlineMs }: Watching & { readonly query: Query },
  ): PreparedRecorder {
    const recorder = new Recorder(deadlineMs);
    const start = session.prepare(query, args, recorder);
    recorder.#subscription = start.subscription;
    return { recorder, start };
  }

  /** See {@link Observer}. */
  next(rows: readonly Row[]): void {
    this.copies.push(rows);
    this.#wake();
  }

  /** See {@link Observer}. */
  error(error: unknown): void {
    this.errors.push(messageOf(error));
    this.#wake();
  }

  /** The newest emission; `undefined` before the first. */
  get last(): readonly Row[] | undefined {
    return this.copies.at(-1);
  }

  /** What is closed by a reaction of another one. */
  get subscription(): RemoteSubscription {
    return this.#subscription!;
  }

  /** Waits until the newest emission shows these rows. Throws at the deadline and when the query reports an error. */
  async untilLast(expected: readonly Row[], what: string): Promise<void> {
    await this.until(() => this.last !== undefined && sameRows(this.last, expected), () => {
      return `${what}: expected the last emission to be ${shown(expected)}, got ${shown(this.last)} ` +
        `after ${this.copies.length} emissions`;
    });
  }

  /** Waits until a condition on the emissions holds, looking at each; see {@link untilLast}. */
  async until(condition: () => boolean, message: () => string): Promise<void> {
    const deadline = performance.now() + this.#deadlineMs;
    while (true) {
      this.#throwReported();
      if (condition()) return;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(message());
      await this.#activityWithin(leftMs);
    }
  }

  /** Indexes of emissions whose rows changed in the child after they were delivered. */
  async changedLater(): Promise<readonly number[]> {
    return await this.#subscription?.changedLater() ?? [];
  }

  /** See {@link RemoteSubscription.requeryCount}. */
  async requeryCount(): Promise<number | null> {
    return await this.#subscription?.requeryCount() ?? null;
  }

  /** Has the caller overwrite the rows that were delivered last. */
  async spoil(): Promise<void> {
    await this.#subscription?.spoil();
  }

  /** Waits until the live query has told of an error; answers its message. Throws at the deadline. */
  async untilError(what: string): Promise<string> {
    const deadline = performance.now() + this.#deadlineMs;
    while (this.errors.length === 0) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) {
        throw new Error(`${what}: expected an error, got ${this.copies.length} emissions and none`);
      }
      await this.#activityWithin(leftMs);
    }
    return this.errors[0]!;
  }

  /** Stops watching, whatever was told of errors. */
  async abandon(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
  }

  /** Stops watching. Throws when the query has reported an error. */
  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
    this.#throwReported();
  }

  #activityWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiters.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiters]) done();
  }

  #throwReported(): void {
    if (this.errors.length > 0) throw new Error(`The live query reported an error: ${this.errors[0]}`);
  }
}

/** One real turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
