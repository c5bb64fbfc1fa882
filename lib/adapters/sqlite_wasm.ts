import type { Adapter } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import type { SqliteConnection, SqliteStatement } from "./shared/sqlite_session.ts";
import { openSqliteSession } from "./shared/sqlite_session.ts";

/** SQLite's own WebAssembly build, in memory: outside of browsers it has no files. */
export const sqliteWasm: Adapter = {
  id: "sqlite-wasm",
  title: "SQLite Wasm",
  about:
    "SQLite's own WebAssembly build through its object-oriented API, in memory: its persistent storage exists in " +
    "browsers only. Statements are prepared once; a batch is one BEGIN IMMEDIATE transaction.",
  unfair:
    "It has no live queries and writes to no file, so its writes pay for neither: a floor, not a rival. " +
    "Every call blocks the calling thread. Its rows are copied value by value.",
  homepage: "https://sqlite.org/wasm",
  drivers: { "@sqlite.org/sqlite-wasm": "3.54.1-build1" },
  options: {},
  permissions: { read: ["driver"] },
  capabilities: () => ({
    liveQueries: "none",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "none",
    worksOn: "caller",
  }),
  counters: [],
  knownGaps: [],
  async open(context) {
    const { oo1 } = await loadDriver("@sqlite.org/sqlite-wasm", loadLibrary);
    // Journals of a database in memory are in memory: no pragma applies.
    return openSqliteSession(new Connection(new oo1.DB(":memory:")), context.tables, []);
  },
};

async function loadLibrary(): Promise<SqliteWasm> {
  // @ts-ignore: resolved by drivers/sqlite-wasm/deno.json
  const { default: initialize } = await import("@sqlite.org/sqlite-wasm");
  return await initialize() as unknown as SqliteWasm;
}

// What is used of the library, so that the file is checked without it as well.
interface SqliteWasm {
  readonly oo1: { readonly DB: new (name: string) => Database };
}

interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  bind(args: readonly Value[]): unknown;
  step(): boolean;
  get(row: Record<string, Value>): Record<string, Value>;
  reset(): unknown;
  finalize(): unknown;
}

/** The library steps through rows one by one. */
class Connection implements SqliteConnection {
  readonly #database: Database;
  readonly #statements: Statement[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    this.#statements.push(statement);
    return {
      run: (...args) => void rows(statement, args),
      all: (...args) => rows(statement, args),
    };
  }

  close(): void {
    for (const statement of this.#statements.splice(0)) statement.finalize();
    this.#database.close();
  }
}

function rows(statement: Statement, args: readonly Value[]): unknown[] {
  const found: unknown[] = [];
  if (args.length > 0) statement.bind(args);
  try {
    while (statement.step()) found.push(statement.get({}));
  } finally {
    statement.reset();
  }
  return found;
}
