/**
 * A live query in the hands of the user: iterate over it, or subscribe to it.
 *
 * @module
 */

import { EngineError, misuse } from "../errors.ts";
import type { Row, Rows } from "../values.ts";
import { changesBetween, type KeyedRows, keyRows, type RowChanges } from "./changes.ts";
import type { Subscriber } from "./entry.ts";

/** Ends a subscription when it is called, by `unsubscribe`, or by `using`. */
export interface Subscription extends Disposable {
  /** No callback is called after this. */
  (): void;
  /** The same by name. */
  unsubscribe(): void;
}

/** Told of each error; the subscription stays and recovers when the cause is gone. */
export type ErrorListener = (error: EngineError) => void;

/** Results one after the other; leaving the loop, `return` and `throw` end the subscription. */
export interface LiveIterator<R> extends AsyncIterableIterator<R, unknown, void>, AsyncDisposable {
  /** The next result; each call takes one. Rejects with the query's error, once. */
  next(): Promise<IteratorResult<R, unknown>>;
  /** Ends the subscription; calls of `next` that wait are done. */
  return(value?: unknown): Promise<IteratorReturnResult<unknown>>;
  /** Ends the subscription and rejects with the error. */
  throw(error?: unknown): Promise<IteratorResult<R, unknown>>;
  /** The iterator itself. */
  [Symbol.asyncIterator](): LiveIterator<R>;
}

/** What a `for await` loop over a live query runs on. */
export type RowsIterator<T extends object = Row> = LiveIterator<Rows<T>>;

/** Options of `Database.watch`. */
export interface WatchOptions {
  /**
   * Column, or columns, that tell the rows of the result apart. Each result then comes with what has changed since the one
   * before, and rows in which nothing has changed are the same objects as before.
   */
  readonly key?: string | readonly string[];
  /** Ends all subscriptions to this query, and loops over it, when it aborts; what is begun later ends at once. */
  readonly signal?: AbortSignal | undefined;
  /**
   * A subscription, or a loop, whose first result has not come after this time is told of an error with code `TIMEOUT`. A
   * subscription shows the result when it comes; a loop has ended.
   */
  readonly timeoutMs?: number | undefined;
}

/** Where a live query gets its results from. */
export interface LiveSource {
  readonly sql: string;
  readonly key: readonly string[] | null;
  /** So many results, the newest ones, wait for a consumer that is slower than they come. */
  readonly buffer: number;
  subscribe(subscriber: Subscriber): () => void;
  /** What an equal query shows at the moment, if it is not outdated. */
  peek(): Rows | null;
}

/** A result as this query shows it. */
interface Shown {
  readonly rows: Rows;
  readonly keyed: KeyedRows | null;
}

/**
 * A query whose result is shown again when it changes.
 *
 * Nothing runs until somebody iterates or subscribes; each `for await` loop and each `subscribe` is a subscription of its own,
 * and all of them share one re-query with every equal query of the database. `C` is what comes with each result:
 * {@link RowChanges} for a query that was given a key, otherwise null.
 */
export class LiveQuery<T extends object = Row, C = null> implements AsyncIterable<Rows<T>> {
  readonly #source: LiveSource;
  /** The engine's result that `#shown` was made of. */
  #adopted: Rows | null = null;
  #shown: Shown | null = null;
  #error: EngineError | null = null;

  /** @internal Made by `Database.watch`. */
  constructor(source: LiveSource) {
    this.#source = source;
  }

  /**
   * The result that was shown last, the same object until the next one is shown; undefined before the first, and while there
   * is an error. Before anybody has subscribed it is what an equal query shows, if there is one that is up to date. Once all
   * subscriptions have ended it stays what it was.
   */
  get current(): Rows<T> | undefined {
    if (this.#shown === null && this.#error === null) {
      const rows = this.#source.peek();
      if (rows !== null) this.#adopt(rows);
    }
    return this.#shown?.rows as Rows<T> | undefined;
  }

  /** The error that was shown last, when no result has come since. */
  get error(): EngineError | undefined {
    return this.#error ?? undefined;
  }

