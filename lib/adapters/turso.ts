import type { Adapter, OpenContext, Session, TransactionStep } from "../model/adapter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { sqliteFile, sqliteSetup, synchronousName } from "./shared/sqlite_session.ts";

/** Turso Database: SQLite written anew in Rust, inside the process. */
export const turso: Adapter = {
  id: "turso",
  title: "Turso Database",
  about:
    "SQLite written anew in Rust, in the caller's process, with an asynchronous API. One connection on a file in WAL " +
    "mode with synchronous=NORMAL; statements are prepared once; a batch is one transactionAsync in immediate mode.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Its promises resolve without leaving the calling thread. It is younger than version 1.0.",
  homepage: "https://github.com/tursodatabase/turso",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, awaited.",
      link: "https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md",
    },
    batch: {
      how: "`transactionAsync` in immediate mode around one prepared statement.",
      link: "https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are the database's.",
      link: "https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "It is younger than version 1.0. Concurrent writes with MVCC, its main promise, need several " +
    "connections, which no workload here has; `synchronous=NORMAL` is a choice of the bench.",
  runsIn: ["node", "deno"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "It is native code; the package for browsers is another one.",
  drivers: { "@tursodatabase/database": "0.7.2" },
  options: {},
  // What its loader of native code asks for to choose the right file.
  permissions: {
    ffi: true,
    read: ["driver"],
    env: ["NAPI_RS_ENFORCE_VERSION_CHECK", "NAPI_RS_FORCE_WASI", "NAPI_RS_NATIVE_LIBRARY_PATH"],
    sys: ["cpus", "hostname", "networkInterfaces"],
  },
  capabilities: () => ({
    liveQueries: "none",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "wal-normal",
    worksOn: "caller",
    columnTypes: ["real", "blob"],
    transactions: "nested",
  }),
  counters: [],
  knownGaps: [{
    scenario: "pace/writes-that-nobody-awaits",
    traits: ["overlap"],
    reason:
      "A statement of @tursodatabase/database 0.7.2 that is run again before its last run has ended binds " +
      "over it (docs/known-gaps/turso-side-by-side.ts)",
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason:
      "@tursodatabase/database 0.7.2 rounds integers beyond 53 bits unless safeIntegers makes every integer a bigint " +
      "(docs/known-gaps/turso-wide-integers.ts)",
  }],
  async open(context) {
    const { connect }: Turso = await loadDriver(
      "@tursodatabase/database",
      // @ts-ignore: resolved by drivers/turso/deno.json
      () => import("@tursodatabase/database"),
    );
    const session = new TursoSession(await connect(sqliteFile(context)));
    try {
      await session.prepare(context);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  },
};

// What is used of the library, so that the file is checked without it as well.
interface Turso {
  connect(path: string): Promise<Database>;
}

interface Statement {
  run(...args: Value[]): Promise<unknown>;
  all(...args: Value[]): Promise<unknown[]>;
  close(): void;
}

interface Transaction {
  prepare(sql: string): Promise<Statement>;
}

interface Database extends Transaction {
  exec(sql: string): Promise<void>;
  transactionAsync(body: (transaction: Transaction) => Promise<void>): { immediate(): Promise<void> };
  close(): Promise<void>;
}

class TursoSession implements Session {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
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

  async facts(): Promise<Readonly<Record<string, string>>> {
    return {
      sqlite: String(await this.#single("SELECT sqlite_version()")),
      journal_mode: String(await this.#single("PRAGMA journal_mode")),
      synchronous: synchronousName(await this.#single("PRAGMA synchronous")),
    };
  }

  async close(): Promise<void> {
    for (const statement of this.#statements.values()) statement.close();
    this.#statements.clear();
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
