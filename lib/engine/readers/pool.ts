/**
 * The reader threads: one request each, and nothing waits inside.
 *
 * Work comes from two queues that stay with their owners: selects wait here in order of arrival, invalidated streams wait in
 * the stream engine. When a reader is idle the pool takes from one queue and then from the other in turn, so that neither
 * starves. `parked_total` counts requests that found no idle reader; it is an invariant that this never happens.
 *
 * @module
 */

import { Encoder } from "../codec.ts";
import type { CallerBudget } from "../caller_budget.ts";
import type { Cancel } from "../cancel.ts";
import type { Counters } from "../counters.ts";
import { closedError, EngineError, workerLost } from "../errors.ts";
import { readerOp, type ReaderOutcome, snapshotMode, type WorkerStart } from "../protocol.ts";
import type { ColumnarResult } from "../sqlite/result.ts";
import type { SqlParam } from "../values.ts";
import { WorkerThread } from "../worker_thread.ts";
import type { LocalReader } from "./local_reader.ts";
import type { Reads, RequeryEvents, RequeryInput } from "./reads.ts";
import { encodeRequeries } from "./requeries.ts";

/** Work for one reader: sent once, or once more when the reader dies. */
interface Job extends RequeryEvents {
  /** Of a select; null for re-queries, whose owner knows them. */
  readonly sql: string | null;
  encode: (encoder: Encoder) => Encoder;
  /** Of re-queries, what is asked now. */
  inputs: readonly RequeryInput[];
  readonly op: number;
  attempts: number;
  /** The reader keeps a snapshot for this job: another one cannot go on with it. */
  isHeld: boolean;
}

interface Reader {
  /** Null while it is not worth another attempt: after it has died again and again, until it is asked for. */
  thread: WorkerThread | null;
  job: Job | null;
  /** Deaths since the last reply. */
  deaths: number;
}

/** Reads on the calling thread. */
export interface LocalReading {
  readonly reader: LocalReader;
  readonly budget: CallerBudget;
}

const ringBytes = 1 << 18;
const maxDeaths = 3;

/** Owner of the reader threads. */
export class ReaderPool implements Reads {
  readonly #start: () => Omit<WorkerStart, "channel">;
  readonly #counters: Counters;
  readonly #onIdle: () => void;
  readonly #encoder = new Encoder();
  readonly #readers: Reader[] = [];
  readonly #selects: Job[] = [];
  #selectsHead = 0;
  #nextId = 1;
  #closed = false;
  #streamsTurn = false;
  readonly #closeTimeoutMs: number;
  readonly #local: LocalReading | null;
  /** The job for which the local reader keeps a snapshot, or which waits for its turn. */
  #localJob: Job | null = null;
  #localTurn: ReturnType<typeof setImmediate> | undefined;
  readonly #localEncoder = new Encoder();
  /** Threads that are ending. */
  readonly #left = new Set<Promise<void>>();

  constructor(
    count: number,
    start: () => Omit<WorkerStart, "channel">,
    counters: Counters,
    onIdle: () => void,
    closeTimeoutMs: number,
    local: LocalReading | null,
  ) {
    this.#local = local;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#start = start;
    this.#counters = counters;
    this.#onIdle = onIdle;
    for (let i = 0; i < count; i++) this.#readers.push(this.#spawn());
  }

  /** Number of readers. */
  get size(): number {
    return this.#readers.length;
  }

