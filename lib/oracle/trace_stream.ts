/** What the oracle found out about one stream, emission by emission, for a picture. */
import type { PhaseLog } from "../model/measurement.ts";
import type { JudgedStream } from "./judged_stream.ts";
import type { MatchFault } from "./match_stream.ts";
import { measureFreshness } from "./measure_freshness.ts";
import { phaseSpan } from "./phase_span.ts";
import type { PhaseTruth } from "./phase_truth.ts";

/** One stream of a phase. */
export interface StreamTrace {
  /** Index of the operation that made each change of the result, ascending. */
  readonly changes: readonly number[];
  /** Per emission, how many changes are in what it shows, the fewest that fit; -1 for one that fits nowhere. */
  readonly shown: Int32Array;
  /** Emissions that fit nowhere, in order. */
  readonly faults: readonly MatchFault[];
  /** Spans with an outdated display, from and to in turns, ascending, nanoseconds; the last one may end with the phase. */
  readonly outdatedNs: readonly number[];
  /** The last emission is the final state. */
  readonly isFinal: boolean;
}

/** Traces each stream, by the same matching as the judgement. */
export function traceStreams(
  truth: PhaseTruth,
  streams: readonly JudgedStream[],
  log: PhaseLog,
): StreamTrace[] {
  const { fromNs, quietNs } = phaseSpan(truth, log);
  return streams.map(({ sequence, stream, times, sightings, match, isFinal, closedNs }) => {
    return {
      changes: sequence.moments.slice(1).map(({ operation }) => operation),
      shown: match.positions,
      faults: match.faults,
      outdatedNs: measureFreshness(sightings, stream.atNs, times, {
        fromNs,
        quietNs: Math.min(quietNs, closedNs),
      }).outdatedNs,
      isFinal: isFinal || closedNs < Infinity,
    };
  });
}
