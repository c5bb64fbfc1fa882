import { rmdir } from "node:fs/promises";
import type { Adapter } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import type { SqliteConnection, SqliteStatement } from "./shared/sqlite_session.ts";
import { openSqliteSession, SQLITE_FLOOR, SQLITE_PRAGMAS, sqliteFile } from "./shared/sqlite_session.ts";

/** node-sqlite3-wasm: SQLite compiled to WebAssembly, on real files. */
export const nodeSqlite3Wasm: Adapter = {
  id: "node-sqlite3-wasm",
  title: "node-sqlite3-wasm",
  about:
    "SQLite compiled to WebAssembly, on a file through the runtime's synchronous file calls. One connection in WAL " +
    "mode with synchronous=NORMAL; statements are prepared once; a batch is one BEGIN IMMEDIATE transaction. It has " +
    "no shared memory, so WAL needs locking_mode=EXCLUSIVE.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread. The exclusive lock, which the others do not take, saves it file calls.",
  homepage: "https://github.com/tndrle/node-sqlite3-wasm",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, in autocommit mode.",
      link: "https://github.com/tndrle/node-sqlite3-wasm#readme",
    },
    batch: {
      how: "`run` once per row of one prepared statement between BEGIN IMMEDIATE and COMMIT.",
      link: "https://github.com/tndrle/node-sqlite3-wasm#readme",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are SQLite's.",
      link: "https://github.com/tndrle/node-sqlite3-wasm#readme",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://github.com/tndrle/node-sqlite3-wasm#readme",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "Its default is the rollback journal: WAL, with the exclusive lock that this build needs for " +
    "it, is a choice of the bench, so that it commits as the other floors do.",
  runsIn: ["node", "deno"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "It reads and writes files through Node's interfaces.",
  drivers: { "node-sqlite3-wasm": "0.8.60" },
  options: {},
  permissions: { read: ["driver"], fsync: true },
  capabilities: () => SQLITE_FLOOR,
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-zero-character",
    reason: "node-sqlite3-wasm 0.8.60 stores and gives back text up to the first U+0000 " +
      "(docs/known-gaps/node-sqlite3-wasm-zero-character.ts)",
  }, {
    scenario: "values/text-with-lone-surrogates",
    reason: "node-sqlite3-wasm 0.8.60 loses a surrogate without its partner behind another one " +
      "(docs/known-gaps/node-sqlite3-wasm-lone-surrogates.ts)",
  }, {
    scenario: "outside/read-sees-another-process",
    reason:
      "node-sqlite3-wasm 0.8.60 locks a file by a folder beside it, which no other SQLite program looks at, " +
      "and does not see what that one writes (docs/known-gaps/node-sqlite3-wasm-other-process.ts)",
  }],
  async open(context) {
    const { Database }: NodeSqlite3Wasm = await loadDriver(
      "node-sqlite3-wasm",
      // @ts-ignore: resolved by drivers/node-sqlite3-wasm/deno.json
      async () => (await import("node-sqlite3-wasm")).default,
    );
    const file = sqliteFile(context);
    // The library locks by a folder that a killed process leaves behind; nobody else uses this file.
    if (context.database === "existing") await removeFolder(`${file}.lock`);
    const connection = new Connection(new Database(file));
    return openSqliteSession(connection, context, PRAGMAS);
  },
};

async function removeFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ENOENT") throw error;
  }
}

const PRAGMAS = ["PRAGMA locking_mode = EXCLUSIVE", ...SQLITE_PRAGMAS];

// What is used of the library, so that the file is checked without it as well.
interface NodeSqlite3Wasm {
  readonly Database: new (path: string) => Database;
}

interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  run(args: Value[]): unknown;
  all(args: Value[]): unknown[];
  finalize(): void;
}

/** The library binds one array and frees no statement by itself. */
class Connection implements SqliteConnection {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    return {
      run: (...args) => this.#use(sql, (statement) => statement.run(args)),
      all: (...args) => this.#use(sql, (statement) => statement.all(args)),
    };
  }

  close(): void {
    for (const sql of this.#statements.keys()) this.#finalize(sql);
    this.#database.close();
  }

  #use<T>(sql: string, work: (statement: Statement) => T): T {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    try {
      return work(statement);
    } catch (error) {
      // A statement that failed refuses its next arguments with the same failure (seen in 0.8.60).
      this.#finalize(sql);
      throw error;
    }
  }

  #finalize(sql: string): void {
    try {
      this.#statements.get(sql)?.finalize();
    } catch {
      // It is gone, but repeats what its last use has thrown.
    }
    this.#statements.delete(sql);
  }
}
