/** Everything that a block asks of time, so that tests can give exact answers. */
export interface Clock {
  /** Monotonic time in nanoseconds since an arbitrary start. */
  nowNs(): number;
  /** One real turn of the event loop (a macrotask): timers, messages and I/O get their chance. */
  turn(): Promise<void>;
  /** Resolves after at least this many milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** A step is a tenth of what it measures at least, or single readings of it say nothing. */
export const STEPS_PER_READING = 10;

/**
 * Cost of one idle turn in nanoseconds, over `turnCount` turns: their median; their mean where the clock's steps are too
 * long to tell one turn.
 */
export async function measureTurnCost(clock: Clock, stepNs: number, turnCount = 501): Promise<number> {
  const costsNs = new Float64Array(turnCount);
  const firstNs = clock.nowNs();
  let lastNs = firstNs;
  for (let index = 0; index < turnCount; index++) {
    const startNs = clock.nowNs();
    await clock.turn();
    lastNs = clock.nowNs();
    costsNs[index] = lastNs - startNs;
  }
  const medianNs = costsNs.sort()[turnCount >> 1]!;
  return medianNs >= stepNs * STEPS_PER_READING ? medianNs : (lastNs - firstNs) / turnCount;
}

/**
 * The smallest step of the clock in nanoseconds, over `changeCount` changes of its reading: the grain of a coarse clock,
 * the cost of a reading where the clock is finer than that. 0 for a clock that stands.
 */
export function measureClockStep(nowNs: () => number, changeCount = 64): number {
  let smallestNs = Infinity;
  let beforeNs = nowNs();
  for (let reading = 0, change = 0; change < changeCount && reading < READING_LIMIT; reading++) {
    const atNs = nowNs();
    if (atNs === beforeNs) continue;
    if (atNs - beforeNs < smallestNs) smallestNs = atNs - beforeNs;
    beforeNs = atNs;
    change += 1;
  }
  return smallestNs === Infinity ? 0 : smallestNs;
}

/** Far more than 64 steps of a millisecond take. */
const READING_LIMIT = 10_000_000;
