/**
 * What the parent asks of the child, and what the child answers: the only thing that the two share.
 *
 * The child plays. It holds an adapter, a clock, a player and a recorder, and nothing that knows what is true. It gets
 * rows and operations as data, one phase at a time, and answers with stamps and digests. The parent holds the workload,
 * the truth and the metrics. The first states that the child hears of are the final ones, after the last
 * acknowledgement, so that the wait for quiet can end when every stream shows its last state.
 */
import type { CounterValues } from "../model/counter.ts";
import type { DrawnFrames } from "../model/measurement.ts";
import type { Operation, Pacing } from "../model/workload.ts";
import type { OpenContext, OptionValues, Requery } from "../model/adapter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Awaitable, Row } from "../model/value.ts";
import type { DigestKey } from "./digester.ts";

/** How long streams may take, in milliseconds. None of these spans is inside a number. */
export interface Patience {
  /** All is quiet when nothing came for this long after every stream showed its final state. */
  readonly finalQuietMs: number;
  /** All is quiet when nothing came for this long, whatever is shown. */
  readonly quietMs: number;
  /** Streams that are quiet but do not show the final state get this long to come round; the same for first results. */
  readonly deadlineMs: number;
}

/** The first request: who plays, and under which key. */
export interface BeginOrder {
  /** Id of a registered adapter, or the URL of a module that exports one. */
  readonly adapter: string;
  /** A value for each of its options. */
  readonly options: OptionValues;
  /** Of all digests of the block. */
  readonly key: DigestKey;
  /** Whole results are kept and sent, once each, besides their digests; such a block gives no numbers. */
  readonly keepsRows: boolean;
  /** How long streams may take. */
  readonly patience: Patience;
  /**
   * Share by which each operation is made longer, such as 0.05: a planted slowdown for the proof that comparisons find
   * real ones; 0 for the side that it is compared with. Absent for real measurements.
   */
  readonly slowdownShare?: number;
  /** Whether times are asked for; where they are not, nobody waits until the recorder is compiled. Default: unless rows are kept. */
  readonly isTimed?: boolean;
  /** Results are drawn on the screen of the page as they come, and its frames are watched. Absent: nothing is drawn. */
  readonly isDrawn?: boolean;
}

/** What the child knows before it opens anything. */
export interface Begun {
  /** Cost of one idle event-loop turn, nanoseconds. */
  readonly turnCostNs: number;
  /** Smallest step of the clock, nanoseconds. */
  readonly clockStepNs: number;
  /** Version and switches of the runtime. */
  readonly facts: Readonly<Record<string, string>>;
  /** Why CPU readings of the calling thread are tick-grained; absent when they are fine. */
  readonly coarseReason?: string;
  /** From the navigation to the page until its scripts had run, nanoseconds; absent outside of pages. */
  readonly pageStartNs?: number;
}

/** A database to open: the context of a session without what the child knows. */
export type OpenOrder = Omit<OpenContext, "options" | "runtime">;

/** A query to watch or to read. */
export interface AskedQuery {
  /** The query. */
  readonly query: Query;
  /** Its arguments. */
  readonly args: Args;
  /** Exactly one order of the result is right. Where it is not, the digest of each row is sent as well. */
  readonly isTotal: boolean;
}

/** An operation as the child gets it. */
export type PlayedOperation =
  | Exclude<Operation, { kind: "read" | "navigate" }>
  | Omit<Extract<Operation, { kind: "navigate" }>, "watches"> & { readonly watches: readonly AskedQuery[] }
  | Extract<Operation, { kind: "read" }> & { readonly isTotal: boolean };

