/**
 * Subscriptions with bounds: one that a signal ends, and one that says so when its first result does not come in time.
 *
 * @module
 */

import { type CallOptions, checkCallOptions } from "../cancel.ts";
import { EngineError } from "../errors.ts";
import type { Subscriber } from "./entry.ts";

/** Subscribes somebody; gives the means to end it. */
type Subscribe = (subscriber: Subscriber) => () => void;

/**
 * Subscribes within the bounds of the options. A signal ends the subscription as closing the database does: without an error. When
 * neither a result nor an error has come after `timeoutMs`, the subscriber is told of an error with code `TIMEOUT`; the query goes
 * on, as SQLite cannot be stopped, and its result is shown when it comes.
 *
 * @throws {EngineError} with code `MISUSE` when the options are not such.
 */
export function subscribeWithin(
  options: CallOptions,
  sql: string,
  subscriber: Subscriber,
  subscribe: Subscribe,
): () => void {
  checkCallOptions("watch", sql, options);
  const { signal, timeoutMs } = options;
  const inTime: Subscribe = timeoutMs === undefined
    ? subscribe
    : (one) => withDeadline(timeoutMs, sql, one, subscribe);
  return signal === undefined ? inTime(subscriber) : untilAborted(signal, subscriber, inTime);
}

function untilAborted(signal: AbortSignal, subscriber: Subscriber, subscribe: Subscribe): () => void {
  if (signal.aborted) {
    queueMicrotask(() => subscriber.end());
    return () => {};
  }
  const unsubscribe = subscribe(subscriber);
  const onAbort = () => {
    unsubscribe();
    subscriber.end();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
  };
}

function withDeadline(
  timeoutMs: number,
  sql: string,
  subscriber: Subscriber,
  subscribe: Subscribe,
): () => void {
  const reason = `its first result was to come within ${timeoutMs} ms`;
  const late = () =>
    subscriber.error(new EngineError({ verb: "watch", code: "TIMEOUT", sqliteCode: null, sql, reason }));
  const timer = setTimeout(late, timeoutMs);
  const settle = () => clearTimeout(timer);
  let unsubscribe: () => void;
  try {
    unsubscribe = subscribe({
      ...subscriber,
      rows: (rows) => {
        settle();
        subscriber.rows(rows);
      },
      error: (error) => {
        settle();
        subscriber.error(error);
      },
      end: () => {
        settle();
        subscriber.end();
      },
    });
  } catch (error) {
    settle();
    throw error;
  }
  return () => {
    settle();
    unsubscribe();
  };
}
