/**
 * watchlite as a driver of Drizzle: its builder, batches and transactions, and live queries of what it compiles.
 *
 * @module
 */

import { TransactionRollbackError } from "drizzle-orm";
import { drizzle, type SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy";
import type { Database, LiveQuery, Row, SqlParam, Transaction } from "watchbench/engine";

/** What Drizzle asks of a driver: rows as arrays. */
type Method = "run" | "all" | "values" | "get";

/** Drizzle on an open database; closing it stays with whoever has opened it. */
export function watchliteDrizzle(db: Database): SqliteRemoteDatabase {
  const made = drizzle(
    (sql, params, method) => ask(db, sql, params, method),
    async (queries) => {
      const results = await db.batch(queries.map(({ sql, params, method }) => ({
        sql: wrapped(sql, method),
        params: params as SqlParam[],
      })));
      return results.map(({ rows }, i) => shaped(rows, queries[i]!.method));
    },
  );
  return withTransactions(made, db);
}

/** A query of Drizzle's builder, as far as watching it is concerned. */
export interface Watchable<T> {
  toSQL(): { readonly sql: string; readonly params: unknown[] };
  prepare(): { mapResult(rows: unknown): unknown };
  then<R>(use: (rows: T[]) => R): PromiseLike<R>;
}

/** Results of a live query of what Drizzle has built, with the values that Drizzle makes of them. */
export async function* watch<T>(db: Database, query: Watchable<T>): AsyncGenerator<T[], void, void> {
  const { sql, params } = query.toSQL();
  const prepared = query.prepare();
  const live: LiveQuery = db.watch(wrapped(sql, "all"), params as SqlParam[]);
  for await (const rows of live) yield prepared.mapResult(toArrays(rows)) as T[];
}

async function ask(target: Database | Transaction, sql: string, params: unknown[], method: Method) {
  const statement = { sql: wrapped(sql, method), params: params as SqlParam[] };
  const rows = isRead(sql) ? await target.select(statement) : (await target.execute(statement)).rows;
  return shaped(rows, method);
}

/** Drizzle has transactions of SQL statements; the engine's live as long as a callback, which is what Drizzle's users write. */
function withTransactions(made: SqliteRemoteDatabase, owner: Database | Transaction): SqliteRemoteDatabase {
  const transaction = (body: (tx: unknown) => Promise<unknown>) =>
    owner.transaction((tx) =>
      body(withTransactions(drizzle((sql, params, method) => ask(tx, sql, params, method)), tx))
    );
  const rollback = () => {
    throw new TransactionRollbackError();
  };
  return Object.assign(made, { transaction, rollback }) as SqliteRemoteDatabase;
}

/** Drizzle quotes every name and binds every value: what is left are keywords. */
function isRead(sql: string): boolean {
  const words = sql.replaceAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, "");
  return /^[\s(]*(?:select|with)\b/i.test(words) && !/\b(?:insert|update|delete)\b/i.test(words);
}

/** Columns of two tables may have one name, and rows of the engine are objects: a subquery gives each a name of its own. */
function wrapped(sql: string, method: Method): string {
  return isRead(sql) && method !== "run" ? `SELECT * FROM (${sql})` : sql;
}

function shaped(rows: readonly Row[], method: Method): { rows: unknown[] } {
  const arrays = toArrays(rows);
  // Drizzle takes a missing row for one that is undefined.
  return { rows: method === "get" ? arrays[0] as unknown[] : arrays };
}

function toArrays(rows: readonly Row[]): unknown[][] {
  const numbered = Object.keys(rows[0] ?? {}).find((name) => /^\d+$/.test(name));
  if (numbered === undefined) return rows.map((row) => Object.values(row));
  // An object has such keys before all others, whatever their place in the query.
  throw new TypeError(
    `Cannot read rows as every column must have a name that is no number: got "${numbered}"`,
  );
}
