/** How late the event loop is, seen by a timer that wants to fire every few milliseconds. */

/** One frame of a 60 Hz screen. */
const FRAME_NS = 1e9 / 60;
const INTERVAL_MS = 4;

// Taken before an adapter is loaded, which may put something else in their places.
const { setInterval: startTimer, clearInterval: stopTimer } = globalThis;
const { floor, max } = Math;

/** What the timer saw. */
export interface LoopDelay {
  /** Longest lateness of the timer in nanoseconds; the runtime's own timers are 1 to 3 ms late when idle. */
  readonly maxNs: number;
  /** Whole frames of 16.7 ms that lateness swallowed. */
  readonly framesMissed: number;
  /** Sum of what of each lateness lies beyond one frame, nanoseconds. */
  readonly lateNs: number;
}

/**
 * Watches the event loop until `stop` is called.
 *
 * The runtime's `monitorEventLoopDelay` missed a busy loop of 40 ms in one of two tries here, hence this timer.
 * A loop that never turns is seen too: the time since the last firing counts when the watch stops.
 */
export class LoopDelayWatch {
  readonly #nowNs: () => number;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastNs: number;
  #maxNs = 0;
  #framesMissed = 0;
  #lateNs = 0;

  /** Starts watching; `nowNs` is the clock. */
  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
    this.#lastNs = nowNs();
    this.#timer = startTimer(() => this.#note(), INTERVAL_MS);
  }

  /** Ends the watch and tells what it saw. */
  stop(): LoopDelay {
    stopTimer(this.#timer);
    this.#note();
    return { maxNs: this.#maxNs, framesMissed: this.#framesMissed, lateNs: this.#lateNs };
  }

  #note(): void {
    const nowNs = this.#nowNs();
    const delayNs = nowNs - this.#lastNs - INTERVAL_MS * 1e6;
    this.#lastNs = nowNs;
    if (delayNs <= 0) return;
    this.#maxNs = max(this.#maxNs, delayNs);
    this.#framesMissed += floor(delayNs / FRAME_NS);
    this.#lateNs += max(0, delayNs - FRAME_NS);
  }
}
