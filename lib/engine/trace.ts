/**
 * A bounded record of what happened to commits and streams, for experiments; kept with `profile: true` only.
 *
 * @module
 */

/** One event. */
export interface TraceEvent {
  /** When, in ms on the clock of `performance.now()` of the thread that opened the database. */
  readonly atMs: number;
  /**
   * `commit`: acknowledged to the caller. `invalidate`: a commit concerns the stream. `requery-sent`: handed to a reader.
   * `requery-start`, `requery-end`: the reader's work. `requery-result`: the reply is there. `deliver`: handed to the
   * stream's subscribers. `unchanged`, `discard`: not delivered.
   */
  readonly kind:
    | "commit"
    | "invalidate"
    | "requery-sent"
    | "requery-start"
    | "requery-end"
    | "requery-result"
    | "deliver"
    | "unchanged"
    | "discard";
  /** Number of the stream within its database, or null for a commit. */
  readonly stream: number | null;
  /** The commit, or the last commit that is surely in the result. */
  readonly commit: number;
}

/** The newest events, oldest first. */
export class Trace {
  readonly #capacity: number;
  #events: TraceEvent[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** True when events are kept. */
  get enabled(): boolean {
    return this.#capacity > 0;
  }

  /** Keeps one event, and drops the oldest when there are too many. */
  add(
    kind: TraceEvent["kind"],
    stream: number | null,
    commit: number,
    atMs: number = performance.now(),
  ): void {
    if (this.#capacity === 0) return;
    this.#events[this.#next] = { atMs, kind, stream, commit };
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The events in the order in which they were added; forgets them. */
  take(): TraceEvent[] {
    const events = [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)];
    this.#events = [];
    this.#next = 0;
    return events;
  }
}
