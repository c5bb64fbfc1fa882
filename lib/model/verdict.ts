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

/** A result cut to the rows that tell. */
export interface ResultExcerpt {
  /** Rows of the whole result. */
  readonly rowCount: number;
  /** Rows that differ somewhere in the history, as far as they are there: index, then columns with values cut short. */
  readonly rows: readonly string[];
}

/** One step of the history that shows a fault: what happened, what was true from then on, and what was shown. */
export interface HistoryStep {
  /**
   * `start`: the state at the start of the phase. `commit`: a write changed the result. `emission`: the stream showed a
   * result. `read`: a read returned one. `quiet`: nothing came any more.
   */
  readonly kind: "start" | "commit" | "emission" | "read" | "quiet";
  /** Which one: an operation, or a place in the stream. */
  readonly what: string;
  /** Acknowledgement or delivery, nanoseconds from the call of the first operation; absent where there is no moment. */
  readonly atNs?: number;
  /** Commits in front of this step that are not listed; absent for none. */
  readonly skippedCommits?: number;
  /** What the result had to be. */
  readonly truth: ResultExcerpt;
  /** What was shown; absent for commits, and where nothing ever was. */
  readonly shown?: ResultExcerpt;
}

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
  /** The smallest history that shows it, in order; absent for errors, and in runs of before it was kept. */
  readonly history?: readonly HistoryStep[];
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
  /**
   * For the same changes in the same order, from the call of the write, or from when it was due, to the first emission
   * that shows it or something newer.
   */
  readonly shownNs: Float64Array;
  /** When the writes behind the same changes were due, or called where nothing was due, on the phase's clock. */
  readonly dueNs: Float64Array;
  /** When the last change was covered on every stream, on the phase's clock; -Infinity when there was no change. */
  readonly lastShownAtNs: number;
  /** Longest time that a stream showed an outdated result. An outdated end counts until the phase was quiet. */
  readonly outdatedMaxNs: number;
  /** From the last acknowledgement to the last emission, 0 when no emission came later. */
  readonly settleNs: number;
  /** Absent unless the streams are one screen. */
  readonly screen?: ScreenTurns;
}

/** What a screen showed at the ends of the turns of the event loop that brought an emission. */
export interface ScreenTurns {
  /** How many there were. */
  readonly turnCount: number;
  /** In how many no single commit makes true all that was shown. */
  readonly tornTurnCount: number;
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
