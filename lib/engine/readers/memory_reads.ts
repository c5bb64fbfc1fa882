/**
 * Reads of a database in memory: on the calling thread, with the one connection that there is.
 *
 * What a transaction has written stands in that connection before it is committed. So reads wait while one is open, and
 * whoever would wait for a transaction of his own is refused. A turn of the event loop is not held up for longer than the
 * budget and one read.
 *
 * ```
 * select -> served at once             nothing waits, no transaction is open, this turn's time is not spent
 *        -> queue -> a later turn      re-queries always: whoever has written goes on first
 * ```
 *
 * @module
 */

import type { CallerBudget } from "../caller_budget.ts";
import type { Cancel } from "../cancel.ts";
import { Decoder, Encoder } from "../codec.ts";
import { closedError, EngineError, misuse, type Verb } from "../errors.ts";
import { isInside } from "../inside_transaction.ts";
import { readerOp, type ReaderOutcome, snapshotMode, type WorkerStart } from "../protocol.ts";
import { type ColumnarResult, toRows } from "../sqlite/result.ts";
import type { SharedConnection } from "../sqlite/shared_connection.ts";
import type { Request } from "../statement.ts";
import type { Rows, SqlParam } from "../values.ts";
import { ReaderCore } from "./reader_core.ts";
import type { PieceReads, Reads, RequeryEvents, RequeryInput } from "./reads.ts";
import { encodeRequeries } from "./requeries.ts";

/** Whoever has the connection when nothing is read. */
export interface ConnectionWriter {
  /** A request is served, or a transaction is open. */
  readonly isAtWork: boolean;
  /** Callbacks of transactions have it for themselves. */
  readonly owner: object;
}

interface Job {
  readonly verb: Verb;
  readonly sql: string | null;
  readonly op: number;
  encode(encoder: Encoder): Encoder;
  done(outcome: ReaderOutcome): void;
  failed(error: Error): void;
}

/** Rows of a piece. */
const pieceRows = 1024;

/** The one reader of a database in memory. */
export class MemoryReads implements Reads, PieceReads {
  readonly #connection: SharedConnection;
  readonly #core: ReaderCore;
  readonly #writer: ConnectionWriter;
  readonly #budget: CallerBudget;
  readonly #onIdle: () => void;
  readonly #encoder = new Encoder();
  readonly #request = new Decoder();
  readonly #jobs: Job[] = [];
  #head = 0;
  #isRequerying = false;
  #turn: ReturnType<typeof setImmediate> | undefined;
  #closed = false;

  constructor(
    connection: SharedConnection,
    start: Omit<WorkerStart, "channel">,
    writer: ConnectionWriter,
    budget: CallerBudget,
    onIdle: () => void,
  ) {
    this.#connection = connection;
    this.#core = connection.read(() => new ReaderCore(connection.reader, start as WorkerStart));
    this.#writer = writer;
    this.#budget = budget;
    this.#onIdle = onIdle;
  }

  get idleForStreams(): number {
    return this.#isRequerying ? 0 : 1;
  }

  opened(): Promise<void> {
    return Promise.resolve();
  }

  select(sql: string, params: readonly SqlParam[], cancel: Cancel | null = null): Promise<ColumnarResult> {
    return this.#read("select", sql, params, cancel);
  }

