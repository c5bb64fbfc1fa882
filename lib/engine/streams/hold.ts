/**
 * Decides when invalidated streams are asked again under `latest-wins`.
 *
 * Asking after every commit of a burst costs the writer and the caller their cores, for results that are outdated on arrival.
 * So a burst is let through: entries are held while writes keep coming, and released
 *
 * - when the writer has been idle for a few turns of the event loop (microseconds when nothing else happens), or
 * - when the oldest has been held for `holdMs`, by the next reply of the writer or by a timer, whichever comes first.
 *
 * Both are independent of what the coming writes do to the streams, so nothing is held for ever.
 *
 * @module
 */

/** A caller that awaits a write and then lets the event loop turn once or twice is still in its burst. */
const idleTurns = 3;

/** Holds back until the writer pauses or time is up. */
export class Hold {
  readonly #holdMs: number;
  readonly #writerBusy: () => boolean;
  readonly #release: () => void;
  #sinceMs = 0;
  #turnsLeft = 0;
  #isTurning = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(holdMs: number, writerBusy: () => boolean, release: () => void) {
    this.#holdMs = holdMs;
    this.#writerBusy = writerBusy;
    this.#release = release;
  }

  /** Something is held; to be called again with each commit that adds to it. */
  start(nowMs: number): void {
    if (this.#sinceMs === 0) {
      this.#sinceMs = nowMs;
      this.#timer = setTimeout(() => this.end(), Math.max(1, this.#holdMs));
    }
    this.#turnsLeft = idleTurns;
  }

  /** The writer has answered: time to look whether the burst goes on. */
  writerAnswered(): void {
    if (this.#sinceMs === 0) return;
    if (performance.now() - this.#sinceMs >= this.#holdMs) this.end();
    else {
      this.#turnsLeft = idleTurns;
      this.#turn();
    }
  }

  /** Releases what is held. */
  end(): void {
    if (this.#sinceMs === 0) return;
    this.cancel();
    this.#release();
  }

  /** Forgets what is held. */
  cancel(): void {
    this.#sinceMs = 0;
    clearTimeout(this.#timer);
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      // While the writer is busy its next answer goes on from here.
      if (this.#sinceMs === 0 || this.#writerBusy()) return;
      if (--this.#turnsLeft <= 0) this.end();
      else this.#turn();
    });
  }
}
