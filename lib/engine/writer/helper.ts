/**
 * The thread that helps a writer on the calling thread: it checkpoints the log, and stands in for the writer where a statement
 * would hold the caller up for too long. It has a connection of its own to the same file.
 *
 * @module
 */

import { Encoder } from "../codec.ts";
import type { ErrorShape } from "../errors.ts";
import {
  type Commit,
  type WorkerStart,
  writerOp,
  type WriterOutcome,
  type WriterReply,
} from "../protocol.ts";
import type { WorkerThread } from "../worker_thread.ts";
import { finishWriterThread, startWriterThread } from "./writer_host.ts";
import type { WriterCore } from "./writer_core.ts";

interface Waiting {
  done(reply: WriterReply): void;
  lost(reason: string): void;
}

/** One helper; when it dies another one is made. */
export class Helper {
  readonly #thread: WorkerThread;
  readonly #opened: Promise<ErrorShape | null>;
  readonly #encoder = new Encoder();
  /** In the order of the requests. */
  readonly #waiting: Waiting[] = [];
  #head = 0;
  #isLost = false;

  /** `onLost` is called after everything that waits has been told. */
  constructor(start: Omit<WorkerStart, "channel">, onLost: (reason: string) => void) {
    this.#thread = startWriterThread(start, {
      reply: (message) => {
        const waiting = this.#waiting[this.#head++]!;
        if (this.#head === this.#waiting.length) this.#waiting.length = this.#head = 0;
        waiting.done(message as unknown as WriterReply);
      },
      lost: (reason) => {
        this.#isLost = true;
        for (const each of this.#waiting.splice(0).slice(this.#head)) each.lost(reason);
        onLost(reason);
      },
    });
    this.#opened = this.#thread.opened();
  }

  /** Resolves when it has opened the file, or with the reason why it could not. */
  opened(): Promise<ErrorShape | null> {
    return this.#opened;
  }

  /** Hands over a request of a user. */
  forward(bytes: Uint8Array, waiting: Waiting): void {
    if (this.#isLost) return waiting.lost("the thread has ended");
    this.#waiting.push(waiting);
    this.#thread.send(bytes);
  }

  /** Takes a user's request back, by its number, if it has not begun. */
  withdraw(id: number): void {
    this.#thread.withdraw(id);
  }

  /** From now on it may write in the place of this writer, and knows what the writer knows. */
  async takeOver({ standing }: WriterCore): Promise<void> {
    await this.#ask((encoder) => {
      const { changes, lastRowid, tracked } = standing;
      encoder.byte(writerOp.takeOver).float(changes).value(lastRowid).uint(tracked.length);
      for (const { slot, table, columns, watched, rowColumns } of tracked) {
        encoder.uint(slot).text(table).values(columns).values(watched ?? [null]).values(rowColumns);
      }
    });
  }

  /** Gives back what the writer must know to go on, and what others have committed. */
  async handBack(): Promise<{ readonly changes: number; readonly lastRowid: number | bigint } & Found> {
    const [, outcome, commit] = await this.#ask((encoder) => encoder.byte(writerOp.handBack));
    const { changes, lastRowid } = outcome as WriterOutcome & { readonly ok: true };
    return { changes, lastRowid, commit };
  }

  /** Looks at the log, and checkpoints it when it is due. */
  async checkpoint(): Promise<void> {
    await this.#ask((encoder) => encoder.byte(writerOp.checkpoint));
  }

  /** Closes its connection and ends it; waits for what it runs no longer than this time. */
  stop(timeoutMs?: number): Promise<void> {
    return finishWriterThread(this.#thread, timeoutMs);
  }

  /** Makes it fail when it has done what was sent before, for tests. */
  crash(): void {
    this.#ask((encoder) => encoder.byte(writerOp.crash)).catch(() => {});
  }

  #ask(encode: (encoder: Encoder) => void): Promise<WriterReply> {
    return new Promise((resolve, reject) => {
      // Numbers are the caller's: of its own requests the helper needs none, as all answers come in order.
      const encoder = this.#encoder.reset().uint(1);
      encode(encoder);
      this.forward(encoder.finish(), { done: resolve, lost: (reason) => reject(new Error(reason)) });
    });
  }
}

interface Found {
  readonly commit: Commit | null;
}