  async *pieces({ sql, params }: Request, cancel: Cancel | null): AsyncGenerator<Rows, void, void> {
    if (cancel?.error != null) throw cancel.error;
    const rows = toRows(await this.#read("iterate", sql, params, cancel));
    for (let from = 0; from < rows.length; from += pieceRows) {
      if (cancel?.error != null) throw cancel.error;
      if (this.#closed) throw closedError("iterate", sql);
      yield rows.slice(from, from + pieceRows);
    }
  }

  requery(
    inputs: readonly RequeryInput[],
    sharedSeq: number | null,
    { done, failed }: RequeryEvents,
  ): void {
    this.#isRequerying = true;
    const ended = (outcome: ReaderOutcome): void => {
      this.#isRequerying = false;
      done(outcome, null);
      this.#onIdle();
    };
    const job = (inputs: readonly RequeryInput[], done: (outcome: ReaderOutcome) => void): Job => ({
      verb: "watch",
      sql: null,
      op: readerOp.requery,
      encode: (encoder) => encodeRequeries(encoder.byte(snapshotMode.one).float(0), inputs),
      done,
      failed: (error) => {
        this.#isRequerying = false;
        failed(error);
      },
    });
    // Commits since this was asked are in what is read, and known by now, as nothing is served meanwhile: whoever they concern
    // is read in the same turn, which is the same state.
    const first = sharedSeq === null
      ? ended
      : (outcome: ReaderOutcome) => done(outcome, (more) => this.#serve(job(more, ended)));
    this.#jobs.push(job(inputs, first));
    this.#goOnNextTurn();
  }

  writerAnswered(): void {
    if (this.#isWaitedFor) this.#goOnNextTurn();
  }

  close(): Promise<void> {
    this.#closed = true;
    clearImmediate(this.#turn);
    for (const job of this.#jobs.splice(0).slice(this.#head)) job.failed(closedError(job.verb, job.sql));
    this.#head = 0;
    return Promise.resolve();
  }

  kill(): void {
    throw misuse("close", "a reader must be a thread to be killed, a database in memory has none");
  }

  #read(
    verb: Verb,
    sql: string,
    params: readonly SqlParam[],
    cancel: Cancel | null,
  ): Promise<ColumnarResult> {
    if (this.#closed) return Promise.reject(closedError(verb, sql));
    if (isInside(this.#writer.owner)) {
      const rule = "the callback of a transaction must read a database in memory with its tx, " +
        "as there is one connection only";
      return Promise.reject(misuse(verb, rule, sql));
    }
    return new Promise((resolve, reject) => {
      const job: Job = {
        verb,
        sql,
        op: readerOp.select,
        encode: (encoder) => encoder.text(sql).values(params),
        done: ({ rows, error }) => {
          if (error === null) resolve(rows!);
          else reject(new EngineError({ ...error, verb }));
        },
        failed: reject,
      };
      const isFirst = !this.#isWaitedFor && !this.#connection.isReading;
      if (isFirst && !this.#writer.isAtWork && this.#budget.leaves(0)) return this.#serve(job);
      this.#jobs.push(job);
      this.#goOnNextTurn();
      cancel?.listen((error) => {
        const at = this.#jobs.indexOf(job, this.#head);
        if (at < 0) return;
        this.#jobs.splice(at, 1);
        reject(error);
      });
    });
  }

  #goOnNextTurn(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#pump();
    });
  }

  #pump(): void {
    // While a transaction is open nothing goes on; its end is an answer of the writer's.
    while (this.#isWaitedFor && !this.#writer.isAtWork) {
      if (!this.#budget.leaves(0)) return this.#goOnNextTurn();
      const job = this.#jobs[this.#head++]!;
      if (this.#head === this.#jobs.length) this.#jobs.length = this.#head = 0;
      else if (this.#head > 1024) {
        this.#jobs.splice(0, this.#head);
        this.#head = 0;
      }
      this.#serve(job);
    }
  }

  get #isWaitedFor(): boolean {
    return this.#head < this.#jobs.length;
  }

  #serve(job: Job): void {
    let outcome: ReaderOutcome;
    try {
      const bytes = job.encode(this.#encoder.reset().byte(job.op)).finish() as Uint8Array<ArrayBuffer>;
      const request = this.#request.open(bytes);
      outcome = this.#connection.read(() => this.#core.handle(request.byte(), request));
    } catch (error) {
      // Too large for the memory of this process.
      return job.failed(error as Error);
    }
    this.#budget.spend(outcome.tookMs);
    job.done(outcome);
  }
}
