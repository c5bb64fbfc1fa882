/**
 * Results that are read piece by piece: each on a thread and a connection of its own, while the rest of the database goes on.
 *
 * @module
 */

import { Encoder } from "../codec.ts";
import type { Cancel } from "../cancel.ts";
import { closedError, EngineError, type ErrorShape, workerLost } from "../errors.ts";
import { readerOp, type ReaderOutcome, type WorkerStart } from "../protocol.ts";
import { type ColumnarResult, toRows } from "../sqlite/result.ts";
import type { Request } from "../statement.ts";
import type { Rows } from "../values.ts";
import { WorkerThread } from "../worker_thread.ts";
import type { PieceReads } from "./reads.ts";

const ringBytes = 1 << 16;

/** All results that are being iterated. */
export class Cursors implements PieceReads {
  readonly #start: () => Omit<WorkerStart, "channel">;
  readonly #closeTimeoutMs: number;
  readonly #open = new Set<CursorThread>();
  #closed = false;

  /** Threads are waited for at their end no longer than `closeTimeoutMs`. */
  constructor(start: () => Omit<WorkerStart, "channel">, closeTimeoutMs: number) {
    this.#start = start;
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  /**
   * The pieces of a result. The next piece is read while one is looked at, so no more than two are in memory. Leaving the
   * loop ends the thread.
   */
  async *pieces(request: Request, cancel: Cancel | null): AsyncGenerator<Rows, void, void> {
    if (cancel?.error != null) throw cancel.error;
    if (this.#closed) throw closedError("iterate", request.sql);
    const thread = new CursorThread(this.#start(), request);
    this.#open.add(thread);
    cancel?.listen((error) => thread.giveUp(error));
    try {
      let coming = thread.open();
      for (;;) {
        const piece = await coming;
        if (piece.rowCount === 0) return;
        coming = thread.fetch();
        // Nobody may be left to hear of it.
        coming.catch(() => {});
        yield toRows(piece);
      }
    } finally {
      await thread.close(this.#closeTimeoutMs);
      this.#open.delete(thread);
    }
  }

  /** Ends what is open: the next row that is asked for is an error. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((thread) => thread.close(this.#closeTimeoutMs)));
  }
}

class CursorThread {
  readonly #thread: WorkerThread;
  readonly #request: Request;
  readonly #encoder = new Encoder();
  #nextId = 1;
  #pending: { resolve(piece: ColumnarResult): void; reject(error: Error): void } | null = null;
  #failure: EngineError | null = null;
  #closing: Promise<void> | null = null;

  constructor(start: Omit<WorkerStart, "channel">, request: Request) {
    this.#request = request;
    this.#thread = new WorkerThread(new URL("./reader_worker.ts", import.meta.url), ringBytes, start, {
      reply: ([, body]) => this.#settle(body as ReaderOutcome),
      lost: (reason) => this.#fail(workerLost("iterate", request.sql, reason)),
    });
  }

  open(): Promise<ColumnarResult> {
    const { sql, params } = this.#request;
    return this.#ask(readerOp.openCursor, (encoder) => encoder.text(sql).values(params));
  }

  fetch(): Promise<ColumnarResult> {
    return this.#ask(readerOp.fetch, (encoder) => encoder);
  }

  /** Ends the loop with this error. The thread is left to what it is doing. */
  giveUp(error: EngineError): void {
    this.#fail(error);
    this.#closing ??= this.#finish(0);
  }

  close(timeoutMs: number): Promise<void> {
    this.#fail(closedError("iterate", this.#request.sql));
    this.#closing ??= this.#finish(timeoutMs);
    return this.#closing;
  }

  #finish(timeoutMs: number): Promise<void> {
    const id = this.#nextId++;
    const bytes = this.#encoder.reset().uint(id).byte(readerOp.close).finish();
    return this.#thread.finish(id, bytes, timeoutMs);
  }

  #ask(op: number, encode: (encoder: Encoder) => Encoder): Promise<ColumnarResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      const bytes = encode(this.#encoder.reset().uint(this.#nextId++).byte(op)).finish();
      this.#pending = { resolve, reject };
      this.#thread.send(bytes);
    });
  }

  #settle(outcome: ReaderOutcome): void {
    const pending = this.#pending!;
    this.#pending = null;
    if (outcome.error === null) pending.resolve(outcome.rows!);
    else pending.reject(new EngineError({ ...outcome.error, sql: this.#request.sql } satisfies ErrorShape));
  }

  #fail(error: EngineError): void {
    this.#failure ??= error;
    this.#pending?.reject(error);
    this.#pending = null;
  }
}
