/**
 * watchlite as a dialect of Kysely: its builder, its transactions, and live queries of what it compiles.
 *
 * @module
 */

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Database, LiveQuery, SqlParam, Statement, Transaction } from "watchbench/engine";

/** Kysely on an open database; closing it stays with whoever has opened it. */
export class WatchliteDialect implements Dialect {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  createDriver = (): Driver => new WatchliteDriver(this.#db);
  createQueryCompiler = (): SqliteQueryCompiler => new SqliteQueryCompiler();
  createAdapter = (): SqliteAdapter => new WatchliteAdapter();
  // deno-lint-ignore no-explicit-any -- Kysely's own signature
  createIntrospector = (db: Kysely<any>): SqliteIntrospector => new SqliteIntrospector(db);
}

/** A live query of what Kysely has built; its rows have the type that Kysely gives them. */
export function watch<T extends object>(db: Database, query: { compile(): CompiledQuery<T> }): LiveQuery<T> {
  return db.watch<T>(toStatement<T>(query.compile()));
}

class WatchliteAdapter extends SqliteAdapter {
  /** Others may read while a transaction is open; their writes wait inside the engine. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function toStatement<T extends object>({ sql, parameters }: CompiledQuery): Statement<T> {
  return { sql, params: parameters as readonly SqlParam[] };
}

/** A transaction of the engine lives as long as a callback: this one ends when Kysely says how. */
interface OpenTransaction {
  readonly tx: Transaction;
  readonly end: (error: Error | null) => void;
  readonly ended: Promise<void>;
}

/** Said to the engine to undo a transaction; never seen by anybody else. */
const undone = new Error("Kysely has rolled the transaction back");

class WatchliteConnection implements DatabaseConnection {
  readonly #db: Database;
  #open: OpenTransaction | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    const target = this.#open?.tx ?? this.#db;
    const statement = toStatement(compiled);
    // Reads go to the readers; whatever else there is, raw SQL too, may write.
    if (SelectQueryNode.is(compiled.query)) return { rows: [...await target.select(statement)] as R[] };
    const { changes, lastRowid, rows } = await target.execute(statement);
    return { rows: [...rows] as R[], numAffectedRows: BigInt(changes), insertId: BigInt(lastRowid) };
  }

  async *streamQuery<R>(compiled: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    if (this.#open !== null) throw new Error("Cannot stream as a transaction must have ended: one is open");
    for await (const row of this.#db.iterate(toStatement(compiled))) yield { rows: [row as R] };
  }

  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = Promise.withResolvers<void>();
      const ended = this.#db.transaction(async (tx) => {
        const finish = (error: Error | null) => error === null ? end.resolve() : end.reject(error);
        this.#open = { tx, end: finish, ended };
        resolve();
        await end.promise;
      });
      ended.catch(reject);
    });
  }

  async end(error: Error | null): Promise<void> {
    const open = this.#open;
    this.#open = null;
    // A COMMIT that was refused has undone everything already when Kysely rolls back.
    if (open === null) return;
    open.end(error);
    await open.ended.catch((reason) => {
      if (reason !== undone) throw reason;
    });
  }
}

class WatchliteDriver implements Driver {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  init = async (): Promise<void> => {};
  acquireConnection = async (): Promise<WatchliteConnection> => new WatchliteConnection(this.#db);
  beginTransaction = (connection: WatchliteConnection): Promise<void> => connection.begin();
  commitTransaction = (connection: WatchliteConnection): Promise<void> => connection.end(null);
  rollbackTransaction = (connection: WatchliteConnection): Promise<void> => connection.end(undone);
  releaseConnection = async (): Promise<void> => {};
  destroy = async (): Promise<void> => {};
}
