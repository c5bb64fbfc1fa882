import type { Adapter } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import type { SqliteConnection, SqliteStatement } from "./shared/sqlite_session.ts";
import { openSqliteSession, SQLITE_FLOOR } from "./shared/sqlite_session.ts";

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
  idioms: {
    write: {
      how: "`bind`, `step` and `reset` of a statement that was prepared once.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    batch: {
      how: "The same once per row between BEGIN IMMEDIATE and COMMIT.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    readPage: {
      how: "`step` of a statement that was prepared once, and `get` of each row as an array; names of " +
        "columns are asked for once.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
      tried: "`get` of each row as an object asks for the name of every column of every row.",
    },
    readKey: {
      how: "A prepared SELECT by the primary key, the same calls as for a page.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "In browsers it would have files, through OPFS and a worker; in memory its writes are cheaper " +
    "than that. `selectObjects` is shorter, and prepares its statement anew each time.",
  runsIn: ["browser", "node", "deno"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@sqlite.org/sqlite-wasm": "3.54.1-build1" },
  options: {},
  pageImports: () => ({ page: { "@sqlite.org/sqlite-wasm": ["default"] } }),
  permissions: { read: ["driver"] },
  capabilities: () => ({
    ...SQLITE_FLOOR,
    durability: "none",
    rawRows: true,
  }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-byte-order-mark",
    reason:
      "@sqlite.org/sqlite-wasm 3.54.1-build1 takes the U+FEFF that a text begins with for a byte order mark " +
      "(docs/known-gaps/sqlite-wasm-byte-order-mark.ts)",
  }, {
    scenario: "values/real-everywhere",
    reason:
      "@sqlite.org/sqlite-wasm 3.54.1-build1 binds numbers without a fraction from 2^63 on as other values " +
      "(docs/known-gaps/sqlite-wasm-large-number.ts)",
  }],
  async open(context) {
    const { oo1 } = await loadDriver("@sqlite.org/sqlite-wasm", loadLibrary);
    // Journals of a database in memory are in memory: no pragma applies.
    return openSqliteSession(new SqliteWasmConnection(new oo1.DB(":memory:")), context, []);
  },
};

async function loadLibrary(): Promise<SqliteWasm> {
  // @ts-ignore: resolved by drivers/sqlite-wasm/deno.json
  const { default: initialize } = await import("@sqlite.org/sqlite-wasm");
  return await initialize() as unknown as SqliteWasm;
}

// What is used of the library, so that the file is checked without it as well.
interface SqliteWasm {
  readonly oo1: { readonly DB: new (name: string) => SqliteWasmDatabase };
}

/** What is used of a database. */
export interface SqliteWasmDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  bind(args: readonly Value[]): unknown;
  step(): boolean;
  get(row: Value[]): Value[];
  getColumnNames(): string[];
  readonly columnCount: number;
  reset(): unknown;
  finalize(): unknown;
}

/** The library steps through rows one by one. */
/** A connection with the object-oriented API. */
export class SqliteWasmConnection implements SqliteConnection {
  readonly #database: SqliteWasmDatabase;
  readonly #statements: Statement[] = [];

  /** Takes the database over. */
  constructor(database: SqliteWasmDatabase) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    this.#statements.push(statement);
    // Names are asked for once: with each row, they cost as much as the values.
    const names = statement.columnCount === 0 ? [] : statement.getColumnNames();
    return {
      run: (...args) => void rows(statement, names, args),
      all: (...args) => rows(statement, names, args),
    };
  }

  /** `get` of an array fills it: https://sqlite.org/wasm/doc/trunk/api-oo1.md#stmt-get */
  prepareRaw(sql: string): Pick<SqliteStatement, "all"> {
    const statement = this.#database.prepare(sql);
    this.#statements.push(statement);
    return { all: (...args) => rawRows(statement, args) };
  }

  close(): void {
    for (const statement of this.#statements.splice(0)) statement.finalize();
    this.#database.close();
  }
}

function rows(statement: Statement, names: readonly string[], args: readonly Value[]): unknown[] {
  const found: unknown[] = [];
  const values: Value[] = [];
  if (args.length > 0) statement.bind(args);
  try {
    while (statement.step()) {
      statement.get(values);
      const row: Record<string, Value> = {};
      for (const [index, name] of names.entries()) row[name] = values[index]!;
      found.push(row);
    }
  } finally {
    statement.reset();
  }
  return found;
}

function rawRows(statement: Statement, args: readonly Value[]): unknown[] {
  const found: unknown[] = [];
  if (args.length > 0) statement.bind(args);
  try {
    while (statement.step()) found.push(statement.get([]));
  } finally {
    statement.reset();
  }
  return found;
}
