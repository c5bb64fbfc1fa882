/**
 * Calls that their caller may give up: by an `AbortSignal`, or after a time.
 *
 * SQLite cannot be stopped from another thread, in none of the runtimes. So a write that has not begun is taken back, a batch is
 * undone between two of its steps, and one statement that runs is waited for: who is told that a write was given up can be sure
 * that nothing of it was kept. A read is given up at once, and its thread with it.
 *
 * @module
 */

import { EngineError, misuse, type Verb } from "./errors.ts";
import { describe } from "./values.ts";

/** How a call may be given up. */
export interface CallOptions {
  /** Gives the call up when it aborts: it rejects with code `ABORTED`, and the signal's reason as `cause`. */
  readonly signal?: AbortSignal | undefined;
  /** Gives the call up after this time: it rejects with code `TIMEOUT`. */
  readonly timeoutMs?: number | undefined;
}

/** One call that may be given up. */
export class Cancel {
  readonly #verb: Verb;
  readonly #sql: string | null;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#give("ABORTED", "its signal was aborted", { cause: this.#signal!.reason });
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<(error: EngineError) => void>();
  #error: EngineError | null = null;

  constructor(verb: Verb, sql: string | null, { signal, timeoutMs }: CallOptions) {
    this.#verb = verb;
    this.#sql = sql;
    this.#signal = signal;
    if (signal?.aborted === true) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (timeoutMs !== undefined) {
      const reason = `it was to end within ${timeoutMs} ms`;
      this.#timer = setTimeout(() => this.#give("TIMEOUT", reason), timeoutMs);
    }
  }

  /** Why the call was given up, or null while it was not. */
  get error(): EngineError | null {
    return this.#error;
  }

  /** Calls `listener` when the call is given up, at once when it was already. Gives the means to hear no more of it. */
  listen(listener: (error: EngineError) => void): () => void {
    if (this.#error !== null) listener(this.#error);
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The call has ended. */
  end(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #give(code: "ABORTED" | "TIMEOUT", reason: string, options?: ErrorOptions): void {
    if (this.#error !== null) return;
    const shape = { verb: this.#verb, code, sqliteCode: null, sql: this.#sql, reason };
    this.#error = new EngineError(shape, options);
    for (const listener of [...this.#listeners]) listener(this.#error);
    this.#listeners.clear();
  }
}

/**
 * Makes a call that may be given up; `call` is told of it by its argument, null when nobody can.
 *
 * @throws {EngineError} with code `MISUSE` when the options are not such.
 */
export function cancellable<T>(
  verb: Verb,
  sql: string | null,
  options: CallOptions | undefined,
  call: (cancel: Cancel | null) => Promise<T>,
): Promise<T> {
  return options === undefined ? call(null) : watched(verb, sql, options, call);
}

async function watched<T>(
  verb: Verb,
  sql: string | null,
  options: CallOptions,
  call: (cancel: Cancel | null) => Promise<T>,
): Promise<T> {
  const cancel = startCancel(verb, sql, options);
  if (cancel === null) return call(null);
  try {
    if (cancel.error !== null) throw cancel.error;
    return await call(cancel);
  } finally {
    cancel.end();
  }
}

/** What watches over a call with these options, or null. To be ended with the call. */
export function startCancel(verb: Verb, sql: string | null, options: CallOptions | undefined): Cancel | null {
  if (options === undefined) return null;
  checkCallOptions(verb, sql, options);
  const { signal, timeoutMs } = options;
  return signal === undefined && timeoutMs === undefined ? null : new Cancel(verb, sql, options);
}

/** @throws {EngineError} with code `MISUSE` when the options of a call are not such. */
export function checkCallOptions(verb: Verb, sql: string | null, options: CallOptions): void {
  if (typeof options !== "object" || options === null) {
    throw misuse(verb, `the options must be an object, got ${describe(options)}`, sql);
  }
  const { signal, timeoutMs } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw misuse(verb, `the signal must be an AbortSignal, got ${describe(signal)}`, sql);
  }
  const isTime = typeof timeoutMs === "number" && timeoutMs >= 0 && timeoutMs < 2 ** 31;
  if (timeoutMs !== undefined && !isTime) {
    throw misuse(verb, `timeoutMs must be a number from 0 to 2^31, got ${String(timeoutMs)}`, sql);
  }
}
