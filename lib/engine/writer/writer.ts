/**
 * The writer as the calling thread sees it: requests out in order, replies in in the same order.
 *
 * Requests are pipelined: the next one is sent before the last reply has arrived. A transaction has the writer to itself; what
 * else is asked meanwhile waits here, in order.
 *
 * @module
 */

import { Encoder } from "../codec.ts";
import type { Cancel } from "../cancel.ts";
import type { Counters } from "../counters.ts";
import {
  abandonedError,
  closedError,
  EngineError,
  type ErrorShape,
  leftError,
  misuse,
  type Verb,
  workerLost,
} from "../errors.ts";
import { isInside, keepContext } from "../inside_transaction.ts";
import { type Commit, type TrackedTable, writerOp, type WriterOutcome } from "../protocol.ts";
import type { Request } from "../statement.ts";
import type { SqlParam } from "../values.ts";
import type { Asked, HostEvents, WriterHost } from "./writer_host.ts";

/** What a request to the writer gave when it went well. */
export type WriterDone = WriterOutcome & { readonly ok: true };

interface Pending {
  readonly id: number;
  readonly verb: Verb;
  readonly sql: string | null;
  readonly sentMs: number;
  readonly cancel: Cancel | null;
  /** Ends listening to it. */
  deafen: (() => void) | undefined;
  resolve(outcome: WriterDone): void;
  reject(error: Error): void;
}

const none: readonly string[] = [];

/** Owner of the writer, wherever that lives. */
export class Writer {
  readonly #host: WriterHost;
  readonly #counters: Counters;
  readonly #onCommit: (commit: Commit) => void;
  readonly #onSettled: () => void;
  readonly #encoder = new Encoder();
  readonly #pending: Pending[] = [];
  #pendingHead = 0;
  #nextId = 1;
  #sentCount = 0;
  /** Turns that wait for the transaction in progress. */
  readonly #gate: { run: () => void; cancel: (error: EngineError) => void }[] = [];
  #exclusive = false;
  /** Rejects the transaction in progress, whose callback may never end. */
  #abandon: ((error: EngineError) => void) | null = null;
  #failure: EngineError | null = null;
  /** Set while `close` drains; new requests are refused. */
  #closing = false;
  #drained: (() => void) | null = null;
  /** Set when everything was answered and the thread is asked to close the file. */
  #leaving = false;
  /** Set when it has, and is told to stop. */
  #stopped = false;

  constructor(
    makeHost: (events: HostEvents) => WriterHost,
    counters: Counters,
    events: {
      readonly onCommit: (commit: Commit) => void;
      readonly onSettled: () => void;
      readonly onLost: (error: EngineError) => void;
    },
  ) {
    this.#counters = counters;
    this.#onCommit = events.onCommit;
    this.#onSettled = events.onSettled;
    this.#host = makeHost({
      reply: (outcome, commit) => this.#settle(outcome, commit),
      dropped: (reason) => this.#settle(null, null, reason),
      found: (commit) => {
        this.#counters.add("external_commits", 1);
        this.#onCommit(commit);
        this.#onSettled();
      },
      lost: (reason) => {
        // A thread that was told to stop may say so as if it had died, and may be heard before its last answer is.
        if (this.#stopped) return;
        if (this.#leaving) return this.#fail((verb, sql) => closedError(verb, sql));
        const error = workerLost("execute", null, reason);
        this.#fail((verb, sql) => workerLost(verb, sql, reason));
        events.onLost(error);
      },
    });
  }

  /** Resolves when the file is open. */
  opened(): Promise<ErrorShape | null> {
    return this.#host.opened();
  }

  /** True while a request has not been answered. */
  get busy(): boolean {
    return this.#pendingHead < this.#pending.length;
  }

  /** Requests sent so far. */
  get sentCount(): number {
    return this.#sentCount;
  }

  /** Requests answered so far, in the order in which they were sent. */
  get answeredCount(): number {
    return this.#sentCount - (this.#pending.length - this.#pendingHead);
  }

  /** True while a transaction has the writer to itself: what is asked now is encoded, and sent, later. */
  get isTaken(): boolean {
    return this.#exclusive;
  }

