/**
 * The front of the engine: writes go to the writer, reads to the pool, commits to the streams.
 *
 * @module
 */

import { resolve } from "node:path";
import type { CallerBudget } from "./caller_budget.ts";
import { type CallOptions, cancellable, startCancel } from "./cancel.ts";
import { Counters, type CounterSnapshot } from "./counters.ts";
import { EngineError, misuse, shapeOf } from "./errors.ts";
import { migrate, type Migration, type MigrationResult } from "./migrate.ts";
import { type OpenOptions, resolveMemoryOptions, resolveOptions, type Settings } from "./options.ts";
import { makeParts, memoryPath } from "./parts.ts";
import { writerOp } from "./protocol.ts";
import type { Copies, PieceReads, Reads } from "./readers/reads.ts";
import { loadFunctions } from "./sqlite/functions.ts";
import { type ColumnarResult, toArrays, toRows } from "./sqlite/result.ts";
import {
  checkScript,
  type Request,
  type SqlParams,
  type Statement,
  toRequest,
  toRequests,
  toRowsInOrder,
} from "./statement.ts";
import type { RowChanges } from "./streams/changes.ts";
import { subscribeWithin } from "./streams/bounded.ts";
import { checkKey, LiveQuery, type WatchOptions } from "./streams/live_query.ts";
import type { LiveRoute } from "./streams/routes.ts";
import { StreamEngine } from "./streams/stream_engine.ts";
import { Trace, type TraceEvent } from "./trace.ts";
import { runTransaction, type Transaction } from "./transaction.ts";
import { copyParams, type Row, type RowArray, type Rows } from "./values.ts";
import { checkBatch, nothingDone, toWriteResult, toWriteResults, type WriteResult } from "./write_result.ts";
import type { Writer } from "./writer/writer.ts";

/** Key of the hook that tests use. Not part of the public surface. */
export const testHook: unique symbol = Symbol("watchlite.test");

/** What tests may do that users may not: end threads, and ask whether all streams are up to date. */
export interface TestHook {
  crashWriter(): void;
  killReader(index: number): void;
  isQuiet(): boolean;
}

/** An open database: who writes, who reads (parts.ts), live queries. */
export class Database implements AsyncDisposable {
  readonly #writer: Writer;
  readonly #reads: Reads;
  readonly #pieces: PieceReads;
  readonly #copies: Copies;
  readonly #streams: StreamEngine;
  readonly #counters: Counters;
  readonly #trace: Trace;
  readonly #budget: CallerBudget;
  readonly #buffer: number;
  readonly #closeWritesMs: number;
  #closing: Promise<void> | null = null;
  /** @internal For the engine's own tests. */
  readonly [testHook]: TestHook;

