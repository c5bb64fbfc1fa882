/**
 * A worker thread as the calling thread sees it: send bytes, get replies in order, learn of its death once.
 *
 * @module
 */

import { Worker } from "node:worker_threads";
import { type ChannelEnd, RequestSender } from "./channel.ts";
import type { ErrorShape } from "./errors.ts";
import type { WorkerStart } from "./protocol.ts";

/** What the owner of a thread is told. */
export interface ThreadEvents {
  /** A reply arrived. */
  reply(message: readonly [id: number, body: unknown, extra?: unknown]): void;
  /** The thread is gone without having been asked to go. Called at most once, and not after `stop`. */
  lost(reason: string): void;
}

/** One worker thread and the channel to it. */
export class WorkerThread {
  readonly #sender: RequestSender;
  readonly #worker: Worker;
  #stopped = false;
  /** It is left to what it runs, and not waited for. */
  #isLeft = false;
  #opened: ((error: ErrorShape | null) => void) | null = null;
  #lastId = -1;
  #finished: (() => void) | null = null;
  readonly #exited: Promise<void>;

  constructor(url: URL, ringBytes: number, start: Omit<WorkerStart, "channel">, events: ThreadEvents) {
    this.#sender = new RequestSender(ringBytes);
    const end: ChannelEnd = this.#sender.end;
    const workerData: WorkerStart = { ...start, channel: end };
    this.#worker = new Worker(url, { workerData, transferList: [end.port as never] });
    let reason = "the thread has ended";
    const lose = () => {
      if (this.#stopped) return;
      this.#stopped = true;
      this.#sender.close();
      events.lost(reason);
    };
    this.#worker.on("message", (message: readonly [number, unknown, unknown?]) => {
      if (message[0] === 0) this.#opened?.(message[1] as ErrorShape | null);
      else if (message[0] === this.#lastId) this.#finished?.();
      else if (this.#isLeft) this.#sender.pump();
      else if (!this.#stopped) {
        this.#sender.pump();
        events.reply(message);
      }
    });
    this.#worker.on("error", (error) => {
      reason = `the thread has failed: ${(error as Error).message}`;
      lose();
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.on("exit", () => {
        lose();
        this.#opened?.({ verb: "open", code: "WORKER_LOST", sqliteCode: null, sql: null, reason });
        resolve();
      });
    });
  }

  /** Resolves when the thread is up, with the error that it could not open the file for, or null. */
  opened(): Promise<ErrorShape | null> {
    return new Promise((resolve) => this.#opened = resolve);
  }

  /** Sends one encoded request. */
  send(bytes: Uint8Array): void {
    if (!this.#stopped) this.#sender.send(bytes);
  }

  /** Takes a request back, by its number, if the thread has not begun it. */
  withdraw(id: number): void {
    this.#sender.withdraw(id);
  }

  /**
   * Sends a last request, which makes it let go of the file, waits for its reply (earlier ones are dropped) and ends the thread.
   * One that does not answer in time is left to itself, and keeps no process alive: what it runs in SQLite goes on to its
   * end, and then it takes that request. Ended by force it would leave its locks behind, and in Node be waited for.
   */
  async finish(id: number, bytes: Uint8Array, timeoutMs = 2000): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#lastId = id;
      this.#sender.send(bytes);
      const answered = new Promise<"ended">((resolve) => this.#finished = () => resolve("ended"));
      const exited = this.#exited.then(() => "ended" as const);
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), timeoutMs));
      const end = await Promise.race([answered, exited, late]);
      clearTimeout(timer);
      if (end === "late") {
        this.#isLeft = true;
        this.#sender.leave();
        this.#worker.unref();
        return;
      }
      this.#sender.close();
    }
    await this.stop();
  }

  /** Ends the thread for good, whatever it is doing, and waits until it is gone. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#sender.close();
    }
    await this.#worker.terminate();
    await this.#exited;
  }

  /** Ends the thread as a crash would, for tests: the owner is told that it was lost. */
  kill(): void {
    void this.#worker.terminate();
  }
}