  /** Readers that stream re-queries may take now; one is left to a select that waits when it is its turn. */
  get idleForStreams(): number {
    let idle = 0;
    for (const reader of this.#readers) if (reader.job === null) idle++;
    return idle;
  }

  /** Resolves when every thread is up. */
  async opened(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.thread!.opened()));
  }

  /** Reads on the next idle reader. */
  select(sql: string, params: readonly SqlParam[], cancel: Cancel | null = null): Promise<ColumnarResult> {
    if (this.#closed) return Promise.reject(closedError("select", sql));
    return new Promise((resolve, reject) => {
      const job: Job = {
        sql,
        op: readerOp.select,
        encode: (encoder) => encoder.text(sql).values(params),
        inputs: [],
        attempts: 0,
        isHeld: false,
        lost: () => {},
        done: (outcome) => {
          this.#local?.budget.noteRead(sql, outcome.tookMs);
          if (outcome.error === null) resolve(outcome.rows!);
          else reject(new EngineError(outcome.error));
        },
        failed: (error) => reject(error),
      };
      if (this.#selectHere(job)) return;
      this.#askThread(job);
      cancel?.listen((error) => {
        reject(error);
        this.#giveUp(job);
      });
    });
  }

  requery(
    inputs: readonly RequeryInput[],
    sharedSeq: number | null,
    { done, failed, lost }: RequeryEvents,
  ): void {
    const mode = sharedSeq === null ? snapshotMode.one : snapshotMode.shared;
    const job: Job = {
      sql: null,
      op: readerOp.requery,
      encode: (encoder) => encodeRequeries(encoder.byte(mode).float(sharedSeq ?? 0), job.inputs),
      inputs,
      attempts: 0,
      isHeld: false,
      done: (outcome, readOn) => {
        this.#noteRequeries(job, outcome);
        done(outcome, readOn);
      },
      failed,
      lost,
    };
    if (this.#requeryHere(job)) return;
    if (this.#idle() === undefined) this.#counters.add("parked_total", 1);
    this.#askThread(job);
  }

  /** Nobody waits for this job any more. SQLite goes on with what it has begun: the reader is left to it, and replaced. */
  #giveUp(job: Job): void {
    const at = this.#selects.indexOf(job, this.#selectsHead);
    if (at >= 0) {
      this.#selects.splice(at, 1);
      return;
    }
    const reader = this.#readers.find((each) => each.job === job);
    if (reader === undefined || this.#closed) return;
    this.#counters.add("reader_restarts", 1);
    this.#leave(reader.thread!);
    reader.job = null;
    reader.thread = this.#spawnThread(reader);
    // What waits may be given up at the same moment.
    queueMicrotask(() => {
      if (reader.job === null) this.#feed(reader);
    });
  }

  /** Nothing of it waits for the writer. */
  writerAnswered(): void {}

  #leave(thread: WorkerThread): void {
    const left: Promise<void> = this.#finish(thread).finally(() => this.#left.delete(left));
    this.#left.add(left);
  }

  /** Has a thread let go of the file, when it has ended what it runs. */
  #finish(thread: WorkerThread): Promise<void> {
    const id = this.#nextId++ >>> 0;
    const bytes = this.#encoder.reset().uint(id).byte(readerOp.close).finish();
    return thread.finish(id, bytes, this.#closeTimeoutMs);
  }

  /** Rejects what waits, lets readers end the statement that they run, for a while, and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#selects.splice(0).slice(this.#selectsHead)) {
      job.failed(closedError("select", job.sql));
    }
    this.#selectsHead = 0;
    clearImmediate(this.#localTurn);
    this.#localJob?.failed(closedError("watch"));
    this.#localJob = null;
    this.#local?.reader.close();
    const stopping = this.#readers.map((reader) => {
      const job = reader.job;
      reader.job = null;
      job?.failed(closedError("select", job.sql));
      return reader.thread === null ? null : this.#finish(reader.thread);
    });
    await Promise.all([...stopping, ...this.#left]);
  }

  /** Ends one thread as a crash would, for tests. */
  kill(index: number): void {
    this.#readers[index]!.thread?.kill();
  }

  #idle(): Reader | undefined {
    let dead: Reader | undefined;
    for (const reader of this.#readers) {
      if (reader.job !== null) continue;
      if (reader.thread !== null) return reader;
      dead ??= reader;
    }
    return dead;
  }

  #askThread(job: Job): void {
    const reader = this.#idle();
    if (reader === undefined) this.#selects.push(job);
    else this.#give(reader, job);
  }

  #spawn(): Reader {
    const reader: Reader = { thread: null, job: null, deaths: 0 };
    reader.thread = this.#spawnThread(reader);
    return reader;
  }

  #spawnThread(reader: Reader): WorkerThread {
    return new WorkerThread(new URL("./reader_worker.ts", import.meta.url), ringBytes, this.#start(), {
      reply: ([, body]) => {
        const job = reader.job!;
        const outcome = body as ReaderOutcome;
        reader.deaths = 0;
        if (outcome.heldSeq > 0) {
          job.isHeld = true;
          job.done(outcome, (inputs) => this.#readOn(reader, job, inputs));
          return;
        }
        reader.job = null;
        job.done(outcome, null);
        this.#feed(reader);
      },
      lost: (reason) => this.#replace(reader, reason),
    });
  }

  /** A read may be repeated: the request goes to the new thread, once. */
  #replace(reader: Reader, reason: string): void {
    const job = reader.job;
    reader.job = null;
    if (this.#closed) return;
    this.#counters.add("reader_restarts", 1);
    reader.deaths++;
    // A thread that cannot even start would be started for ever.
    reader.thread = reader.deaths < maxDeaths ? this.#spawnThread(reader) : null;
    if (job?.isHeld) {
      job.lost();
      this.#feed(reader);
    } else if (job !== null && job.attempts < 2 && reader.deaths < maxDeaths) this.#give(reader, job);
    else {
      job?.failed(workerLost("select", job.sql, `${reason}, and once more when the request was repeated`));
      this.#feed(reader);
    }
  }

  #readOn(reader: Reader, job: Job, inputs: readonly RequeryInput[]): void {
    if (this.#closed || reader.job !== job) return;
    this.#askMore(job, inputs);
    this.#give(reader, job);
  }

  #askMore(job: Job, inputs: readonly RequeryInput[]): void {
    job.inputs = inputs;
    job.encode = (encoder) => encodeRequeries(encoder.byte(snapshotMode.last).float(0), job.inputs);
  }

  #give(reader: Reader, job: Job): void {
    job.attempts++;
    let bytes: Uint8Array;
    try {
      bytes = job.encode(this.#encoder.reset().uint(this.#nextId++ >>> 0).byte(job.op)).finish();
    } catch (error) {
      // Too large for the memory of this process: the reader stays idle.
      reader.job = null;
      job.failed(error as Error);
      return;
    }
    reader.job = job;
    reader.thread ??= this.#spawnThread(reader);
    reader.thread.send(bytes);
  }

  /** A select that is known to be short is answered before the call has returned. */
  #selectHere(job: Job): boolean {
    const local = this.#local;
    if (local === null || this.#localJob?.isHeld === true || local.reader.isServing) return false;
    const foreseenMs = local.budget.readMs(job.sql!);
    if (!local.budget.takesRead(foreseenMs) || !local.budget.leaves(foreseenMs)) return false;
    const outcome = this.#serveHere(job);
    if (outcome === null) return false;
    local.budget.spend(outcome.tookMs);
    job.done(outcome, null);
    return true;
  }

  /** Re-queries that are known to be short are served in a turn of their own: whoever has written goes on first. */
  #requeryHere(job: Job): boolean {
    const local = this.#local;
    if (local === null || this.#localJob !== null) return false;
    let foreseenMs = 0;
    for (const { sql } of job.inputs) foreseenMs += local.budget.readMs(sql);
    if (!local.budget.takesRead(foreseenMs)) return false;
    this.#localJob = job;
    this.#serveNextTurn(job);
    return true;
  }

  #serveNextTurn(job: Job): void {
    this.#localTurn = setImmediate(() => {
      let outcome: ReaderOutcome | null;
      try {
        outcome = this.#serveHere(job);
      } catch (error) {
        // Too large for the memory of this process.
        this.#localJob = null;
        return job.failed(error as Error);
      }
      if (outcome === null) {
        this.#localJob = null;
        // What was kept is gone; otherwise somebody else can still answer.
        if (job.isHeld) job.lost();
        else this.#askThread(job);
        return;
      }
      this.#local!.budget.spend(outcome.tookMs);
      if (outcome.heldSeq > 0) {
        job.isHeld = true;
        job.done(outcome, (inputs) => this.#readOnHere(job, inputs));
        return;
      }
      this.#localJob = null;
      job.done(outcome, null);
      this.#onIdle();
    });
  }

  #readOnHere(job: Job, inputs: readonly RequeryInput[]): void {
    if (this.#closed || this.#localJob !== job) return;
    this.#askMore(job, inputs);
    this.#serveNextTurn(job);
  }

  #serveHere(job: Job): ReaderOutcome | null {
    const bytes = job.encode(this.#localEncoder.reset().uint(0).byte(job.op)).finish();
    return this.#local!.reader.serve(bytes as Uint8Array<ArrayBuffer>);
  }

  #noteRequeries({ inputs }: Job, { requeries }: ReaderOutcome): void {
    if (this.#local === null || requeries === null) return;
    requeries.forEach(({ tookMs }, i) => this.#local!.budget.noteRead(inputs[i]!.sql, tookMs));
  }

  /** An idle reader takes a select, or leaves itself to the streams, in turn. */
  #feed(reader: Reader): void {
    if (this.#closed) return;
    this.#streamsTurn = !this.#streamsTurn;
    if (this.#streamsTurn) this.#onIdle();
    if (reader.job === null && this.#selectsHead < this.#selects.length) {
      const job = this.#selects[this.#selectsHead++]!;
      if (this.#selectsHead === this.#selects.length) {
        this.#selects.length = 0;
        this.#selectsHead = 0;
      } else if (this.#selectsHead > 1024) {
        this.#selects.splice(0, this.#selectsHead);
        this.#selectsHead = 0;
      }
      this.#give(reader, job);
    }
    if (!this.#streamsTurn || reader.job === null) this.#onIdle();
  }
}
