/**
 * One live query: the state that all subscribers of equal queries share.
 *
 * @module
 */

import type { EngineError } from "../errors.ts";
import type { Dependencies, PatchPlan } from "../protocol.ts";
import type { ResultHash } from "../sqlite/result.ts";
import type { Rows, SqlParam } from "../values.ts";

/** Somebody who is told of results. */
export interface Subscriber {
  rows(rows: Rows): void;
  error(error: EngineError): void;
  /** The database was closed. */
  end(): void;
  /** False once the subscription has ended. */
  active: boolean;
  /** True once anything was delivered: the cached result of the beginning then comes too late. */
  primed: boolean;
  /** Number of the subscription: who came first is told first. */
  order: number;
  /** The first result must hold this commit: a screen that opens after a write shows that write. */
  firstSeq: number;
}

/** A live query. */
export class StreamEntry {
  readonly id: number;
  readonly key: string;
  readonly sql: string;
  readonly params: readonly SqlParam[];
  readonly subscribers: Set<Subscriber> = new Set();
  /** Null while unknown: the stream then depends on everything. */
  dependencies: Dependencies | null = null;
  /** What was delivered last: rows or an error. A result that was discarded never becomes the baseline. */
  rows: Rows | null = null;
  hash: ResultHash | null = null;
  error: EngineError | null = null;
  /** How its rows were made from those before them; null when they were read. Their hash is not known then. */
  patchedBy: PatchPlan | null = null;
  /** Last commit that concerns this stream. */
  dirtySeq = 0;
  /** Last commit that changed the schema. */
  schemaSeq = 0;
  isQueued = false;
  isInFlight = false;
  isClosed = false;
  queuedMs = 0;
  invalidatedInFlight = false;
  /** When the oldest commit that is not shown was seen; 0 when what is shown is current. */
  outdatedSinceMs = 0;
  /** When the oldest commit was seen that the query in flight may have missed; 0 for none. */
  dirtySinceSentMs = 0;

  constructor(id: number, key: string, sql: string, params: readonly SqlParam[]) {
    this.id = id;
    this.key = key;
    this.sql = sql;
    this.params = params;
  }
}
