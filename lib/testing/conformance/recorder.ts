import type { Observer, Session, Subscription } from "../../model/adapter.ts";
import type { Query } from "../../model/statement.ts";
import { messageOf } from "../../model/errors.ts";
import type { Args, Row } from "../../model/value.ts";
import { sameRows, shown } from "./expect.ts";

/** How long a scenario waits for what must come. Reached only by adapters that fail. */
export const DEADLINE_MS = 5000;
/** How long a scenario listens for what must not come. Longer than the smallest throttle of any library here. */
export const QUIET_MS = 120;

/** Keeps every emission of one watched query: as it was delivered, and as it was at that moment. */
export class Recorder implements Observer {
  /** The arrays that were delivered. */
  readonly emissions: (readonly Row[])[] = [];
  /** Copies of the same, taken during delivery. */
  readonly copies: (readonly Row[])[] = [];
  readonly errors: string[] = [];
  #subscription: Subscription | undefined;

  /** Starts watching; resolves once `watch` has answered, which may be before or after the first delivery. */
  static async watch(session: Session, query: Query, args: Args = []): Promise<Recorder> {
    const recorder = new Recorder();
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
    const deadline = performance.now() + DEADLINE_MS;
    while (!condition()) {
      if (this.errors.length > 0) throw new Error(`The live query reported an error: ${this.errors[0]}`);
      if (performance.now() > deadline) throw new Error(message());
      await turn();
    }
  }

  /** Stops watching. */
  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
  }
}

/** One real turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets {@link QUIET_MS} pass: for what must not happen there is no event to wait for. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}
