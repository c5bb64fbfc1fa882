/**
 * What is asked of whoever reads: threads (pool.ts, cursors.ts, backup.ts), or the calling thread of a database in memory
 * (memory_reads.ts).
 *
 * @module
 */

import type { Cancel } from "../cancel.ts";
import type { ReaderOutcome } from "../protocol.ts";
import type { ColumnarResult, ResultHash } from "../sqlite/result.ts";
import type { Request } from "../statement.ts";
import type { Rows, SqlParam } from "../values.ts";

/** One query of a re-query request. */
export interface RequeryInput {
  readonly sql: string;
  readonly params: readonly SqlParam[];
  readonly hash: ResultHash | null;
  readonly wantsDependencies: boolean;
}

/** Asks more of the snapshot that a reader has kept, and lets it end; `done` is called once more. */
export type ReadOn = (inputs: readonly RequeryInput[]) => void;

/** What whoever asks re-queries is told. */
export interface RequeryEvents {
  /** `readOn` is null unless the reader has kept its snapshot. */
  done(outcome: ReaderOutcome, readOn: ReadOn | null): void;
  failed(error: Error): void;
  /** The reader was lost with the snapshot. */
  lost(): void;
}

/** Reads whole results. */
export interface Reads {
  /** Readers that stream re-queries may take now. */
  readonly idleForStreams: number;
  /** Resolves when it can be asked. */
  opened(): Promise<void>;
  /** Reads one result. */
  select(sql: string, params: readonly SqlParam[], cancel?: Cancel | null): Promise<ColumnarResult>;
  /**
   * Sends re-queries to an idle reader. Only to be called when there is one. With `sharedSeq`, the newest commit that the
   * caller knows of, the reader keeps the snapshot when it may hold newer ones, and `done` gets the means to read on from it.
   */
  requery(inputs: readonly RequeryInput[], sharedSeq: number | null, events: RequeryEvents): void;
  /** The writer has answered a request. */
  writerAnswered(): void;
  /** Rejects what waits, and lets go of the file. */
  close(): Promise<void>;
  /** Ends a reader as a crash would, for tests. */
  kill(index: number): void;
}

/** Reads results piece by piece. */
export interface PieceReads {
  pieces(request: Request, cancel: Cancel | null): AsyncGenerator<Rows, void, void>;
  /** Ends what is open: the next row that is asked for is an error. */
  close(): Promise<void>;
}

/** Copies a database. */
export interface Copies {
  /** Writes the state of now, or a later one, into this file; resolves when all of it is there. */
  make(target: string, cancel: Cancel | null): Promise<void>;
  /** Gives up, or ends, what is being copied. */
  close(): Promise<void>;
}
