/**
 * Whether the running code belongs to the callback of a transaction that is still open.
 *
 * What waits for the writer inside such a callback would wait for the transaction that waits for it. The calls alone do not
 * tell: a write of somebody else, at the same moment, is right to wait. So the callback runs in an async context of its own,
 * which everything that it starts inherits, and which is asked only where a call is about to wait.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";

/** One callback that runs. */
interface Callback {
  /** What the callback has for itself: the writer, or the scope of the transaction around it. */
  readonly owner: object;
  /** The callback in which this one was started. */
  readonly outer: Callback | undefined;
  isOpen: boolean;
}

const callbacks = new AsyncLocalStorage<Callback>();

/** Runs `body` as the callback of a transaction that has `owner` for itself until `body` has ended. */
export async function runInside<T>(owner: object, body: () => Promise<T>): Promise<T> {
  const callback: Callback = { owner, outer: callbacks.getStore(), isOpen: true };
  try {
    return await callbacks.run(callback, body);
  } finally {
    callback.isOpen = false;
  }
}

/** True in a callback that has `owner` for itself and in all that it started, until the callback has ended. */
export function isInside(owner: object): boolean {
  for (let callback = callbacks.getStore(); callback !== undefined; callback = callback.outer) {
    if (callback.owner === owner && callback.isOpen) return true;
  }
  return false;
}

/** `run` bound to the async context of now, for calls that are made later from elsewhere. */
export function keepContext<Args extends unknown[], R>(run: (...args: Args) => R): (...args: Args) => R {
  // Called as a method: in Bun 1.4.5 it is one.
  return AsyncLocalStorage.bind(run);
}
