/**
 * Where the writer lives: behind a thread, or on the calling thread (caller_host.ts).
 *
 * @module
 */

import { Encoder } from "../codec.ts";
import type { ErrorShape } from "../errors.ts";
import { type Commit, type WorkerStart, writerOp, type WriterOutcome } from "../protocol.ts";
import { WorkerThread } from "../worker_thread.ts";

/** What a request is about, beside its bytes. */
export interface Asked {
  readonly op: number;
  /** What such requests cost is noted by this text; empty when it need not be known. */
  readonly key: string;
  /** The statements, when other connections could run them as well. */
  readonly texts: readonly string[];
  /** Units of work: rows of a batch, otherwise 1. */
  readonly units: number;
}

/** What the owner of a writer is told. */
export interface HostEvents {
  /** A request was served; in the order in which they were sent. */
  reply(outcome: WriterOutcome, commit: Commit | null): void;
  /** A request was lost with the thread that served it; in order, as `reply`. The writer goes on. */
  dropped(reason: string): void;
  /** Others have committed: found between two requests. */
  found(commit: Commit): void;
  /** The writer is gone without having been asked to go; at most once. */
  lost(reason: string): void;
}

/** The writer, wherever it is. */
export interface WriterHost {
  /** Resolves when the file is open, with the error that it could not be opened for, or null. */
  opened(): Promise<ErrorShape | null>;
  /** True while a request is being served on this very thread: its bytes are still read. */
  readonly isServing: boolean;
  /** Sends one encoded request, which is copied where it has to wait. */
  send(bytes: Uint8Array, asked: Asked): void;
  /**
   * Takes a request back. True when it is certain by now that it will not be served; otherwise its reply tells, which comes in any
   * case.
   */
  withdraw(id: number): boolean;
  /** Ends what is left when the `close` request was answered, or when there was no answer. */
  stop(): Promise<void>;
  /** Has the file closed when what runs has ended, and waits for neither. */
  leave(): Promise<void>;
  /** Ends a thread of the writer as a crash would, for tests. */
  crash(request: Uint8Array): void;
}

/** Requests that the writer's thread has not taken yet; larger ones go over a port. */
const ringBytes = 1 << 20;

/** Starts a thread that writes. */
export function startWriterThread(
  start: Omit<WorkerStart, "channel">,
  events: ConstructorParameters<typeof WorkerThread>[3],
): WorkerThread {
  return new WorkerThread(new URL("./writer_worker.ts", import.meta.url), ringBytes, start, events);
}

/** Has a thread that writes close its connection when it has done what was sent before, and end. */
export function finishWriterThread(thread: WorkerThread, timeoutMs?: number): Promise<void> {
  const id = 0xffff_ffff;
  return thread.finish(id, new Encoder().uint(id).byte(writerOp.close).finish(), timeoutMs);
}

/** The writer behind a thread of its own. */
export class ThreadHost implements WriterHost {
  readonly #thread: WorkerThread;

  constructor(start: Omit<WorkerStart, "channel">, events: HostEvents) {
    this.#thread = startWriterThread(start, {
      reply: ([, body, commit]) => events.reply(body as WriterOutcome, commit as Commit | null),
      lost: (reason) => events.lost(reason),
    });
  }

  opened(): Promise<ErrorShape | null> {
    return this.#thread.opened();
  }

  get isServing(): boolean {
    return false;
  }

  send(bytes: Uint8Array): void {
    this.#thread.send(bytes);
  }

  withdraw(id: number): boolean {
    this.#thread.withdraw(id);
    return false;
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }

  leave(): Promise<void> {
    return finishWriterThread(this.#thread, 0);
  }

  crash(request: Uint8Array): void {
    this.#thread.send(request);
  }
}

/** Operations that a helper may serve in the place of the writer. */
export const movableOps: ReadonlySet<number> = new Set([
  writerOp.execute,
  writerOp.batch,
  writerOp.together,
]);
