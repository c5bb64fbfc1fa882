/** Whether a database kept up with a rate: what waits must not grow. */
import type { LoadOutcome } from "../model/mod.ts";
import { median, sortSamples } from "../stats/mod.ts";
import type { PhaseEvidence } from "./declare.ts";

/**
 * A database that gets a twentieth less done than it is asked for falls behind by 50 ms in each second. Delays of single
 * operations scatter far more, medians of a quarter of a plan hardly do.
 */
const MOST_GROWTH = 0.05;

/**
 * `unsustained` when operations had to be left out, or when delays grow: the median of the last quarter of the recorded
 * plan against that of the quarter before, per time between them. Looks at the delay of calls, for which a database is
 * too slow to answer, and at that of sight, for which it answers and does not show. `undefined` in closed loops.
 */
export function loadOutcome({ log, judgement, firstRecorded }: PhaseEvidence): LoadOutcome | undefined {
  const { dueNs, startNs, isCutShort } = log;
  if (dueNs === undefined) return undefined;
  if (isCutShort) return "unsustained";
  const calls = Array.from(dueNs.subarray(firstRecorded), (due, index) => ({
    dueNs: due,
    delayNs: startNs[firstRecorded + index]! - due,
  }));
  const { streams } = judgement;
  const sights = Array.from(streams?.dueNs ?? [], (due, index) => ({
    dueNs: due,
    delayNs: streams!.shownNs[index]!,
  }));
  return [calls, sights].some((delays) => growthOf(delays) > MOST_GROWTH) ? "unsustained" : "sustained";
}

interface Delay {
  readonly dueNs: number;
  readonly delayNs: number;
}

/** Nanoseconds of delay that each nanosecond adds, over the second half; 0 for fewer than eight delays. */
function growthOf(delays: readonly Delay[]): number {
  if (delays.length < 8) return 0;
  const ordered = delays.toSorted((a, b) => a.dueNs - b.dueNs);
  const quarter = Math.floor(ordered.length / 4);
  const middle = (own: readonly Delay[], what: keyof Delay): number =>
    median(sortSamples(own.map((delay) => delay[what])));
  const last = ordered.slice(-quarter);
  const before = ordered.slice(-2 * quarter, -quarter);
  const spanNs = middle(last, "dueNs") - middle(before, "dueNs");
  return spanNs > 0 ? (middle(last, "delayNs") - middle(before, "delayNs")) / spanNs : 0;
}
