/**
 * A live query in the hands of the user: iterate over it, or subscribe to it.
 *
 * @module
 */

import type { EngineError } from "../errors.ts";
import type { Row, Rows } from "../values.ts";
import type { Subscriber } from "./entry.ts";

/** Ends a subscription; also by `using`. */
export interface Subscription extends Disposable {
  /** No callback is called after this. */
  unsubscribe(): void;
}

/** Told of each error; the subscription stays and recovers when the cause is gone. */
export type ErrorListener = (error: EngineError) => void;

/** Results one after the other; leaving the loop, `return` and `throw` end the subscription. */
export interface RowsIterator<T extends object = Row>
  extends AsyncIterableIterator<Rows<T>, unknown, void>, AsyncDisposable {
  /** The next result; each call takes one. Rejects with the query's error, once. */
  next(): Promise<IteratorResult<Rows<T>, unknown>>;
  /** Ends the subscription; calls of `next` that wait are done. */
  return(value?: unknown): Promise<IteratorReturnResult<unknown>>;
  /** Ends the subscription and rejects with the error. */
  throw(error?: unknown): Promise<IteratorResult<Rows<T>, unknown>>;
  /** The iterator itself. */
  [Symbol.asyncIterator](): RowsIterator<T>;
}

/**
 * A query whose result is shown again when it changes.
 *
 * Nothing runs until somebody iterates or subscribes; each `for await` loop and each `subscribe` is a subscription of its own,
 * and all of them share one re-query with every equal query of the database.
 */
export class LiveQuery<T extends object = Row> implements AsyncIterable<Rows<T>> {
  readonly #subscribe: (subscriber: Subscriber) => () => void;
  readonly #keepAll: boolean;

  /** Made by `Database.watch`. */
  constructor(subscribe: (subscriber: Subscriber) => () => void, keepAll: boolean) {
    this.#subscribe = subscribe;
    this.#keepAll = keepAll;
  }

  /**
   * Calls `onRows` with the present result as soon as it is known, and with each new one that the policy delivers. Without
   * `onError` errors of the query become uncaught ones, as do those that a listener throws; neither stops other listeners.
   *
   * @throws {EngineError} with code `CLOSED` when the database is closed.
   */
  subscribe(onRows: (rows: Rows<T>) => void, onError: ErrorListener = throwLater): Subscription {
    const subscriber: Subscriber = {
      // What the type says of the rows is the caller's word; inside the engine they are rows of any kind.
      rows: onRows as unknown as (rows: Rows) => void,
      error: onError,
      end() {},
      active: true,
      primed: false,
      order: 0,
      firstSeq: 0,
    };
    const unsubscribe = this.#subscribe(subscriber);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  /**
   * Results as they come. A consumer slower than the results gets the newest one (policy `per-commit`: every one). An error
   * ends the iteration and the subscription; iterate again to go on. Closing the database ends it without an error.
   */
  [Symbol.asyncIterator](): RowsIterator<T> {
    const items: ({ readonly rows: Rows<T> } | { readonly error: EngineError })[] = [];
    const waiting: {
      resolve(result: IteratorResult<Rows<T>, unknown>): void;
      reject(error: unknown): void;
    }[] = [];
    let ended = false;
    let unsubscribe: (() => void) | null = null;
    const end = () => {
      ended = true;
      unsubscribe?.();
      for (const each of waiting.splice(0)) each.resolve({ done: true, value: undefined });
    };
    const push = (item: (typeof items)[number]) => {
      const next = waiting.shift();
      if (next === undefined) {
        if (!this.#keepAll) items.length = 0;
        items.push(item);
      } else if ("rows" in item) next.resolve({ done: false, value: item.rows });
      else {
        next.reject(item.error);
        end();
      }
    };
    const subscriber: Subscriber = {
      rows: (rows) => push({ rows: rows as Rows as Rows<T> }),
      error: (error) => push({ error }),
      end,
      active: true,
      primed: false,
      order: 0,
      firstSeq: 0,
    };
    const stop = () => {
      items.length = 0;
      end();
    };
    const iterator: RowsIterator<T> = {
      next: () => {
        try {
          if (!ended) unsubscribe ??= this.#subscribe(subscriber);
        } catch (error) {
          return Promise.reject(error);
        }
        const item = items.shift();
        if (item !== undefined) {
          if ("rows" in item) return Promise.resolve({ done: false, value: item.rows });
          end();
          return Promise.reject(item.error);
        }
        if (ended) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return: async (value) => {
        stop();
        return { done: true, value: await value };
      },
      throw: (error) => {
        stop();
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]: () => iterator,
      [Symbol.asyncDispose]: async () => void await iterator.return(),
    };
    return iterator;
  }
}

function throwLater(error: EngineError): void {
  queueMicrotask(() => {
    throw error;
  });
}
