/**
 * What all synchronous SQLite bindings have in common: pragmas, tables, a statement cache and transactions.
 *
 * An adapter brings its connection; bindings whose methods are named otherwise are wrapped by a few lines there.
 */
import type {
  AdapterOption,
  Capabilities,
  OpenContext,
  OptionValues,
  Session,
  TransactionStep,
} from "../../model/adapter.ts";
import type { InsertStatement, Query, UpsertStatement, WriteStatement } from "../../model/statement.ts";
import type { Args, RawRow, Row, Value } from "../../model/value.ts";
import { type Contents, missingTablesSql } from "./missing_tables.ts";
import { inTransaction } from "./play_transaction.ts";

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
  /** A statement whose rows are lists of values; absent where the binding has none. */
  prepareRaw?(sql: string): Pick<SqliteStatement, "all">;
  close(): unknown;
}

/** Name of the database file inside the session's directory. */
export const SQLITE_FILE_NAME = "data.db";

/**
 * The settings that every file-backed SQLite gets: they survive a killed process without a file sync per commit,
 * and they are what live-query libraries on SQLite choose themselves.
 */
export const SQLITE_PRAGMAS: readonly string[] = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"];

/** What SQLite can do by itself, on the calling thread and with these settings: a lower bound, as nothing is watched. */
export const SQLITE_FLOOR: Capabilities = {
  liveQueries: "none",
  sql: true,
  joins: true,
  atomicBatch: true,
  interactiveTransaction: true,
  durability: "wal-normal",
  worksOn: "caller",
  columnTypes: ["real", "blob"],
  transactions: "nested",
};

/** The path of the database file of a session. */
export function sqliteFile(context: Pick<OpenContext, "directory">): string {
  return `${context.directory}/${SQLITE_FILE_NAME}`;
}

/** The statements that prepare a connection, in order: pragmas, and for a new file tables and indexes. */
export function sqliteSetup(contents: Contents, pragmas: readonly string[] = SQLITE_PRAGMAS): string[] {
  return [...pragmas, ...missingTablesSql(contents, "sqlite")];
}

/** What somebody who wants the last bit out of SQLite would set; the defaults are what its documentation shows. */
export interface SqliteTuning {
  /** Rows that one step of a batch inserts or upserts; 1 or more. */
  readonly rowsPerStep: number;
  /** Pages in the log at which a commit copies it back into the file; `undefined` leaves what SQLite has. */
  readonly checkpointPages?: number | undefined;
}

/** {@link SqliteTuning} as options of an adapter; {@link sqliteTuning} reads them. */
export const SQLITE_TUNING_OPTIONS: Readonly<Record<"rowsPerStep" | "checkpointPages", AdapterOption>> = {
  rowsPerStep: {
    values: ["1", "16"],
    default: "1",
    meaning: "Rows of a batch that one step of a prepared INSERT writes, in VALUES with as many groups",
  },
  checkpointPages: {
    values: ["1000", "16000"],
    default: "1000",
    meaning:
      "Pages in the log at which a commit copies it back into the file (wal_autocheckpoint); 1000 is SQLite's default",
  },
};

/** The chosen values of {@link SQLITE_TUNING_OPTIONS}. */
export function sqliteTuning(options: OptionValues): SqliteTuning {
  const { rowsPerStep, checkpointPages } = SQLITE_TUNING_OPTIONS;
  const pages = options["checkpointPages"] ?? checkpointPages.default;
  return {
    rowsPerStep: Number(options["rowsPerStep"] ?? rowsPerStep.default),
    checkpointPages: pages === checkpointPages.default ? undefined : Number(pages),
  };
}

const PLAIN_TUNING: SqliteTuning = { rowsPerStep: 1 };

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
 * Sets the pragmas and creates the tables of a new file at once; closes the connection again when that fails.
 */
export function openSqliteSession(
  connection: SqliteConnection,
  contents: Contents,
  pragmas: readonly string[] = SQLITE_PRAGMAS,
  tuning: SqliteTuning = PLAIN_TUNING,
): Session {
  const { rowsPerStep, checkpointPages } = tuning;
  const allPragmas = checkpointPages === undefined
    ? pragmas
    : [...pragmas, `PRAGMA wal_autocheckpoint = ${checkpointPages}`];
  try {
    for (const sql of sqliteSetup(contents, allPragmas)) connection.exec(sql);
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteSession(connection, rowsPerStep);
}

class SqliteSession implements Session {
  readonly #connection: SqliteConnection;
  readonly #rowsPerStep: number;
  readonly #statements = new Map<string, SqliteStatement>();
  readonly #rawStatements = new Map<string, Pick<SqliteStatement, "all">>();
  /** Absent where the binding has no such rows. */
  readonly readRaw?: (query: Query, args: Args) => readonly RawRow[];
  /** Texts that step several rows, by statement. */
  readonly #wideTexts = new WeakMap<WriteStatement, string>();

  constructor(connection: SqliteConnection, rowsPerStep: number) {
    this.#connection = connection;
    this.#rowsPerStep = rowsPerStep;
    if (connection.prepareRaw === undefined) return;
    this.readRaw = ({ sql }, args) => {
      let statement = this.#rawStatements.get(sql);
      if (statement === undefined) this.#rawStatements.set(sql, statement = connection.prepareRaw!(sql));
      return statement.all(...args) as RawRow[];
    };
  }

  write(statement: WriteStatement, args: Args): void {
    this.#prepared(statement.sql).run(...args);
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    const prepared = this.#prepared(statement.sql);
    this.#connection.exec("BEGIN IMMEDIATE");
    try {
      const steppedCount = this.#stepWide(statement, rows);
      for (let index = steppedCount; index < rows.length; index += 1) prepared.run(...rows[index]!);
      this.#connection.exec("COMMIT");
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** Writes as many rows as fill whole steps, and answers how many these were. */
  #stepWide(statement: WriteStatement, rows: readonly Args[]): number {
    const size = this.#rowsPerStep;
    if (size === 1 || rows.length < size) return 0;
    if (statement.kind !== "insert" && statement.kind !== "upsert") return 0;
    let text = this.#wideTexts.get(statement);
    if (text === undefined) this.#wideTexts.set(statement, text = wideText(statement, size));
    const prepared = this.#prepared(text);
    let count = 0;
    for (; count + size <= rows.length; count += size) {
      prepared.run(...rows.slice(count, count + size).flat());
    }
    return count;
  }

  read(query: Query, args: Args): readonly Row[] {
    return this.#prepared(query.sql).all(...args) as Row[];
  }

  /** Nothing else may be asked of the connection before it is over. */
  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction(async (play) => {
      this.#connection.exec("BEGIN IMMEDIATE");
      try {
        await play({
          write: (statement, args) => this.write(statement, args),
          read: (query, args) => this.read(query, args),
          exec: (sql) => this.#connection.exec(sql),
        });
        this.#connection.exec("COMMIT");
      } catch (error) {
        this.#rollback();
        throw error;
      }
    }, steps);
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
    this.#rawStatements.clear();
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

/** The statement's text with as many groups of placeholders as rows: SQLite takes them in order, one after the other. */
function wideText({ sql, columns }: InsertStatement | UpsertStatement, rowCount: number): string {
  const group = `(${columns.map(() => "?").join(", ")})`;
  return sql.replace(`VALUES ${group}`, `VALUES ${Array(rowCount).fill(group).join(", ")}`);
}
