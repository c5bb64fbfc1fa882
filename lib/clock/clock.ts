import { setImmediate } from "node:timers";
import { type CpuClock, openCpuClock } from "./cpu_clock.ts";

/** Everything that a block asks of time, so that tests can give exact answers. */
export interface Clock {
  /** Monotonic time in nanoseconds since an arbitrary start. */
  nowNs(): number;
  /** One real turn of the event loop (a macrotask): timers, messages and I/O get their chance. */
  turn(): Promise<void>;
  /** Resolves after at least this many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** CPU time of this thread and of the process. */
  readonly cpu: CpuClock;
}

/**
 * The clock of this process. A turn is `setImmediate`, 3 to 6 us here, since `setTimeout(0)` takes 2 ms.
 * `libcPath` is what {@link CpuClock} needs to be exact.
 */
export function openClock(libcPath: string | undefined): Clock {
  // Taken now: an adapter that is loaded later may put something else in their places.
  const now = performance.now.bind(performance);
  const immediate = setImmediate;
  const timer = globalThis.setTimeout;
  return {
    nowNs: () => now() * 1e6,
    turn: () => new Promise((resolve) => immediate(resolve)),
    sleep: (ms) => new Promise((resolve) => timer(resolve, ms)),
    cpu: openCpuClock(libcPath),
  };
}

/** Median cost of one idle turn in nanoseconds, over `turnCount` turns. */
export async function measureTurnCost(clock: Clock, turnCount = 501): Promise<number> {
  const costsNs = new Float64Array(turnCount);
  for (let index = 0; index < turnCount; index++) {
    const startNs = clock.nowNs();
    await clock.turn();
    costsNs[index] = clock.nowNs() - startNs;
  }
  return costsNs.sort()[turnCount >> 1]!;
}