  /**
   * Calls `onRows` with the present result as soon as it is known, and with each new one that the policy delivers. Without
   * `onError` errors of the query become uncaught ones, as do those that a listener throws; neither stops other listeners.
   *
   * It may be passed on without its query: together with `current` it is what `useSyncExternalStore` of React takes.
   *
   * @throws {EngineError} with code `CLOSED` when the database is closed.
   */
  readonly subscribe: (
    onRows: (rows: Rows<T>, changes: C) => void,
    onError?: ErrorListener,
  ) => Subscription = (onRows, onError = throwLater) => {
    let seen: KeyedRows | null = null;
    const tell = (shown: Shown | EngineError) => {
      if (shown instanceof EngineError) return onError(shown);
      const changes = shown.keyed === null ? null : changesBetween(seen, shown.keyed);
      seen = shown.keyed;
      onRows(shown.rows as Rows as Rows<T>, changes as C);
    };
    const end = this.#listen(tell, () => {});
    const unsubscribe = () => end();
    return Object.assign(unsubscribe, { unsubscribe, [Symbol.dispose]: unsubscribe });
  };

  /**
   * Results as they come. A consumer slower than the results gets the newest one (policy `per-commit`: the newest `buffer` ones). An error
   * ends the iteration and the subscription; iterate again to go on. Closing the database ends it without an error.
   */
  [Symbol.asyncIterator](): RowsIterator<T> {
    return this.#iterate((shown) => shown.rows as Rows as Rows<T>);
  }

  /**
   * Results as they come, each with what has changed since the one that this loop was given before.
   *
   * @throws {EngineError} with code `MISUSE` when the query was not given a key.
   */
  changes(): LiveIterator<{ readonly rows: Rows<T>; readonly changes: RowChanges<T> }> {
    if (this.#source.key === null) {
      throw misuse("watch", "a query must be given a key to tell changes, there is none", this.#source.sql);
    }
    let seen: KeyedRows | null = null;
    return this.#iterate(({ rows, keyed }) => {
      const changes = changesBetween(seen, keyed!);
      seen = keyed;
      return { rows: rows as Rows as Rows<T>, changes: changes as RowChanges as unknown as RowChanges<T> };
    });
  }

  /** What all subscriptions of this query are told, made of a result once. */
  #adopt(rows: Rows): Shown | EngineError {
    if (rows === this.#adopted) return this.#error ?? this.#shown!;
    this.#adopted = rows;
    const { key, sql } = this.#source;
    try {
      const keyed = key === null ? null : keyRows(rows, key, this.#shown?.keyed ?? null, sql);
      this.#shown = { rows: keyed?.rows ?? rows, keyed };
      this.#error = null;
      return this.#shown;
    } catch (error) {
      return this.#fail(error as EngineError);
    }
  }

  #fail(error: EngineError): EngineError {
    this.#shown = null;
    this.#error = error;
    return error;
  }

  #listen(tell: (shown: Shown | EngineError) => void, end: () => void): () => void {
    return this.#source.subscribe({
      rows: (rows) => tell(this.#adopt(rows)),
      error: (error) => tell(this.#fail(error)),
      end,
      active: true,
      primed: false,
      order: 0,
      firstSeq: 0,
    });
  }

  #iterate<R>(make: (shown: Shown) => R): LiveIterator<R> {
    const items: (Shown | EngineError)[] = [];
    const waiting: { resolve(result: IteratorResult<R, unknown>): void; reject(error: unknown): void }[] = [];
    let ended = false;
    let unsubscribe: (() => void) | null = null;
    const end = () => {
      ended = true;
      unsubscribe?.();
      for (const each of waiting.splice(0)) each.resolve({ done: true, value: undefined });
    };
    const push = (item: Shown | EngineError) => {
      const next = waiting.shift();
      if (next === undefined) {
        while (items.length >= this.#source.buffer) items.shift();
        items.push(item);
      } else if (item instanceof EngineError) {
        next.reject(item);
        end();
      } else next.resolve({ done: false, value: make(item) });
    };
    const stop = () => {
      items.length = 0;
      end();
    };
    const iterator: LiveIterator<R> = {
      next: () => {
        try {
          if (!ended) unsubscribe ??= this.#listen(push, end);
        } catch (error) {
          return Promise.reject(error);
        }
        const item = items.shift();
        if (item !== undefined) {
          if (!(item instanceof EngineError)) return Promise.resolve({ done: false, value: make(item) });
          end();
          return Promise.reject(item);
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

/**
 * The columns that tell rows apart, or null.
 *
 * @throws {EngineError} with code `MISUSE` when they are not names of columns.
 */
export function checkKey(key: WatchOptions["key"], sql: string): readonly string[] | null {
  if (key === undefined) return null;
  const columns: readonly unknown[] = Array.isArray(key) ? [...key] : [key];
  if (columns.length > 0 && columns.every((column) => typeof column === "string")) return columns;
  throw misuse("watch", `the key must be a name of a column, or several, got ${JSON.stringify(key)}`, sql);
}

function throwLater(error: EngineError): void {
  queueMicrotask(() => {
    throw error;
  });
}
