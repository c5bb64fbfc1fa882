/**
 * A reader on the calling thread, for what costs less than the way to another thread and back.
 *
 * @module
 */

import { Decoder } from "../codec.ts";
import type { ErrorShape } from "../errors.ts";
import type { ReaderOutcome, WorkerStart } from "../protocol.ts";
import { openReader } from "../sqlite/connection.ts";
import { ReaderCore } from "./reader_core.ts";

/** Serves requests where they are asked. It opens the file with the first one. */
export class LocalReader {
  readonly #start: Omit<WorkerStart, "channel">;
  readonly #request = new Decoder();
  #core: ReaderCore | null = null;
  #isServing = false;

  constructor(start: Omit<WorkerStart, "channel">) {
    // A lock of another process must not hold up the caller: a reader behind a thread waits for it.
    this.#start = { ...start, busyTimeoutMs: 0 };
  }

  /** True while a request is being served: its bytes are still read. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /**
   * Serves one encoded request; null when it cannot be served here and now, since the file is locked or cannot be
   * opened. Not to be called while one is being served.
   */
  serve(bytes: Uint8Array<ArrayBuffer>): ReaderOutcome | null {
    this.#isServing = true;
    try {
      const start = this.#start as WorkerStart;
      this.#core ??= new ReaderCore(openReader(start), start);
      const request = this.#request.open(bytes);
      request.uint();
      const outcome = this.#core.handle(request.byte(), request);
      const errors = [outcome.error, ...(outcome.requeries ?? []).map(({ error }) => error)];
      return errors.some(isBusy) ? null : outcome;
    } catch {
      // Who tells of it, and goes on trying, is a reader behind a thread.
      return null;
    } finally {
      this.#isServing = false;
    }
  }

  /** Closes the file. */
  close(): void {
    this.#core?.close();
    this.#core = null;
  }
}

function isBusy(error: ErrorShape | null): boolean {
  return ((error?.sqliteCode ?? 0) & 0xff) === 5;
}
