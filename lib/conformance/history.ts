/**
 * A history: what callers do to one database, step by step, as plain data. Scenarios that a random test has found are
 * written as histories, and the random test makes them.
 */
import type { Table } from "../model/schema.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args } from "../model/value.ts";

/**
 * One step. Writes and batches are waited for unless `isAwaited` is `false`: the next step then begins while they are
 * under way. `watch` opens the next stream, counted from 0; with `leavesAt` its listener closes it inside that emission,
 * counted from 0. `close` ends a stream. `settle` waits until all is acknowledged and every open stream shows it.
 */
export type Step =
  | {
    readonly do: "write";
    readonly statement: WriteStatement;
    readonly args: Args;
    readonly isAwaited?: false;
  }
  | {
    readonly do: "batch";
    readonly statement: WriteStatement;
    readonly rows: readonly Args[];
    readonly isAwaited?: false;
  }
  | { readonly do: "read"; readonly query: Query; readonly args: Args }
  | { readonly do: "watch"; readonly query: Query; readonly args: Args; readonly leavesAt?: number }
  | { readonly do: "close"; readonly stream: number }
  | { readonly do: "settle" };

/** Steps on a database that begins empty. A history ends with a settling and a look at every table. */
export interface History {
  /** All tables. */
  readonly tables: readonly Table[];
  /** In order; every write is one that no database with these tables may refuse. */
  readonly steps: readonly Step[];
}

/** The query that a fault is about, and how it was asked. */
export interface FaultyQuery {
  readonly use: "watch" | "read";
  readonly query: Query;
  readonly args: Args;
}

/** Thrown when a database does not do what a history tells. */
export class HistoryFault extends Error {
  override readonly name = "HistoryFault";
  /** Absent where the fault is none of a query. */
  readonly query?: FaultyQuery;

  constructor(message: string, query?: FaultyQuery, options?: ErrorOptions) {
    super(message, options);
    if (query !== undefined) this.query = query;
  }
}
