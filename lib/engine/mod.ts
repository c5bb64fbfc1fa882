/**
 * watchlite: a reactive SQLite engine. One writer thread, a pool of reader threads, live queries.
 *
 * ```ts
 * import { openDatabase } from "./mod.ts";
 *
 * await using db = await openDatabase(await Deno.makeTempFile({ suffix: ".db" }));
 * await db.execute("CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT NOT NULL)");
 * for await (const [row] of db.watch("SELECT COUNT(*) AS c FROM items")) {
 *   if (row!.c === 3) break;
 *   await db.execute("INSERT INTO items(name) VALUES (?)", [`item ${row!.c}`]);
 * }
 * ```
 *
 * @module
 */

export { type Database, openDatabase } from "./database.ts";
export type { Migration, MigrationResult } from "./migrate.ts";
export type { CallOptions } from "./cancel.ts";
export type { OpenOptions } from "./options.ts";
export type { SqlAggregate, SqlFunction, SqlFunctionOptions, SqlFunctions } from "./sqlite/functions.ts";
export type { LiveRoute } from "./streams/routes.ts";
export { coalescingPolicies, type CoalescingPolicy } from "./streams/policy.ts";
export type { Transaction } from "./transaction.ts";
export type { WriteResult } from "./write_result.ts";
export type { RowChanges } from "./streams/changes.ts";
export type {
  ErrorListener,
  LiveIterator,
  LiveQuery,
  RowsIterator,
  Subscription,
  WatchOptions,
} from "./streams/live_query.ts";
export type { Row, RowArray, Rows, SqlParam, SqlValue } from "./values.ts";
export {
  sql,
  type SqlIdentifier,
  type SqlList,
  type SqlParams,
  type SqlPart,
  type SqlTag,
  type Statement,
} from "./statement.ts";
export { type EngineCode, EngineError, type ErrorCode, type ErrorShape, type Verb } from "./errors.ts";
export type { ExtendedCode, PrimaryCode, SqliteCode } from "./sqlite/codes.ts";
export { type CounterInfo, type CounterName, counterRegistry, type CounterSnapshot } from "./counters.ts";
export type { TraceEvent } from "./trace.ts";
