/** Waiting for a moment as finely as the runtime can. */

import type { Clock } from "./clock.ts";

// Taken before an adapter is loaded, which may put something else in their places.
const { max, min } = Math;

/** A clock that may know finer ways to wait. */
export interface FineClock extends Clock {
  /** Resolves this many nanoseconds later, tens of microseconds late at most; absent where there are only timers. */
  nap?(ns: number): Promise<void>;
  /** CPU time of the calling thread, read at once; absent where it takes long or is tick-grained. */
  callerCpuNs?(): number;
}

/**
 * A nap ends a tenth of the whole wait before the moment, within these bounds: who has slept for long wakes up late, a
 * millisecond now and then, and turning costs CPU that a database on the same cores may want.
 */
const NAP_GRAIN_SHARE = 0.1;
const LEAST_NAP_GRAIN_NS = 150_000;
const MOST_NAP_GRAIN_NS = 1_000_000;
/** The runtime's own timers are 1 to 3 ms late. */
const TIMER_GRAIN_NS = 4_000_000;
/** A long nap ends this much before the moment, so that work that was long over excuses nobody. */
const LAST_NAP_NS = 2_000_000;

/**
 * Resolves at `dueNs` or later, in a turn of its own; the rest that no sleep is fine enough for is spent in turns of the
 * event loop. A moment that is over takes one turn.
 *
 * Returns by how much the wait itself was late, in nanoseconds, counted from the moment, or from the call if that was
 * later. Time in which this thread worked meanwhile, such as on callbacks of a database, is not counted where the clock
 * knows the thread's CPU time: since the last look at the clock before the moment, 2 ms before it at most for naps.
 */
export async function waitUntil(clock: FineClock, dueNs: number): Promise<number> {
  let atNs = clock.nowNs();
  const fromNs = max(dueNs, atNs);
  const grainNs = min(MOST_NAP_GRAIN_NS, max(LEAST_NAP_GRAIN_NS, (dueNs - atNs) * NAP_GRAIN_SHARE));
  let workedNs = 0;
  do {
    const leftNs = dueNs - atNs;
    if (clock.callerCpuNs !== undefined) workedNs = clock.callerCpuNs();
    if (clock.nap !== undefined && leftNs > grainNs) {
      await clock.nap(leftNs - (leftNs > LAST_NAP_NS + grainNs ? LAST_NAP_NS : grainNs));
    } else if (clock.nap === undefined && leftNs > TIMER_GRAIN_NS) {
      await clock.sleep((leftNs - TIMER_GRAIN_NS) / 1e6);
    } else await clock.turn();
    atNs = clock.nowNs();
  } while (atNs < dueNs);
  const ownNs = clock.callerCpuNs === undefined ? 0 : clock.callerCpuNs() - workedNs;
  return max(0, atNs - fromNs - ownNs);
}