/** A phase to play. */
export interface PhaseOrder {
  /** Its name, for error messages. */
  readonly name: string;
  /** Opened before the operations, in this order. */
  readonly watches: readonly AskedQuery[];
  /** In this order, one after the other. */
  readonly operations: readonly PlayedOperation[];
  /** The first operations, which run before the readings begin. */
  readonly warmupOperationCount: number;
  /** What the caller does between them; nothing where they arrive by themselves. */
  readonly pacing: Pacing;
  /** Operations arrive by themselves, done with those before or not; absent: each waits for the one before. */
  readonly arrivals?: Arrivals;
  /** In which lane each operation runs, from 0: lanes run beside each other. Absent: one lane. */
  readonly lanes?: Float64Array;
  /** Libraries that can tell are asked when they computed results anew. */
  readonly asksRequeries: boolean;
  /**
   * Results are looked at and not recorded, for the measurement of what recording costs; such a phase cannot be judged.
   * Absent for real measurements.
   */
  readonly recordsNothing?: boolean;
  /** It is noted in which turn of the event loop each emission came, which costs a turn for each that has one. */
  readonly notesTurns: boolean;
}

/** When operations are due, planned before anything is called. */
export interface Arrivals {
  /**
   * By operation, nanoseconds: unrecorded ones count from the call of the first stretch, recorded ones from that of the
   * second. Ascending within each.
   */
  readonly atNs: Float64Array;
  /** No operation is called any more when one is this late: the rate is more than the database can do. */
  readonly latestNs: number;
}

/**
 * Digest of each stream's final state; `null` where several results would be right, -1 for a stream that was closed and
 * has nothing to show any more.
 */
export type FinalDigests = readonly (number | null)[];

/** Said between the last acknowledgement and the wait for quiet. */
export interface Acknowledged {
  /**
   * From the first recorded operation, or from where arrivals count, to the last acknowledgement, on the child's clock.
   */
  readonly spanNs: number;
  /** Operations were left out, as the ones before were too late: no final state is known. */
  readonly isCutShort: boolean;
}

/** What the child says while it plays a phase. */
export interface PhaseEvents {
  /** The recorded operations begin. */
  started(): void;
  /** The last operation was acknowledged; the answer is what every stream has to show in the end. */
  acknowledged(message: Acknowledged): Awaitable<FinalDigests>;
}

/** A stream as it was recorded. Columns have one entry per emission. */
export interface PlayedStream {
  /** Arrival of each emission, nanoseconds on the child's clock. */
  readonly atNs: Float64Array;
  /** What each emission showed. */
  readonly digests: Float64Array;
  /** Digests of the rows of each emission; absent where the query has one right order. */
  readonly rowDigests?: readonly Float64Array[];
  /** Turn of the event loop in which each emission came, counted over those that brought any; absent unless noted. */
  readonly turns?: Float64Array;
  /** Errors that the live query delivered. */
  readonly errors: readonly {
    readonly atNs: number;
    readonly message: string;
    readonly emissionsBefore: number;
  }[];
}

