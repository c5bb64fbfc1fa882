import type { RandomIndex } from "./resample.ts";

/**
 * Whole numbers that look random and are the same for the same seed, so that a report has the same bytes each time.
 * Mulberry32 by Tommy Ettinger: 32 bits of state, a period of 2^32, far from good enough for secrets.
 */
export function seededIndex(seed: number): RandomIndex {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6D2B79F5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor(((bits ^ (bits >>> 14)) >>> 0) / 0x1_0000_0000 * below);
  };
}
