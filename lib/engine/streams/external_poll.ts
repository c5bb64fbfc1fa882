/**
 * Looks again and again, while there are live queries, for what no reply of the writer tells: commits of other connections.
 *
 * One look at a time: while the writer is taken by a transaction nobody else can commit anyway.
 *
 * @module
 */

/** A timer that runs only between `start` and `stop`. */
export class ExternalPoll {
  readonly #everyMs: number;
  readonly #look: () => Promise<void>;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isLooking = false;

  /** `everyMs` 0 is never. */
  constructor(everyMs: number, look: () => Promise<void>) {
    this.#everyMs = everyMs;
    this.#look = look;
  }

  /** Begins to look; nothing more when it has begun already. */
  start(): void {
    if (this.#everyMs > 0) this.#timer ??= setInterval(() => this.#tick(), this.#everyMs);
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    // Whatever failed may be gone at the next look; who closes the database, or loses the writer for good, stops this.
    this.#look().catch(() => {}).finally(() => this.#isLooking = false);
  }
}