/** What was noted while a phase was played. All times are nanoseconds on the child's clock. */
export interface PlayedPhase {
  /** The adapter watched; otherwise the streams are empty. */
  readonly isWatched: boolean;
  /** Just before each operation was called; NaN for those that never were. */
  readonly startNs: Float64Array;
  /** When each operation was acknowledged; for reads, after every value was looked at. */
  readonly endNs: Float64Array;
  /** When each operation was due; absent where they waited for each other. */
  readonly dueNs?: Float64Array;
  /** By how much waiting for each was late by itself; absent as `dueNs` is. */
  readonly waitLateNs?: Float64Array;
  /** By operation; NaN for writes. */
  readonly readDigests: Float64Array;
  /** By index of the operation, for reads whose query leaves the order open. */
  readonly readRowDigests: readonly (readonly [index: number, rowDigests: Float64Array])[];
  /** One per watch, those of pages last. */
  readonly streams: readonly PlayedStream[];
  /** Before the call that opened each live query of a page. */
  readonly pageOpenedNs: Float64Array;
  /** When each of them was closed, in the same order; those of the last page are left out. */
  readonly pageClosedNs: Float64Array;
  /** When the first `watch` was called; of no meaning when nothing was watched. */
  readonly subscribeStartNs: number;
  /** From the first `watch` call until every stream had shown a result; 0 when nothing was watched. */
  readonly subscribeNs: number;
  /**
   * Where another process is asked for CPU time: from when it was asked first until its second answer was there. The thread
   * may have worked in all of it.
   */
  readonly readingsSpanNs?: number;
  /** CPU of the calling thread from the first recorded operation until the last acknowledgement. */
  readonly callerCpuNs: number;
  /** The same until all was quiet. */
  readonly callerCpuUntilQuietNs: number;
  /** CPU of all threads of the process until all was quiet. */
  readonly processCpuUntilQuietNs: number;
  /** Time spent in listeners in the same span. */
  readonly listenerNs: number;
  /** Longest lateness of a timer in the same span. */
  readonly loopDelayMaxNs: number;
  /** Whole frames of 16.7 ms that lateness swallowed. */
  readonly framesMissed: number;
  /** Sum of what of each lateness lies beyond one frame. */
  readonly lateNs: number;
  /** What the page's frames did in the same span; absent where nothing is drawn. */
  readonly frames?: DrawnFrames;
  /** The adapter's counters before the first recorded operation. */
  readonly countersBefore: CounterValues;
  /** The same when all was quiet. */
  readonly countersAfter: CounterValues;
  /** One per stream; `null` where the library does not tell. Empty unless it was asked. */
  readonly requeries: readonly (readonly Requery[] | null)[];
  /** Whether nothing came any more before the deadline. */
  readonly isQuiet: boolean;
  /** Whole results that were not sent before, as they were when they were consumed; empty unless rows are kept. */
  readonly rows: readonly KeptResult[];
  /** Emissions whose rows changed after they were delivered; looked for only where rows are kept. */
  readonly changedLater: readonly { readonly stream: number; readonly emission: number }[];
}

/** A result with its digest. */
export interface KeptResult {
  /** 53 bits. */
  readonly digest: number;
  /** The whole result. */
  readonly rows: readonly Row[];
}

/** A result that was read outside the measured time. */
export interface ReadAnswer {
  /** 53 bits. */
  readonly digest: number;
  /** Of each row, where the query leaves the order open. */
  readonly rowDigests?: Float64Array;
  /** Present where rows are kept and were not sent before. */
  readonly rows?: readonly Row[];
}

/** All rows of a table as one digest that knows no order. */
export interface TableAnswer {
  /** How many there were. */
  readonly rowCount: number;
  /** See `setDigest`. */
  readonly digest: number;
  /** Present where rows are kept. */
  readonly rows?: readonly Row[];
}

/** What is known when a session is closed. */
export interface ClosedSession {
  /** Results and errors that came to live queries after they were closed. */
  readonly lateDeliveryCount: number;
}

/**
 * The child, as the parent sees it. One request at a time. A request that the database refuses is rejected with an Error
 * of its message; a driver that cannot load with a DriverUnavailableError.
 */
export interface Player {
  /** Loads the adapter. */
  begin(order: BeginOrder): Promise<Begun>;
  /** Opens a session, loading the driver on the way. */
  open(order: OpenOrder): Promise<{ readonly elapsedNs: number }>;
  /** Writes rows in one batch, outside any phase. */
  seed(order: { readonly statement: WriteStatement; readonly rows: readonly Args[] }): Promise<
    { readonly elapsedNs: number }
  >;
  /** Plays a phase until all is quiet; its streams stay open. Each event comes once. */
  play(order: PhaseOrder, events: PhaseEvents): Promise<void>;
  /** Reads a result. */
  read(order: AskedQuery): Promise<ReadAnswer>;
  /** Reads a whole table. */
  readTable(order: { readonly query: Query }): Promise<TableAnswer>;
  /** Ends the streams of the phase that was played and tells what was noted. */
  finish(): Promise<PlayedPhase>;
  /** Facts of the session for the record. */
  facts(): Promise<Readonly<Record<string, string>>>;
  /** Closes the session. */
  close(): Promise<ClosedSession>;
}
