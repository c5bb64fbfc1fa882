/**
 * What all synchronous SQLite bindings have in common: pragmas, tables, a statement cache and transactions.
 *
 * An adapter brings its connection; bindings whose methods are named otherwise are wrapped by a few lines there.
 */
import type { OpenContext, Session } from "../../model/adapter.ts";
import type { Table } from "../../model/schema.ts";
import { createTableSql } from "../../model/sql.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";

/** A prepared statement of a synchronous binding. */
export interface SqliteStatement {
  /** Runs a statement that answers no rows. */
  run(...args: Value[]): unknown;
  /** Answers all rows as objects of their own, keyed by column name. */
  all(...args: Value[]): unknown[];
}

/** A connection of a synchronous binding. */
export interface SqliteConnection {
  /** Runs SQL text, perhaps several statements, without arguments or rows. */
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** Name of the database file inside the session's directory. */
export const SQLITE_FILE_NAME = "data.db";

/**
 * The settings that every file-backed SQLite gets: they survive a killed process without a file sync per commit,
 * and they are what live-query libraries on SQLite choose themselves.
 */
export const SQLITE_PRAGMAS: readonly string[] = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"];

/** The path of the database file of a session. */
export function sqliteFile(context: Pick<OpenContext, "directory">): string {
  return `${context.directory}/${SQLITE_FILE_NAME}`;
}

/** The statements that prepare a new database file, in order: pragmas, tables, indexes. */
export function sqliteSetup(tables: readonly Table[], pragmas: readonly string[] = SQLITE_PRAGMAS): string[] {
  return [...pragmas, ...tables.flatMap((table) => createTableSql(table, "sqlite"))];
}

const SYNCHRONOUS_NAMES: Readonly<Record<string, string>> = {
  0: "off",
  1: "normal",
  2: "full",
  3: "extra",
};

/** The word for a value of `PRAGMA synchronous`; a value without a word stays as it is. */
export function synchronousName(value: unknown): string {
  return SYNCHRONOUS_NAMES[String(value)] ?? String(value);
}

/**
 * A session without live queries on a synchronous connection.
 *
 * Sets the pragmas and creates the tables at once; closes the connection again when that fails.
 */
export function openSqliteSession(
  connection: SqliteConnection,
  tables: readonly Table[],
  pragmas: readonly string[] = SQLITE_PRAGMAS,
): Session {
  try {
    for (const sql of sqliteSetup(tables, pragmas)) connection.exec(sql);
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteSession(connection);
}

class SqliteSession implements Session {
  readonly #connection: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  write(statement: WriteStatement, args: Args): void {
    this.#prepared(statement.sql).run(...args);
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    const prepared = this.#prepared(statement.sql);
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      for (const args of rows) prepared.run(...args);
      this.#connection.exec("COMMIT");
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  read(query: Query, args: Args): readonly Row[] {
    return this.#prepared(query.sql).all(...args) as Row[];
  }

  facts(): Readonly<Record<string, string>> {
    return {
      sqlite: String(this.#single("SELECT sqlite_version()")),
      journal_mode: String(this.#single("PRAGMA journal_mode")),
      synchronous: synchronousName(this.#single("PRAGMA synchronous")),
    };
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #rollback(): void {
    try {
      this.#connection.exec("ROLLBACK");
    } catch {
      // A full disk or an I/O error has already rolled back; what matters is the error that led here.
    }
  }

  #prepared(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #single(sql: string): unknown {
    const [row] = this.#connection.prepare(sql).all();
    return Object.values(row as Record<string, unknown>)[0];
  }
}
