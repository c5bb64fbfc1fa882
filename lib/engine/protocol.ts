/**
 * Every message between the calling thread and the workers.
 *
 * ```
 * caller -> writer   WriterRequest   bytes through channel.ts        writer -> caller   WriterReply   postMessage
 * caller -> reader   ReaderRequest   bytes through channel.ts        reader -> caller   ReaderReply   postMessage
 * ```
 *
 * Requests start with their number (uint) and their operation (byte). Replies carry the number back. A worker answers in the
 * order of the requests. The bodies are written by `encode*` and read by the worker in the same order, field by field.
 *
 * @module
 */

import type { ChannelEnd } from "./channel.ts";
import type { ErrorShape } from "./errors.ts";
import type { ColumnarResult, HashKey, ResultHash } from "./sqlite/result.ts";
import type { SqlValue } from "./values.ts";

/** Operations of the writer. */
export const writerOp = {
  /** sql, values */
  execute: 1,
  /** sql, rows by column */
  batch: 2,
  /** sql, values: a read that sees the transaction's own writes */
  query: 3,
  /** BEGIN IMMEDIATE, or SAVEPOINT when a transaction is open */
  begin: 4,
  commit: 5,
  rollback: 6,
  /** table, columns to report, columns to watch (a list with one null for all), columns of whole rows: report changed rows from now on */
  track: 7,
  close: 8,
  /** Fails on purpose, for tests. */
  crash: 9,
  /** Commits of other connections are told as one commit; `changes` is 1 when there were any. */
  look: 10,
  /** table: report its rows no more */
  untrack: 13,
  /** count, then per statement: sql, values. All in one (nested) transaction. */
  together: 11,
  /** sql of several statements without values, all in one (nested) transaction */
  script: 12,
  /**
   * To the helper of a writer on the caller's thread (helper.ts). Number of rows changed last (float), rowid inserted last; count, then per table that is
   * reported by row: slot, table, columns, watched columns and columns of whole rows as in `track`. What was committed until now is known.
   */
  takeOver: 14,
  /** To the helper: as `look`; gives the number of changed rows and the rowid that its connection tells. */
  handBack: 15,
  /** To the helper, at any time: looks at the size of the write-ahead log, and checkpoints it when it is due. */
  checkpoint: 16,
} as const;

/** Operations of a reader. */
export const readerOp = {
  /** sql, values */
  select: 1,
  /** snapshot, newest commit that the caller knows of; count, then per query: flags, sql, values, two halves of the known hash */
  requery: 2,
  close: 3,
  /** sql, values: the first rows of a result that is read piece by piece */
  openCursor: 4,
  /** The next rows of it; none when there are no more. */
  fetch: 5,
} as const;

/**
 * The snapshot of a request's re-queries. `one`: one of its own. `shared`: one that the reader keeps when it may hold a commit
 * that the caller does not know of; the next request, `last`, reads on from it and ends it.
 */
export const snapshotMode = { one: 0, shared: 1, last: 2 } as const;

/** Bits that go with one re-query. */
export const requeryFlag = { hasHash: 1, wantsDependencies: 2 } as const;

/** What a worker is started with. */
export interface WorkerStart {
  readonly channel: ChannelEnd;
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly statementCacheSize: number;
  readonly synchronous: "NORMAL" | "FULL";
  readonly foreignKeys: boolean;
  readonly readOnly: boolean;
  readonly mayCreate: boolean;
  /** Address of the module of the user's functions, which each thread loads for itself, or null. */
  readonly functions: string | null;
  /** One connection, that of a database in memory, both writes and reads. */
  readonly isShared: boolean;
  readonly walLimitPages: number;
  /**
   * Written by the writer: the number of its last commit, which readers read before they take a snapshot, and the number of
   * the commit that it may be making, which they read afterwards. Equal when it makes none.
   */
  readonly commitSeq: Float64Array;
  /** The worker's own counters, or null when profiling is off. */
  readonly counters: Float64Array | null;
  readonly traced: boolean;
  /** Numbers of dirty sets begin here: the writer's and those of its helper differ. */
  readonly firstDirtyId: number;
  /** All threads of a database hash with one key. */
  readonly hashKey: HashKey;
  /** Tell which results follow from changed rows alone. */
  readonly patches: boolean;
}

/** The tables (and columns; null for all) that a commit changed. */
export interface DirtySet {
  readonly everything: boolean;
  /** The schema may have changed: dependencies must be derived anew. */
  readonly schema: boolean;
  readonly tables: readonly (readonly [table: string, columns: readonly string[] | null])[];
}

/** What the writer reports by row of one table; told once in the reply to `track`, then referred to by its slot. */
export interface TrackedTable {
  readonly slot: number;
  readonly table: string;
  /** Columns whose values are reported. */
  readonly columns: readonly string[];
  /** An UPDATE is reported when it sets one of these; null for every UPDATE. */
  readonly watched: readonly string[] | null;
  /** Columns of whole rows, as they were and as they are, where some result can be patched with them; otherwise none. */
  readonly rowColumns: readonly string[];
}

