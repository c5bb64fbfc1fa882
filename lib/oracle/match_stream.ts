/**
 * Matches what a stream showed to the states that were committed.
 *
 * A state can be shown once its write was dispatched, even before the acknowledgement. States may repeat (A, B, A), so
 * an emission often fits several positions of the sequence. Two questions are asked, and each gets the answer that is
 * kindest to the database:
 *
 * - Did the stream go back? Each emission takes the *earliest* fitting position that is not before the one of its
 *   predecessor. This leaves the most room for those that follow, so it fails only when no assignment exists at all.
 * - How fresh is it? Each emission counts for the *latest* fitting position (see measure_freshness.ts).
 *
 * An emission that fits nowhere is set aside, and matching goes on as if it had not been there: one bad emission does
 * not accuse those behind it.
 */
import type { Sighting, StateSequence } from "./state_sequence.ts";

/** When the writes behind the positions of a sequence happened. Index 0, the start of the phase, is -Infinity. */
export interface CommitTimes {
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
}

/** Dispatch and acknowledgement of the operation behind each position. */
export function commitTimes(
  sequence: StateSequence,
  startNs: Float64Array,
  endNs: Float64Array,
): CommitTimes {
  const at = (times: Float64Array) =>
    Float64Array.from(sequence.moments, ({ operation }) => operation < 0 ? -Infinity : times[operation]!);
  return { startNs: at(startNs), endNs: at(endNs) };
}

/** Verdict on one emission that fits nowhere. */
export interface MatchFault {
  /** What is wrong with it. */
  readonly kind: "phantom" | "regressed";
  /** Index of the emission. */
  readonly emission: number;
  /** Position of the last emission before it that fits. */
  readonly previous: number;
}

/** Where the emissions of a stream fit. */
export interface StreamMatch {
  /** Position of each emission, the earliest possible; -1 for those that fit nowhere. */
  readonly positions: Int32Array;
  /** In order of emission. */
  readonly faults: readonly MatchFault[];
}

/**
 * Assigns a position to each emission.
 *
 * A result that no dispatched write could have made is `phantom`, also when a later write makes it. One that fits
 * only before the previous match is `regressed`.
 */
export function matchStream(
  sightings: readonly Sighting[],
  atNs: ArrayLike<number>,
  { startNs }: CommitTimes,
): StreamMatch {
  const positions = new Int32Array(sightings.length).fill(-1);
  const faults: MatchFault[] = [];
  let previous = 0;
  for (const [emission, { positions: fitting }] of sightings.entries()) {
    const newest = lastAtOrBefore(startNs, atNs[emission]!);
    const candidate = fitting[firstAtOrAfter(fitting, previous)];
    if (candidate !== undefined && candidate <= newest) {
      previous = candidate;
      positions[emission] = candidate;
      continue;
    }
    const wasShowable = fitting.length > 0 && fitting[0]! <= newest;
    faults.push({ kind: wasShowable ? "regressed" : "phantom", emission, previous });
  }
  return { positions, faults };
}

/** Index of the last of ascending numbers that is not above `limit`; -1 when all are. */
export function lastAtOrBefore(ascending: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of the first of ascending numbers that is not below `limit`; the length when all are. */
export function firstAtOrAfter(ascending: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
