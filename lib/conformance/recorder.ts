import type { Observer, Session, Subscription } from "../model/adapter.ts";
import type { Query } from "../model/statement.ts";
import { messageOf } from "../model/errors.ts";
import type { Args, Row } from "../model/value.ts";
import { sameRows, shown } from "./expect.ts";

/** Keeps every emission of one watched query: as it was delivered, and as it was at that moment. */
export class Recorder implements Observer {
  /** The arrays that were delivered. */
  readonly emissions: (readonly Row[])[] = [];
  /** Copies of the same, taken during delivery. */
  readonly copies: (readonly Row[])[] = [];
  readonly errors: string[] = [];
  readonly #deadlineMs: number;
  #subscription: Subscription | undefined;

  private constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Starts watching. `deadlineMs` is how long each wait may take. */
  static async watch(session: Session, query: Query, args: Args, deadlineMs: number): Promise<Recorder> {
    const recorder = new Recorder(deadlineMs);
    if (session.watch === undefined) {
      throw new Error("The session has no watch although live queries are declared");
    }
    recorder.#subscription = await session.watch(query, args, recorder);
    return recorder;
  }

  /** See {@link Observer}. */
  next(rows: readonly Row[]): void {
    this.emissions.push(rows);
    this.copies.push(rows.map((row) => ({ ...row })));
  }

  /** See {@link Observer}. */
  error(error: unknown): void {
    this.errors.push(messageOf(error));
  }

  /** The newest emission; `undefined` before the first. */
  get last(): readonly Row[] | undefined {
    return this.copies.at(-1);
  }

  /** Waits until the newest emission shows these rows. Throws at the deadline and when the query reports an error. */
  async untilLast(expected: readonly Row[], what: string): Promise<void> {
    await this.until(() => this.last !== undefined && sameRows(this.last, expected), () => {
      return `${what}: expected the last emission to be ${shown(expected)}, got ${shown(this.last)} ` +
        `after ${this.copies.length} emissions`;
    });
  }

  /** Waits until a condition on the emissions holds, turning the event loop; see {@link untilLast}. */
  async until(condition: () => boolean, message: () => string): Promise<void> {
    const deadline = performance.now() + this.#deadlineMs;
    while (!condition()) {
      this.#throwReported();
      if (performance.now() > deadline) throw new Error(message());
      await turn();
    }
  }

  /** Stops watching. Throws when the query has reported an error. */
  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
    this.#throwReported();
  }

  #throwReported(): void {
    if (this.errors.length > 0) throw new Error(`The live query reported an error: ${this.errors[0]}`);
  }
}

/** One real turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
