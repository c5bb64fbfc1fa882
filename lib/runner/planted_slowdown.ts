/**
 * A planted slowdown: every operation is made longer by a share of its own time, with which the bench proves that it
 * would see a real one.
 *
 * Waiting for the clock would overshoot: a reading costs 0.1 us, and 2 % of an operation of 7 us are 0.14 us. So the
 * time is not waited for but worked off, in steps of a few nanoseconds whose cost is found out before the first
 * operation. What is less than a step is owed to the next operation. The one reading that tells how long the operation
 * took is part of its time; sides that are compared both take it, one of them with a share of 0.
 */

/** Works for `stepCount` equal steps without letting go of the thread. */
export type Spin = (stepCount: number) => void;

/** Steps that are timed at once: about 30 us, so that a reading of the clock is lost in them. */
const TIMED_STEPS = 20_000;
/** By then the loop is compiled for good; a try that was interrupted is slower than the fastest one. */
const TRY_COUNT = 1000;

/** Makes the operations of one block longer. */
export class PlantedSlowdown {
  readonly #share: number;
  readonly #nowNs: () => number;
  readonly #spin: Spin;
  readonly #stepNs: number;
  #owedNs = 0;

  /**
   * Finds out what a step costs, which takes some 30 ms, for a share of 0 too: sides that are compared begin alike.
   * `share` is a part of an operation's own time, 0.05 for 5 %.
   */
  constructor(share: number, nowNs: () => number, spin: Spin = spinOnRegisters) {
    this.#share = share;
    this.#nowNs = nowNs;
    this.#spin = spin;
    this.#stepNs = cheapestStepNs(nowNs, spin);
  }

  /** Called as the last act inside the time of an operation that began at `startNs`. */
  lengthen(startNs: number): void {
    this.#owedNs += (this.#nowNs() - startNs) * this.#share;
    const stepCount = Math.floor(this.#owedNs / this.#stepNs);
    if (stepCount === 0) return;
    this.#owedNs -= stepCount * this.#stepNs;
    this.#spin(stepCount);
  }
}

/** The fastest try is the one that nothing came in between of. */
function cheapestStepNs(nowNs: () => number, spin: Spin): number {
  let leastNs = Infinity;
  for (let attempt = 0; attempt < TRY_COUNT; attempt++) {
    const startNs = nowNs();
    spin(TIMED_STEPS);
    const elapsedNs = nowNs() - startNs;
    if (elapsedNs > 0) leastNs = Math.min(leastNs, elapsedNs);
  }
  return leastNs / TIMED_STEPS;
}

let spun = 1;

/** A chain in which every step needs the one before, kept alive by where it ends. */
function spinOnRegisters(stepCount: number): void {
  let value = spun;
  for (let step = 0; step < stepCount; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0;
  spun = value;
}
