/** What Turso's packages for processes and for browsers share: how they are driven, and a session on an open database. */
import type { OpenContext, Session, TransactionStep } from "../../model/adapter.ts";
import type { Idioms } from "../../model/idiom.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args, RawRow, Row, Value } from "../../model/value.ts";
import { copyRows } from "./copy_rows.ts";
import { inTransaction } from "./play_transaction.ts";
import { sqliteSetup, synchronousName } from "./sqlite_session.ts";

// What is used of the library, so that the file is checked without it as well.

/** What both packages export. */
export interface Turso {
  connect(path: string): Promise<TursoDatabase>;
}

interface Statement {
  run(...args: Value[]): Promise<unknown>;
  all(...args: Value[]): Promise<unknown[]>;
  raw(isRaw: true): Statement;
  close(): void;
}

interface Transaction {
  prepare(sql: string): Promise<Statement>;
}

/** An open database. */
export interface TursoDatabase extends Transaction {
  exec(sql: string): Promise<void>;
  transactionAsync(body: (transaction: Transaction) => Promise<void>): { immediate(): Promise<void> };
  close(): Promise<void>;
}

const API = "https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md";

/** How both packages are driven, after the documentation that they share. */
export const TURSO_IDIOMS: Idioms = {
  write: {
    how: "`run` of a statement that was prepared once, awaited.",
    link: API,
  },
  batch: {
    how: "`transactionAsync` in immediate mode around one prepared statement.",
    link: API,
  },
  readPage: {
    how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are the database's.",
    link: API,
  },
  readKey: {
    how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
    link: API,
  },
  join: {
    how: "One SELECT with JOIN, planned by the database.",
    link: "https://www.sqlite.org/lang_select.html",
  },
};

/** Opens a database, sets its pragmas, makes the tables of a new one; closes it when that fails. */
export async function openTursoSession(
  { connect }: Turso,
  path: string,
  context: OpenContext,
): Promise<Session> {
  const session = new TursoSession(await connect(path));
  try {
    await session.prepare(context);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

class TursoSession implements Session {
  readonly #database: TursoDatabase;
  readonly #statements = new Map<string, Statement>();
  readonly #rawStatements = new Map<string, Statement>();

  constructor(database: TursoDatabase) {
    this.#database = database;
  }

  /** Sets the pragmas and creates the tables of a new file. */
  async prepare(context: OpenContext): Promise<void> {
    for (const sql of sqliteSetup(context)) await this.#database.exec(sql);
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    const own = Array.from(args);
    await (await this.#prepared(statement.sql)).run(...own);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const own = copyRows(rows);
    await this.#database.transactionAsync(async (transaction) => {
      const prepared = await transaction.prepare(statement.sql);
      for (const args of own) await prepared.run(...args);
      prepared.close();
    }).immediate();
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#database.transactionAsync(async (transaction) => {
        const using = async <T>(sql: string, work: (prepared: Statement) => Promise<T>) => {
          const prepared = await transaction.prepare(sql);
          const result = await work(prepared);
          prepared.close();
          return result;
        };
        await play({
          write: ({ sql }, args) => using(sql, (prepared) => prepared.run(...args)),
          read: ({ sql }, args) => using(sql, (prepared) => prepared.all(...args)) as Promise<Row[]>,
          exec: (sql) => using(sql, (prepared) => prepared.run()),
        });
      }).immediate(), steps);
  }

  async read(query: Query, args: Args): Promise<readonly Row[]> {
    const own = Array.from(args);
    return await (await this.#prepared(query.sql)).all(...own) as Row[];
  }

  /** `raw` is better-sqlite3's, as the whole API is. */
  async readRaw({ sql }: Query, args: Args): Promise<readonly RawRow[]> {
    const own = Array.from(args);
    let statement = this.#rawStatements.get(sql);
    if (statement === undefined) {
      statement = (await this.#database.prepare(sql)).raw(true);
      this.#rawStatements.set(sql, statement);
    }
    return await statement.all(...own) as RawRow[];
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    return {
      sqlite: String(await this.#single("SELECT sqlite_version()")),
      journal_mode: String(await this.#single("PRAGMA journal_mode")),
      synchronous: synchronousName(await this.#single("PRAGMA synchronous")),
    };
  }

  async close(): Promise<void> {
    for (const statements of [this.#statements, this.#rawStatements]) {
      for (const statement of statements.values()) statement.close();
      statements.clear();
    }
    await this.#database.close();
  }

  async #prepared(sql: string): Promise<Statement> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = await this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  async #single(sql: string): Promise<unknown> {
    const statement = await this.#database.prepare(sql);
    const [row] = await statement.all();
    statement.close();
    return Object.values(row as Record<string, unknown>)[0];
  }
}
