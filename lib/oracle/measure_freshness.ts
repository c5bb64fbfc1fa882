/**
 * How long the truth took to appear, from what was on display.
 *
 * At any time a stream *displays* its last emission. The display is *up to date* while it equals the newest
 * acknowledged state, or one whose write is in flight: nobody can demand what is not acknowledged, and nobody can
 * forbid what may be committed already. It becomes outdated when a change is acknowledged that it does not show, or when an
 * emission brings an older result, and stays so until an emission that is up to date at its own time, or until a write
 * makes true again what is displayed (A, B, A). A stream that is always one change behind is outdated all along, although
 * each of its emissions is new. A result that never was true is outdated, too.
 *
 * A change is *covered* by the first emission that shows it or something newer, taking for each emission the latest
 * state that it fits. A display that a write makes true again covers the changes up to that write, when the write starts.
 */
import { type CommitTimes, firstAtOrAfter, lastAtOrBefore } from "./match_stream.ts";
import type { Sighting } from "./state_sequence.ts";

/** When each change was covered and how long the display was wrong. */
export interface Freshness {
  /** Per position, when it was covered; NaN for those that never were. Position 0 is the start of the phase. */
  readonly coveredNs: Float64Array;
  /** Longest outdated time after `fromNs`. */
  readonly outdatedMaxNs: number;
  /** Outdated spans from the first emission on, those before `fromNs` included: from and to in turns, ascending. */
  readonly outdatedNs: readonly number[];
}

/** Measures one stream between `fromNs` and `quietNs`, which is not before the last emission. */
export function measureFreshness(
  sightings: readonly Sighting[],
  atNs: ArrayLike<number>,
  times: CommitTimes,
  { fromNs, quietNs }: { fromNs: number; quietNs: number },
): Freshness {
  const { startNs, endNs } = times;
  const coveredNs = new Float64Array(startNs.length).fill(NaN);
  let coveredCount = 0;
  const cover = (position: number, ns: number): void => {
    while (coveredCount <= position) {
      coveredNs[coveredCount] = ns;
      coveredCount += 1;
    }
  };

  let outdatedMaxNs = 0;
  const outdatedNs: number[] = [];
  let outdatedSince = NaN;
  const becomeOutdated = (ns: number): void => {
    if (Number.isNaN(outdatedSince)) outdatedSince = ns;
  };
  const becomeCurrent = (ns: number): void => {
    if (Number.isNaN(outdatedSince)) return;
    outdatedMaxNs = Math.max(outdatedMaxNs, ns - Math.max(outdatedSince, fromNs));
    if (ns > outdatedSince) outdatedNs.push(outdatedSince, ns);
    outdatedSince = NaN;
  };

  for (const [emission, { positions }] of sightings.entries()) {
    const shownNs = atNs[emission]!;
    const replacedNs = emission + 1 < sightings.length ? atNs[emission + 1]! : quietNs;
    const latest = lastAtOrBefore(positions, lastAtOrBefore(startNs, shownNs));
    if (latest >= 0) cover(positions[latest]!, shownNs);

    // Everything before the newest acknowledged state has been superseded when the emission arrives.
    const newestAcknowledged = lastAtOrBefore(endNs, shownNs);
    let current = shownNs;
    for (let i = firstAtOrAfter(positions, newestAcknowledged); i < positions.length; i += 1) {
      const position = positions[i]!;
      const trueFromNs = startNs[position]!;
      if (trueFromNs > shownNs && trueFromNs >= replacedNs) break;
      if (trueFromNs > current) becomeOutdated(current);
      becomeCurrent(Math.max(trueFromNs, shownNs));
      cover(position, Math.max(trueFromNs, shownNs));
      current = Math.min(endNs[position + 1] ?? Infinity, replacedNs);
    }
    if (current < replacedNs) becomeOutdated(current);
  }
  becomeCurrent(quietNs);
  return { coveredNs, outdatedMaxNs, outdatedNs };
}
