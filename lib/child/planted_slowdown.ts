/**
 * A planted slowdown: every operation is made longer by a share of its own time, with which the bench proves that it
 * would see a real one.
 *
 * Waiting for the clock would overshoot: a reading costs 0.1 us, and 2 % of an operation of 7 us are 0.14 us. So the
 * time is not waited for but worked off, in steps of a few nanoseconds whose cost is found out before the first
 * operation. What is less than a step is owed to the next operation. The one reading that tells how long the operation
 * took is part of its time; sides that are compared both take it, one of them with a share of 0.
 *
 * A pause follows each operation, outside its time. A database with a thread of its own goes on tidying up after it has
 * answered; the next operation waits for that, and what was added to one would be taken off the other.
 */
import { median, sortSamples } from "../stats/mod.ts";

/** Works for `stepCount` equal steps without letting go of the thread. */
export type Spin = (stepCount: number) => void;

/** Steps that are timed at once: about 20 us, so that a reading of the clock is lost in them. */
const TIMED_STEPS = 20_000;
const TRY_COUNT = 1000;
const CALL_COUNT = 20_000;
/** Behind this pause watchlite has come to rest: a longer one changes nothing, without one most of 10 % is not seen. */
const PAUSE_NS = 20_000;

/** Makes the operations of one block longer. */
export class PlantedSlowdown {
  readonly #share: number;
  readonly #nowNs: () => number;
  readonly #spin: Spin;
  readonly #stepNs: number;
  readonly #pauseSteps: number;
  #owedNs = 0;

  /**
   * Finds out what a step costs, which takes some 30 ms, for a share of 0 too: sides that are compared begin alike.
   * `share` is a part of an operation's own time, 0.05 for 5 %.
   */
  constructor(share: number, nowNs: () => number, spin: Spin = compiledSpin()) {
    this.#share = share;
    this.#nowNs = nowNs;
    this.#spin = spin;
    this.#stepNs = usualStepNs(nowNs, spin);
    this.#pauseSteps = Math.round(PAUSE_NS / this.#stepNs);
    // Compiled before the first operation: a call that is still interpreted costs more than 2 % of a short one.
    for (let call = 0; call < CALL_COUNT; call++) this.lengthen(nowNs());
    this.#owedNs = 0;
  }

  /** Called as the last act inside the time of an operation that began at `startNs`. */
  lengthen(startNs: number): void {
    this.#owedNs += (this.#nowNs() - startNs) * this.#share;
    const stepCount = Math.floor(this.#owedNs / this.#stepNs);
    this.#owedNs -= stepCount * this.#stepNs;
    this.#spin(stepCount);
  }

  /** Called behind each operation, outside its time. */
  pause(): void {
    this.#spin(this.#pauseSteps);
  }
}

/** The middle of many tries, as some are interrupted and the first ones are not compiled for good. */
function usualStepNs(nowNs: () => number, spin: Spin): number {
  const triesNs = Float64Array.from({ length: TRY_COUNT }, () => {
    const startNs = nowNs();
    spin(TIMED_STEPS);
    return nowNs() - startNs;
  });
  return median(sortSamples(triesNs)) / TIMED_STEPS;
}

/**
 * A loop in WebAssembly. The same loop in JavaScript takes 1, 1.6 or 5 ns a step, depending on which compiler has come
 * to it last; this one is compiled twice at most, and soon for good.
 *
 *     (module (func (export "spin") (param $steps i32) (param $value i32) (result i32)
 *       (block
 *         (br_if 0 (i32.eqz (local.get $steps)))
 *         (loop
 *           (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 1664525)) (i32.const 1013904223)))
 *           (br_if 0 (local.tee $steps (i32.sub (local.get $steps) (i32.const 1))))))
 *       (local.get $value)))
 */
const SPIN_MODULE =
  "AGFzbQEAAAABBwFgAn9/AX8DAgEABwgBBHNwaW4AAAorASkAAkAgAEUNAANAIAFBjczlAGxB3+a74wNqIQEgAEEBayIADQALCyABCw==";

function compiledSpin(): Spin {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(SPIN_MODULE));
  const { spin } = new WebAssembly.Instance(module).exports as {
    readonly spin: (stepCount: number, value: number) => number;
  };
  // Every step needs the one before, and the last one is kept: nothing of it can be left out.
  const kept = new Int32Array(1);
  return (stepCount) => void (kept[0] = spin(stepCount, kept[0]!));
}
