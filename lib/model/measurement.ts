/** What the child process notes while the clock runs: raw, in columns, interpreted afterwards. */
import type { CounterValues } from "./counter.ts";
import type { Row } from "./value.ts";

/** A result as it was digested while it was consumed. */
export interface ShownResult {
  /** 53 bits, under the key of the block; equal results have equal digests. */
  readonly digest: number;
  /** Digest of each row, where the query leaves the order of its rows open; absent elsewhere. */
  readonly rowDigests?: ArrayLike<number>;
}

/** Deliveries of one watched query in the order in which they came, the first result included. */
export interface StreamLog {
  /** When each emission arrived, nanoseconds on the phase's clock. Has at least `results.length` entries. */
  readonly atNs: ArrayLike<number>;
  /** What each emission showed. */
  readonly results: readonly ShownResult[];
  /** Turn of the event loop in which each emission came, on one count for all streams; absent unless it was noted. */
  readonly turns?: ArrayLike<number>;
  /** Errors that the live query delivered, with the number of emissions before each. */
  readonly errors: readonly {
    readonly atNs: number;
    readonly message: string;
    readonly emissionsBefore: number;
  }[];
}

/** What a page that draws its live queries did from the first recorded operation until all was quiet. */
export interface DrawnFrames {
  /** Frames that were drawn. */
  readonly drawnCount: number;
  /** Frames of a screen with 60 Hz that were not. */
  readonly missedCount: number;
  /** Frames that took 50 ms or longer from their beginning until they were drawn, as the browser reports them. */
  readonly longCount: number;
  /** Sum of what tasks of these took beyond 50 ms each, nanoseconds. */
  readonly blockedNs: number;
  /** Time spent in bringing lists up to date, nanoseconds; layout and painting are not in it. */
  readonly renderNs: number;
}

/**
 * One run of one phase.
 *
 * Columns over operations have one entry per operation of the phase, unrecorded ones included, in the order of the
 * phase. Operations follow each other in that order, or in each of several lanes.
 * All times are nanoseconds on one clock of the calling thread.
 */
export interface PhaseLog {
  /** Just before each operation was called; Infinity for those that never were. */
  readonly startNs: Float64Array;
  /** When each operation was acknowledged; for reads, after every value was looked at. */
  readonly endNs: Float64Array;
  /** When each operation was due, from where its delays count; absent where they count from its call. */
  readonly dueNs?: Float64Array;
  /** By how much the caller's own waiting for each was late; absent as `dueNs` is. */
  readonly waitLateNs?: Float64Array;
  /** Operations were left out, as those before were too late: nothing is known of what was right in the end. */
  readonly isCutShort?: true;
  /** Results of the reads by operation index; writes have no entry. */
  readonly reads: ReadonlyMap<number, ShownResult>;
  /** One per live query of the phase, in the order of `watchedIn`; empty when the phase ran unwatched. */
  readonly streams: readonly StreamLog[];
  /**
   * The last streams are those of pages, one for each entry here: just before each was opened, and when it was closed;
   * those of the last page were not. Absent without pages.
   */
  readonly pages?: { readonly openedNs: ArrayLike<number>; readonly closedNs: ArrayLike<number> };
  /** How much more resident memory the process has after the phase than before; absent where nobody looked. */
  readonly memoryGrowthBytes?: number;
  /** Results of the phase's watches (as fresh reads) and then of its checks, read when all was quiet. */
  readonly finalReads: readonly ShownResult[];
  /** Whole results by their digest, as they were when they were consumed; absent where only digests were kept. */
  readonly rows?: ReadonlyMap<number, readonly Row[]>;
  /** Emissions whose rows the database changed after it had delivered them; looked for only where rows were kept. */
  readonly changedLater?: readonly { readonly stream: number; readonly emission: number }[];
  /** From the first `watch` call to the moment when every stream had shown a result; 0 without watches. */
  readonly subscribeNs: number;
  /** From the first `watch` call to the first result of any stream; absent when nothing was watched. */
  readonly firstResultNs?: number;
  /** Opening the session in a new process; absent where the phase is not the first of an iteration that reopens. */
  readonly reopenNs?: number;
  /**
   * Opening a new database in a new process and making its tables; absent where the phase is not the first of its process,
   * and where rows were written before it.
   */
  readonly firstOpenNs?: number;
  /**
   * From the navigation to the page until its scripts had run; absent where the phase is not the first that the page plays
   * on its database, and outside of pages.
   */
  readonly pageStartNs?: number;
  /** CPU time of the calling thread during the recorded operations and their turns. */
  readonly callerCpuNs: number;
  /** CPU time of the calling thread from the first recorded operation until all was quiet. */
  readonly callerCpuUntilQuietNs: number;
  /** CPU time of all threads of the process from the first recorded operation until all was quiet. */
  readonly processCpuUntilQuietNs: number;
  /** CPU time of server processes in the same span; absent where there are none, or where nobody looked. */
  readonly serverCpuUntilQuietNs?: number;
  /** Time spent in observers reading every delivered value, from the first recorded operation until all was quiet. */
  readonly listenerNs: number;
  /** Longest delay of a timer in the same span. */
  readonly loopDelayMaxNs: number;
  /** Frames of 16.7 ms that such delays swallowed. */
  readonly framesMissed: number;
  /** Sum of what of each delay lies beyond one frame of 16.7 ms, in the same span. */
  readonly lateNs: number;
  /** Absent where nothing was drawn. */
  readonly frames?: DrawnFrames;
  /** What the adapter's counters did from the first recorded operation until all was quiet. */
  readonly counters: CounterValues;
}
