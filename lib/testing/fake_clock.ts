import { setImmediate } from "node:timers";
import type { Clock } from "../clock/mod.ts";

/**
 * A clock that moves only when it is looked at or slept on: every reading is `stepNs` later than the one before, and
 * a sleep of n milliseconds moves it n milliseconds. CPU readings move with it: the caller works half of the time.
 */
export class FakeClock implements Clock {
  #nowNs = 0;
  readonly #stepNs: number;
  /** Sleeps so far, in milliseconds and in order. */
  readonly sleptMs: number[] = [];

  /** `stepNs` is how far one reading moves the clock. */
  constructor(stepNs = 1000) {
    this.#stepNs = stepNs;
  }

  readonly nowNs = (): number => this.#nowNs += this.#stepNs;
  readonly turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  readonly sleep = (ms: number): Promise<void> => {
    this.sleptMs.push(ms);
    this.#nowNs += ms * 1e6;
    return this.turn();
  };
  readonly cpu = {
    callerNs: (): number => this.#nowNs / 2,
    processNs: (): number => this.#nowNs,
  };
}