/** The changed rows of a tracked table, column by column: the values that any row has had or has now. */
export interface ChangedRows {
  readonly slot: number;
  /** One entry per tracked column. */
  readonly columns: readonly ColumnValues[];
  /** Every change of a row, in the order in which they were made; null when that is not known, or they are too many. */
  readonly changes: readonly RowChange[] | null;
}

/** The row columns of one row, as they were and then as they are; all of one half are null where there was, or is, no row. */
export type RowChange = readonly SqlValue[];

/** How a result follows from the rows of one table, without asking SQLite. */
export interface PatchPlan {
  readonly table: string;
  /** Exactly the rows with this value in this column are in the result. */
  readonly column: string;
  readonly value: number | string;
  /** Name of the column that is the rowid. The result is in its order. */
  readonly key: string;
  /** The columns of the table that the result shows, and the names that it shows them by. */
  readonly columns: readonly string[];
  readonly names: readonly string[];
}

/** Distinct values but NULL, or the bounds of numbers that were too many to list, or null when anything may be among them. */
export type ColumnValues = readonly SqlValue[] | { readonly lower: number; readonly upper: number } | null;

/** One commit, as the caller learns of it. */
export interface Commit {
  readonly seq: number;
  /** Interned: equal numbers mean equal sets. -1 for a set that is not interned. */
  readonly dirtyId: number;
  /** Present the first time a number is used, and with -1. */
  readonly dirty: DirtySet | null;
  /** Changed rows of tracked tables; a dirty table that is missing here was changed in ways that are not known by row. */
  readonly rows: readonly ChangedRows[] | null;
}

/**
 * What the writer answers: `[number, outcome, commit, time that it took]`. A failed request may still have committed (`INSERT OR
 * FAIL`).
 */
export type WriterReply = readonly [
  id: number,
  outcome: WriterOutcome,
  commit: Commit | null,
  tookMs: number,
];

/** What one statement of several gave. */
export interface StatementOutcome {
  readonly changes: number;
  readonly lastRowid: number | bigint;
  readonly rows: ColumnarResult | null;
}

/** What one request to the writer gave. */
export type WriterOutcome =
  | {
    readonly ok: true;
    /** Reply to `track`: what is reported from now on, or undefined when the table cannot be tracked. */
    readonly tracked?: TrackedTable;
    readonly changes: number;
    readonly lastRowid: number | bigint;
    readonly rows: ColumnarResult | null;
    /** Reply to `together`: what each statement gave. */
    readonly parts?: readonly StatementOutcome[];
  }
  | { readonly ok: false; readonly error: ErrorShape };

/** Result of one re-query. */
export interface RequeryOutcome {
  /** Null when the hash equals the known one: nothing new to show. */
  readonly result: ColumnarResult | null;
  readonly hash: ResultHash | null;
  readonly error: ErrorShape | null;
  readonly dependencies: Dependencies | null;
  /** Time that the query took, hashing included. */
  readonly tookMs: number;
}

/** What a query's result depends on. */
export interface Dependencies {
  readonly everything: boolean;
  readonly tables: readonly (readonly [table: string, columns: readonly string[] | null])[];
  /** Of these tables only rows can matter that satisfy the condition, before a change or after it. */
  readonly conditions: readonly TableCondition[];
  /** Why the other tables have none, in words; empty when all have one. */
  readonly reason: string;
  /** How the result can be patched, where it can. */
  readonly patch?: PatchPlan | null;
}

/** A condition on the rows of one table: one of its alternatives must hold. */
export interface TableCondition {
  readonly table: string;
  readonly any: readonly RowCondition[];
}

/** A condition on one column. */
export interface RowCondition {
  readonly column: string;
  /** `column` is one of these, or: lower <= column <= upper with null for an open end; NULL is never between. */
  readonly equals: readonly (number | string)[] | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** What a reader answers: `[number, outcome]`. */
export type ReaderReply = readonly [id: number, outcome: ReaderOutcome];

/** What one request to a reader gave. */
export interface ReaderOutcome {
  /** Every commit up to this one is in the snapshot; later ones may be. */
  readonly seq: number;
  /** The snapshot may hold commits up to this one and is kept for one more request; 0 when it has ended. */
  readonly heldSeq: number;
  /** Result of `select`. */
  readonly rows: ColumnarResult | null;
  readonly error: ErrorShape | null;
  /** Results of `requery`, in the order of the request. */
  readonly requeries: readonly RequeryOutcome[] | null;
  /** Time that the whole request took. */
  readonly tookMs: number;
  /** Start and end of the work on the clock of `performance.timeOrigin + performance.now()`; 0 when not traced. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The first message of every worker: it is up, or it could not open the file. */
export type ReadyReply = readonly [id: 0, error: ErrorShape | null];