  private constructor(path: string, settings: Settings) {
    this.#counters = new Counters(settings.profile);
    this.#trace = new Trace(settings.profile ? settings.traceCapacity : 0);
    this.#buffer = settings.policy === "per-commit" ? settings.buffer : 1;
    // A write may wait for another process's lock before it begins.
    this.#closeWritesMs = settings.closeTimeoutMs + settings.busyTimeoutMs;
    const parts = makeParts(path, settings, this.#counters, this.#trace.enabled, {
      onCommit: (commit) => this.#streams.invalidate(commit),
      onSettled: () => this.#streams.writerAnswered(),
      onLost: (error) => this.#streams.fail(error),
      onIdle: () => this.#streams.flush(),
    });
    this.#writer = parts.writer;
    this.#reads = parts.reads;
    this.#pieces = parts.pieces;
    this.#copies = parts.copies;
    this.#budget = parts.budget;
    this.#streams = new StreamEngine(
      settings,
      this.#reads,
      this.#counters,
      this.#trace,
      this.#writer,
      parts.hashKey,
    );
    this[testHook] = {
      isQuiet: () => this.#streams.isQuiet,
      crashWriter: () => this.#writer.crash(),
      killReader: (index) => this.#reads.kill(index),
    };
  }

  /** Opens the file; see {@link openDatabase}. */
  static async open(path: string, options: OpenOptions): Promise<Database> {
    if (typeof path !== "string") throw misuse("open", `the path must be a string, got ${typeof path}`);
    const settings = path === memoryPath ? resolveMemoryOptions(options) : resolveOptions(options);
    if (path === "") throw misuse("open", "the path must name a file, or be :memory:, it is empty");
    if (path.startsWith("file:")) {
      throw misuse(
        "open",
        `the path must be plain, as a URI can set aside what the engine relies on, got "${path}"`,
      );
    }
    let db: Database;
    try {
      // Only who writes, or reads, on this thread needs them here; but what cannot be had is better told once, and at once.
      await loadFunctions(settings.functions);
      // Threads open the file when they are first needed: the current folder may be another one then.
      db = new Database(path === memoryPath ? path : resolve(path), settings);
    } catch (error) {
      // Threads are started from the engine's own files, and a relative path needs the current folder: both may be denied.
      throw new EngineError(shapeOf(error, "open", null), { cause: error });
    }
    const [failure] = await Promise.all([db.#writer.opened(), db.#reads.opened()]);
    if (failure !== null) {
      await Promise.all([db.#writer.close(0), db.#reads.close()]);
      const { reason } = failure;
      throw new EngineError({ ...failure, reason: reason.includes(path) ? reason : `${reason}: ${path}` });
    }
    return db;
  }

  /**
   * Runs one statement as a commit of its own. The promise resolves when the commit is durable as far as `synchronous` says.
   *
   * @throws {EngineError} with SQLite's code, when SQLite refuses.
   */
  async execute<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
    options?: CallOptions,
  ): Promise<WriteResult<T>> {
    const { sql, params: given } = toRequest("execute", statement, params);
    const own = this.#writer.isTaken ? copyParams(given) : given;
    const outcome = await cancellable("execute", sql, options, (cancel) => {
      const send = () => this.#writer.statement(writerOp.execute, "execute", sql, own, cancel);
      return this.#writer.enqueue("execute", sql, send, cancel);
    });
    return toWriteResult(outcome);
  }

  /** Runs one statement once per row, all in one transaction: all of it is kept, or nothing. */
  async executeBatch(
    sql: string,
    rows: readonly SqlParams[],
    options?: CallOptions,
  ): Promise<WriteResult> {
    const given = toRowsInOrder(sql, rows);
    const width = checkBatch(sql, given);
    const own = this.#writer.isTaken ? given.map(copyParams) : given;
    const outcome = await cancellable("executeBatch", sql, options, (cancel) => {
      const send = () =>
        own.length === 0 ? Promise.resolve(nothingDone) : this.#writer.batch(sql, own, width, cancel);
      return this.#writer.enqueue("executeBatch", sql, send, cancel);
    });
    return toWriteResult(outcome);
  }

  /**
   * Runs statements, each with its own params, as one: in one message to the writer and one commit, which keeps all of them
   * or none. Gives what each of them gave.
   */
  async batch(
    statements: readonly (string | Statement<object>)[],
    options?: CallOptions,
  ): Promise<WriteResult[]> {
    const given = toRequests("batch", statements);
    const own = this.#writer.isTaken
      ? given.map(({ sql, params }) => ({ sql, params: copyParams(params) }))
      : given;
    const outcome = await cancellable("batch", null, options, (cancel) => {
      const send = () => own.length === 0 ? Promise.resolve(nothingDone) : this.#writer.together(own, cancel);
      return this.#writer.enqueue("batch", null, send, cancel);
    });
    return toWriteResults(outcome);
  }

  /**
   * Runs a script: statements without params in one text, in one commit, which keeps all of them or none. Gives the sum of
   * their changes; rows that they return are dropped.
   */
  async exec(script: string, options?: CallOptions): Promise<WriteResult> {
    checkScript("exec", script);
    const outcome = await cancellable(
      "exec",
      null,
      options,
      (cancel) => this.#writer.enqueue("exec", null, () => this.#writer.script(script, cancel), cancel),
    );
    return toWriteResult(outcome);
  }

  /**
   * Brings the file to the newest version: runs what `user_version` says has not been run yet, each in a transaction of its
   * own, and counts it up. A migration is a script, or a function that is given the transaction. Nothing else is written
   * meanwhile, by other processes neither.
   *
   * Foreign keys are not enforced while a migration runs, so that tables can be made anew, and checked before it is kept.
   *
   * @throws {EngineError} when a migration fails; those before it are kept, and it is undone. With code `MISUSE` when the
   * file is newer than the last migration.
   */
  migrate(migrations: readonly Migration[], options?: CallOptions): Promise<MigrationResult> {
    return cancellable("migrate", null, options, (cancel) => {
      const run = () => migrate(this.#writer, migrations, cancel);
      return this.#writer.exclusively("migrate", run, cancel);
    });
  }

  /**
   * Reads on a snapshot that holds every commit acknowledged before this call. `T` is what the caller knows about the rows:
   * they are not checked against it.
   */
  async select<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
    options?: CallOptions,
  ): Promise<Rows<T>> {
    return toRows(await this.#select(statement, params, options)) as Rows as Rows<T>;
  }

  /**
   * The same with each row as a list of its values: for large results, which cost less without objects, and for columns that
   * share a name.
   */
  async selectArrays(
    statement: string | Statement<object>,
    params?: SqlParams,
    options?: CallOptions,
  ): Promise<readonly RowArray[]> {
    return toArrays(await this.#select(statement, params, options));
  }

  #select(
    statement: string | Statement<object>,
    params: SqlParams | undefined,
    options: CallOptions | undefined,
  ): Promise<ColumnarResult> {
    const { sql, params: given } = toRequest("select", statement, params);
    const own = copyParams(given);
    return cancellable("select", sql, options, (cancel) => this.#reads.select(sql, own, cancel));
  }

  /**
   * Rows of a result that need not fit into memory, on one snapshot: that of the moment when the first row is asked for. No
   * more than two pieces, of 1,024 rows or 256 kB each, are held. Each loop has a thread and a connection of its own,
   * and the whole result in a temporary file.
   *
   * @throws {EngineError} from the loop, when SQLite refuses, or when the database is closed meanwhile (code `CLOSED`).
   */
  iterate<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
    options?: CallOptions,
  ): AsyncGenerator<T, void, void> {
    const request = toRequest("iterate", statement, params);
    return this.#iterate({ sql: request.sql, params: copyParams(request.params) }, options);
  }

  async *#iterate<T extends object>(
    request: Request,
    options: CallOptions | undefined,
  ): AsyncGenerator<T, void, void> {
    const cancel = startCancel("iterate", request.sql, options);
    try {
      for await (const rows of this.#pieces.pieces(request, cancel)) yield* rows as Rows as Rows<T>;
    } finally {
      cancel?.end();
    }
  }

  /**
   * Runs `body` with the writer to itself. Commits when it resolves; rolls back when it rejects, and rejects with its error.
   * Live queries learn of all changes at once, after the outermost commit.
   *
   * Inside, write with `tx` only. A write or a transaction through the database itself would wait for the transaction that
   * waits for it; it is refused with code `MISUSE`, awaited or not, in the callback and in all that the callback starts,
   * until the callback has ended. Reads through the database are allowed and do not see what the transaction has written.
   */
  transaction<T>(body: (tx: Transaction) => Promise<T>, options?: CallOptions): Promise<T> {
    return cancellable("transaction", null, options, (cancel) => {
      const run = () => runTransaction(this.#writer, this.#writer, body, cancel);
      return this.#writer.exclusively("transaction", run, cancel);
    });
  }

  /** A live query that tells what has changed between its results; see {@link WatchOptions.key}. */
  watch<T extends object = Row>(
    statement: string | Statement<T>,
    params: SqlParams | undefined,
    options: WatchOptions & { readonly key: string | readonly string[] },
  ): LiveQuery<T, RowChanges<T>>;
  /** A live query: iterate over it, or `subscribe` to it. */
  watch<T extends object = Row>(
    statement: string | Statement<T>,
    params?: SqlParams,
    options?: WatchOptions,
  ): LiveQuery<T>;
  watch<T extends object>(
    statement: string | Statement<T>,
    params?: SqlParams,
    options: WatchOptions = {},
  ): LiveQuery<T, unknown> {
    const { sql, params: given } = toRequest("watch", statement, params);
    const own = copyParams(given);
    return new LiveQuery<T, unknown>({
      sql,
      key: checkKey(options.key, sql),
      buffer: this.#buffer,
      subscribe: (subscriber) =>
        subscribeWithin(options, sql, subscriber, (one) => this.#streams.subscribe(sql, own, one)),
      peek: () => this.#streams.peek(sql, own),
    });
  }

  /**
   * Copies the database into another file, which must not be in use, on one snapshot that holds every commit acknowledged before.
   * Writes and reads go on. A copy that is given up leaves a file behind that is no database.
   */
  async backup(path: string, options?: CallOptions): Promise<void> {
    if (typeof path !== "string" || path === "") {
      throw misuse("backup", `the path must be a string that names a file, got ${JSON.stringify(path)}`);
    }
    const target = resolve(path);
    await cancellable("backup", null, options, (cancel) => this.#copies.make(target, cancel));
  }

  /** Values of all counters since the last reset; zeros unless opened with `profile: true`. */
  counters(): CounterSnapshot {
    return this.#counters.snapshot();
  }

  /** Makes the present values the zero of later snapshots. */
  resetCounters(): void {
    this.#counters.reset();
  }

  /** Takes the events traced since the last call, oldest first; none unless opened with `profile: true`. */
  trace(): TraceEvent[] {
    return this.#trace.take();
  }

  /** How commits find each distinct live query: by which columns of which tables, or why only by table. */
  routes(): LiveRoute[] {
    return this.#streams.routes();
  }

  /** Number of distinct live queries. */
  get liveQueryCount(): number {
    return this.#streams.size;
  }

  /**
   * Ends live queries, refuses what is new, rejects what waits, finishes the writes that were sent, ends all threads.
   * Waits for reads up to `closeTimeoutMs`, and then for writes up to that and `busyTimeoutMs`, as SQLite cannot be stopped from
   * outside: a thread that is still at work then is left to its statement, lets go of the file behind it, and keeps no
   * process alive. What was not waited for, and a transaction whose callback has not ended, rejects with code `CLOSED`; the
   * transaction is undone.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#streams.close();
    this.#writer.refuse();
    await Promise.all([this.#reads.close(), this.#pieces.close(), this.#copies.close()]);
    await this.#writer.close(this.#closeWritesMs);
    this.#budget.close();
  }
}

/**
 * Opens a database file, or creates it. `:memory:` is a database of its own in memory, which ends when it is closed: it is
 * written and read on the calling thread.
 *
 * @throws {EngineError} when SQLite cannot open it, or another process holds it for longer than the busy timeout.
 * @throws {TypeError} or {RangeError} when an option is not valid.
 */
export function openDatabase(path: string, options: OpenOptions = {}): Promise<Database> {
  return Database.open(path, options);
}
