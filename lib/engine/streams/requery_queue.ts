/**
 * Live queries that are to be asked again: at once, or as soon as the writes pause (hold.ts).
 *
 * @module
 */

import type { StreamEntry } from "./entry.ts";
import { Hold } from "./hold.ts";

/** More first results than this in one screen would delay all of them too long, and what is shown already. */
const maxNewcomers = 256;

/** Entries in the order in which they became outdated. Each of them is in it once at most. */
export class RequeryQueue {
  #queue: StreamEntry[] = [];
  /** Entries that wait for a pause of the writer. */
  #held: StreamEntry[] = [];
  readonly #hold: Hold | null;

  /** With `holdMs` 0 nothing is held back. `onReleased` is called when what was held may be asked. */
  constructor(holdMs: number, isWriterBusy: () => boolean, onReleased: () => void) {
    const release = () => {
      for (const entry of this.#held) this.#queue.push(entry);
      this.#held = [];
      onReleased();
    };
    this.#hold = holdMs > 0 ? new Hold(holdMs, isWriterBusy, release) : null;
  }

  /** True when nothing is to be asked, now or later. */
  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#held.length === 0;
  }

  /** Entries that may be asked now. */
  get readyCount(): number {
    return this.#queue.length;
  }

  /** Adds an entry, unless it is in it. */
  add(entry: StreamEntry, nowMs: number, mayHold: boolean): void {
    if (entry.isQueued) return;
    entry.isQueued = true;
    entry.queuedMs = nowMs;
    if (mayHold && this.#hold !== null) {
      this.#held.push(entry);
      this.#hold.start(nowMs);
    } else this.#queue.push(entry);
  }

  /** The writer has answered a request. */
  writerAnswered(): void {
    this.#hold?.writerAnswered();
  }

  /** Takes so many entries of those that may be asked now; those that were closed meanwhile count, and are left out. */
  take(count: number): StreamEntry[] {
    return this.#queue.splice(0, count).filter((entry) => !entry.isClosed);
  }

  /**
   * Takes what is outdated, all of it, and first results, some of them. What is held comes along: shown beside the others it must
   * not be older than they are.
   */
  takeScreen(): StreamEntry[] {
    const queued = this.#held.length === 0 ? this.#queue : [...this.#queue, ...this.#held];
    this.#held = [];
    this.#hold?.cancel();
    this.#queue = [];
    const members: StreamEntry[] = [];
    let newcomers = 0;
    for (const entry of queued) {
      if (entry.isClosed) continue;
      if (entry.rows === null && entry.error === null && ++newcomers > maxNewcomers) this.#queue.push(entry);
      else members.push(entry);
    }
    return members;
  }

  /** Forgets everything. */
  clear(): void {
    this.#queue = [];
    this.#held = [];
    this.#hold?.cancel();
  }
}
