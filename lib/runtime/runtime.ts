/**
 * What a block asks of the runtime that it plays in: one implementation per runtime, and nothing else of the child knows
 * where it runs.
 *
 * Memory, and the place of a session on disk or in an origin, are the parent's (`lib/runner/launch.ts`): what runs in the
 * child is not to be believed about the one, and gets the other as a name.
 */
import type { FineClock } from "../clock/mod.ts";
import type { DrawnFrames } from "../model/measurement.ts";
import type { RuntimeId } from "../model/runtime.ts";
import type { Awaitable, Row } from "../model/value.ts";

/** CPU time since an arbitrary start, nanoseconds. */
export interface CpuReading {
  /** Of the calling thread. */
  readonly callerNs: number;
  /** Of all threads; in a browser, of all its processes. */
  readonly processNs: number;
}

/** A screen with one list per live query. */
export interface Screen {
  /** Has a result shown in the next frame. Rows are read then: a screen keeps what it was given. */
  show(stream: number, rows: readonly Row[], columns: readonly string[]): void;
  /** Begins to count frames. */
  watchFrames(): void;
  /** Ends that. */
  readFrames(): DrawnFrames;
  /** Takes everything off. */
  clear(): void;
}

/** See the module. Its members need no `this`, and are what they were before an adapter was loaded. */
export interface ChildRuntime extends FineClock {
  /** Which one it is. */
  readonly id: RuntimeId;
  /** Versions and switches for the record, such as `{ runtime: "node 24.21.0" }`. */
  readonly facts: Readonly<Record<string, string>>;
  /** A promise where another process has to be asked; always outside of what is timed. */
  readCpu(): Awaitable<CpuReading>;
  /** Why CPU readings of the calling thread are tick-grained; absent when they are fine. */
  readonly coarseCpuReason?: string;
  /** What live queries are drawn on; absent outside of pages. */
  openScreen?(): Screen;
  /** From the navigation to the page until its scripts had run, nanoseconds; absent outside of pages. */
  readonly pageStartNs?: number;
  /** Collects garbage, where the runtime lets itself be asked. */
  collectGarbage(): void;
  /** Bytes in use on the heap of the calling thread; absent where the runtime does not tell. */
  heapBytes?(): number;
  /**
   * Has `listener` told of errors that nobody caught, instead of the process ending by them. The returned function ends
   * that.
   */
  watchBackground(listener: (error: unknown) => void): () => void;
  /**
   * Has the calling thread do nothing any more, for whoever is about to be killed. Where the thread may not wait, what was
   * said has to leave it before: a turn goes by then.
   */
  standStill(): Awaitable<void>;
}
