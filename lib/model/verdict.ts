/** What the oracle says about a phase or a block. */

/**
 * `converged`: everything shown and read equals the truth, and the last emissions equal the final state.
 * `phantom`: an emission equals no committed state. `regressed`: a stream went back in time. `lost`: the last emission
 * is not the final state although the stream was quiet. `misread`: a read differs from the truth. `error`: the
 * database raised an error.
 */
export type Verdict = "converged" | "lost" | "regressed" | "phantom" | "misread" | "error";

/** All verdicts, the good one first and then from bad to worse. */
export const VERDICTS: readonly Verdict[] = ["converged", "lost", "regressed", "phantom", "misread", "error"];

/** One thing that went wrong, with the smallest evidence that shows it. */
export interface Finding {
  /** What kind of fault it is. */
  readonly verdict: Exclude<Verdict, "converged">;
  /** Name of the phase. */
  readonly phase: string;
  /** Counts from 0, warm-ups included. */
  readonly iteration: number;
  /** The watched or read query with its arguments, as text. */
  readonly query: string;
  /** One sentence: what was shown, what the truth was, between which writes. */
  readonly detail: string;
}

/** Freshness and economy of all streams of one phase. Times are nanoseconds. */
export interface StreamSummary {
  /** Streams of the phase. */
  readonly streamCount: number;
  /** Changes of results that the truth contains, over all streams. */
  readonly emissionsNeeded: number;
  /** Emissions that arrived after the first result of each stream. */
  readonly emissionsDelivered: number;
  /** Emissions equal to the one before on the same stream. */
  readonly emissionsRedundant: number;
  /** Changes that were never shown by themselves, since a newer one was. */
  readonly emissionsCoalesced: number;
  /**
   * For each change, from the acknowledgement of the commit to the first emission that shows it or something newer.
   * An emission ahead of the acknowledgement counts as 0. Changes that nothing ever showed are not here.
   */
  readonly freshnessNs: Float64Array;
  /** Longest time that a stream showed an outdated result. An outdated end counts until the phase was quiet. */
  readonly outdatedMaxNs: number;
  /** From the last acknowledgement to the last emission, 0 when no emission came later. */
  readonly settleNs: number;
}

/** The oracle's whole answer for one phase. */
export interface PhaseJudgement {
  /** The worst of the findings. */
  readonly verdict: Verdict;
  /** Worst first, at most a handful; `findingCount` counts all. */
  readonly findings: readonly Finding[];
  /** How many there were. */
  readonly findingCount: number;
  /** Absent when the phase ran unwatched or has no watches. */
  readonly streams?: StreamSummary;
}

/** The worse of two verdicts. */
export function worseVerdict(a: Verdict, b: Verdict): Verdict {
  return VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b;
}
