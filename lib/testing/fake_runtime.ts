import { setImmediate } from "node:timers";
import type { ChildRuntime, CpuReading } from "../runtime/runtime.ts";

/**
 * A runtime whose clock moves only when it is looked at or slept on: every reading is `stepNs` later than the one before,
 * and a sleep of n milliseconds moves it n milliseconds. CPU readings move with it: the caller works half of the time.
 */
export class FakeRuntime implements ChildRuntime {
  readonly id = "deno";
  readonly facts = { runtime: "fake 1.0.0" };
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
  readonly readCpu = (): CpuReading => ({ callerNs: this.#nowNs / 2, processNs: this.#nowNs });
  readonly collectGarbage = (): void => {};
  readonly watchBackground = (): () => void => () => {};
  readonly standStill = (): void => {};
}