  /**
   * Runs `send` now, or after the transaction in progress. Refuses a caller that the transaction itself may wait for; the
   * engine's own requests (verb `watch`) wait for nobody's sake. Who gives up while waiting leaves the line.
   */
  enqueue<T>(
    verb: Verb,
    sql: string | null,
    send: () => Promise<T>,
    cancel: Cancel | null = null,
  ): Promise<T> {
    const refused = this.#refusal(verb, sql);
    if (refused !== null) return Promise.reject(refused);
    if (!this.#exclusive) return send();
    if (verb !== "watch" && isInside(this)) {
      const rule =
        "the callback of a transaction has the writer to itself, use its tx instead of the database";
      return Promise.reject(misuse(verb, rule, sql));
    }
    return new Promise((resolve, reject) => {
      // A request that cannot even be encoded must not keep the turns behind it from coming.
      const run = keepContext(() => void new Promise<T>((sent) => sent(send())).then(resolve, reject));
      const turn = { run, cancel: (error: EngineError) => reject(rename(error, verb, sql)) };
      this.#gate.push(turn);
      cancel?.listen((error) => {
        const at = this.#gate.indexOf(turn);
        if (at < 0) return;
        this.#gate.splice(at, 1);
        reject(error);
      });
    });
  }

  /** Waits for the writer to be free, takes it, and gives it back when `body` has ended. */
  exclusively<T>(verb: Verb, body: () => Promise<T>, cancel: Cancel | null = null): Promise<T> {
    const run = async () => {
      this.#exclusive = true;
      const abandoned = Promise.withResolvers<never>();
      this.#abandon = abandoned.reject;
      try {
        return await Promise.race([body(), abandoned.promise]);
      } finally {
        this.#abandon = null;
        this.#exclusive = false;
        // Each turn may be another transaction, which closes the gate again.
        while (!this.#exclusive && this.#gate.length > 0) this.#gate.shift()!.run();
      }
    };
    return this.enqueue(verb, null, run, cancel);
  }

  /** Sends `execute` or a transaction's `query`. */
  statement(
    op: number,
    verb: Verb,
    sql: string,
    params: readonly SqlParam[],
    cancel: Cancel | null = null,
  ): Promise<WriterDone> {
    const bytes = encoded(verb, sql, () => this.#head(op).text(sql).values(params).finish());
    const asked = { op, key: sql, texts: op === writerOp.execute ? [sql] : none, units: 1 };
    return this.#send(verb, sql, bytes, asked, cancel);
  }

  /** Sends a batch; all rows have `width` params. */
  batch(
    sql: string,
    rows: readonly (readonly SqlParam[])[],
    width: number,
    cancel: Cancel | null = null,
  ): Promise<WriterDone> {
    const encode = () => this.#head(writerOp.batch).text(sql).rows(rows, width).finish();
    const asked = { op: writerOp.batch, key: `${sql}\n`, texts: [sql], units: rows.length };
    return this.#send("executeBatch", sql, encoded("executeBatch", sql, encode), asked, cancel);
  }

  /** Sends several statements that are kept or undone as one. */
  together(requests: readonly Request[], cancel: Cancel | null = null): Promise<WriterDone> {
    const encode = () => {
      const head = this.#head(writerOp.together).uint(requests.length);
      for (const { sql, params } of requests) head.text(sql).values(params);
      return head.finish();
    };
    const texts = requests.map(({ sql }) => sql);
    const asked = { op: writerOp.together, key: texts.join("\n"), texts, units: 1 };
    return this.#send("batch", null, encoded("batch", null, encode), asked, cancel);
  }

  /** Sends several statements as one text. */
  script(sql: string, cancel: Cancel | null = null): Promise<WriterDone> {
    const bytes = encoded("exec", null, () => this.#head(writerOp.script).text(sql).finish());
    return this.#send("exec", null, bytes, plain(writerOp.script), cancel);
  }

  /** Sends BEGIN, COMMIT, ROLLBACK or one of their nested forms. */
  control(op: number): Promise<WriterDone> {
    return this.#send("transaction", null, this.#head(op).finish(), plain(op));
  }

  /** Asks for changed rows of a table, after the transaction in progress; null when they cannot be had. */
  async track(
    table: string,
    columns: readonly string[],
    watched: readonly string[] | null,
    rowColumns: readonly string[],
  ): Promise<TrackedTable | null> {
    const done = await this.enqueue("watch", null, () => {
      const head = this.#head(writerOp.track).text(table).values(columns).values(watched ?? [null]);
      return this.#send("watch", null, head.values(rowColumns).finish(), plain(writerOp.track));
    });
    return done.tracked ?? null;
  }

  /** Has changed rows of a table reported no more. */
  async untrack(table: string): Promise<void> {
    await this.enqueue("watch", null, () => {
      const bytes = this.#head(writerOp.untrack).text(table).finish();
      return this.#send("watch", null, bytes, plain(writerOp.untrack));
    });
  }

  /** Looks for commits of other connections. Streams are told of them as of any other commit. */
  async look(): Promise<void> {
    const send = () => this.#send("watch", null, this.#head(writerOp.look).finish(), plain(writerOp.look));
    const { changes } = await this.enqueue("watch", null, send);
    this.#counters.add("external_commits", changes);
  }

  /** Refuses what is new and what waits for a transaction; the transaction itself is undone by `close`. */
  refuse(): void {
    this.#closing = true;
    for (const turn of this.#gate.splice(0)) turn.cancel(closedError("execute"));
  }

  /**
   * Refuses, waits for what was sent up to `timeoutMs`, ends the thread, rejects a transaction whose callback has not ended by
   * then. After that time what has not begun is taken back, and what runs is left to end by itself.
   */
  async close(timeoutMs: number): Promise<void> {
    this.refuse();
    if (this.busy && !await this.#drain(timeoutMs)) {
      for (const { id } of this.#pending.slice(this.#pendingHead)) this.#host.withdraw(id);
      this.#stopped = true;
      this.#fail((verb, sql) => leftError(verb, sql));
      this.#failure = closedError("execute");
      this.#abandon?.(abandonedError());
      await this.#host.leave();
      return;
    }
    if (this.#failure === null) {
      const bytes = this.#head(writerOp.close).finish();
      this.#leaving = true;
      await this.#send("close", null, bytes, plain(writerOp.close)).catch(() => {});
    }
    this.#failure ??= closedError("execute");
    // The thread has rolled back what was open. A COMMIT that was sent before has been answered, and its promise is settled.
    this.#abandon?.(abandonedError());
    this.#stopped = true;
    await this.#host.stop();
  }

  /** Waits until all is answered; false when it is not after this time. */
  async #drain(timeoutMs: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), timeoutMs));
    const drained = new Promise<true>((resolve) => this.#drained = () => resolve(true));
    try {
      return await Promise.race([drained, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Makes the thread fail when it has done what was sent before, for tests. */
  crash(): void {
    this.#host.crash(this.#head(writerOp.crash).finish());
  }

  #refusal(verb: Verb, sql: string | null): EngineError | null {
    if (this.#failure !== null) return rename(this.#failure, verb, sql);
    return this.#closing ? closedError(verb, sql) : null;
  }

  #head(op: number): Encoder {
    // What is being served is still read from the encoder's memory: a function of the user's may ask for more.
    const encoder = this.#host.isServing ? new Encoder() : this.#encoder;
    return encoder.reset().uint(this.#nextId++ >>> 0).byte(op);
  }

  #send(
    verb: Verb,
    sql: string | null,
    bytes: Uint8Array,
    asked: Asked,
    cancel: Cancel | null = null,
  ): Promise<WriterDone> {
    // An open transaction does not pass the gate again: what it asks after `refuse` is refused here.
    const refused = verb === "close" ? this.#failure : this.#refusal(verb, sql);
    if (refused !== null) return Promise.reject(refused);
    return new Promise((resolve, reject) => {
      const sentMs = this.#counters.enabled ? performance.now() : 0;
      this.#sentCount++;
      const id = (this.#nextId - 1) >>> 0;
      const pending: Pending = { id, verb, sql, sentMs, cancel, deafen: undefined, resolve, reject };
      this.#pending.push(pending);
      this.#host.send(bytes, asked);
      pending.deafen = cancel?.listen((error) => {
        if (this.#host.withdraw(id)) reject(error);
      });
    });
  }

  /** An outcome of null was lost. */
  #settle(outcome: WriterOutcome | null, commit: Commit | null, reason = ""): void {
    const pending = this.#pending[this.#pendingHead++]!;
    pending.deafen?.();
    if (this.#pendingHead === this.#pending.length) {
      this.#pending.length = 0;
      this.#pendingHead = 0;
    } else if (this.#pendingHead > 1024) {
      this.#pending.splice(0, this.#pendingHead);
      this.#pendingHead = 0;
    }
    if (this.#counters.enabled) {
      this.#counters.add("write_request_us", (performance.now() - pending.sentMs) * 1000);
    }
    // Streams learn of the commit before the caller does: a subscriber can never be behind an acknowledged read.
    if (commit !== null) this.#onCommit(commit);
    if (outcome === null) pending.reject(workerLost(pending.verb, pending.sql, reason));
    else if (outcome.ok) pending.resolve(outcome);
    else {
      const givenUp = outcome.error.code === "ABORTED" ? pending.cancel?.error : null;
      pending.reject(givenUp ?? new EngineError(outcome.error));
    }
    this.#onSettled();
    if (!this.busy) this.#drained?.();
  }

  #fail(errorOf: (verb: Verb, sql: string | null) => EngineError): void {
    this.#failure ??= errorOf("execute", null);
    const pending = this.#pending.splice(this.#pendingHead);
    this.#pending.length = 0;
    this.#pendingHead = 0;
    for (const each of pending) each.reject(errorOf(each.verb, each.sql));
    for (const turn of this.#gate.splice(0)) turn.cancel(errorOf("execute", null));
    this.#drained?.();
  }
}

/** A request that only the writer itself can serve. */
function plain(op: number): Asked {
  return { op, key: "", texts: none, units: 1 };
}

/** Strings and buffers have a largest size in the runtime (512 MB of text in one column of a batch, for one). */
function encoded(verb: Verb, sql: string | null, encode: () => Uint8Array): Uint8Array {
  try {
    return encode();
  } catch (error) {
    throw misuse(
      verb,
      `the params must fit into one message of the runtime, ${(error as Error).message}`,
      sql,
    );
  }
}

function rename(error: EngineError, verb: Verb, sql: string | null): EngineError {
  return new EngineError({ verb, code: error.code, sqliteCode: error.sqliteCode, sql, reason: error.reason });
}
