/** The one rule by which CPU time is held against what an adapter says of where it works. */

/**
 * A runtime's own threads compile and collect garbage: who works on the calling thread was seen to use up to its CPU once
 * more on others, over a few milliseconds. Who hands its work to another thread uses more there.
 */
const ELSEWHERE_SHARE = 1.5;
const ELSEWHERE_NS = 50e6;

/** CPU time of some work, nanoseconds. */
export interface SpentCpu {
  /** Of the calling thread. */
  readonly mainNs: number;
  /** Of all other threads and of processes that the adapter has started. */
  readonly elsewhereNs: number;
}

/** Whether work may have been done on the calling thread. */
export function mayBeOnCaller({ mainNs, elsewhereNs }: SpentCpu): boolean {
  return elsewhereNs <= ELSEWHERE_SHARE * mainNs + ELSEWHERE_NS;
}
