/**
 * An adapter from outside: a reactive engine in forty lines, on SQLite for WebAssembly (sql.js).
 *
 * Every write runs every watched query again and delivers what has changed. Bench it without touching the repository:
 *
 *     deno task conformance ./examples/naive_watch/adapter.ts
 *     deno task bench --adapter ./examples/naive_watch/adapter.ts,node-sqlite --workload keyed-pk
 */
import initSqlJs from "sql.js";
import {
  type Adapter,
  type Args,
  createTableSql,
  type Observer,
  type OpenContext,
  type Query,
  type Row,
  type Session,
  type Subscription,
  type WriteStatement,
} from "watchbench/model";

/** What is used of sql.js. */
interface SqlDatabase {
  run(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}

interface SqlStatement {
  bind(args: Args): void;
  step(): boolean;
  getAsObject(): Row;
  reset(): void;
}

interface Watcher {
  readonly query: Query;
  readonly args: Args;
  readonly observer: Observer;
  shown: string;
}

class NaiveSession implements Session {
  readonly #database: SqlDatabase;
  readonly #statements = new Map<string, SqlStatement>();
  readonly #watchers = new Set<Watcher>();

  constructor(database: SqlDatabase, { tables }: OpenContext) {
    this.#database = database;
    for (const table of tables) {
      for (const sql of createTableSql(table, "sqlite")) database.run(sql);
    }
  }

  write(statement: WriteStatement, args: Args): void {
    this.#run(statement.sql, args);
    this.#notify();
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    this.#database.run("BEGIN");
    try {
      for (const args of rows) this.#run(statement.sql, args);
      this.#database.run("COMMIT");
    } catch (error) {
      this.#database.run("ROLLBACK");
      throw error;
    }
    this.#notify();
  }

  read(query: Query, args: Args): readonly Row[] {
    return this.#run(query.sql, args);
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const watcher: Watcher = { query, args: Array.from(args), observer, shown: "" };
    this.#watchers.add(watcher);
    this.#show(watcher);
    return { close: () => void this.#watchers.delete(watcher) };
  }

  close(): void {
    this.#database.close();
  }

  #notify(): void {
    for (const watcher of this.#watchers) this.#show(watcher);
  }

  #show(watcher: Watcher): void {
    let rows: readonly Row[];
    try {
      rows = this.read(watcher.query, watcher.args);
    } catch (error) {
      // A live query that fails says so to whoever watches; the write that it follows has been done.
      watcher.observer.error(error);
      return;
    }
    const text = JSON.stringify(rows);
    if (text === watcher.shown) return;
    watcher.shown = text;
    watcher.observer.next(rows);
  }

  #run(sql: string, args: Args): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      this.#statements.set(sql, statement = this.#database.prepare(sql));
    }
    const rows: Row[] = [];
    try {
      statement.bind(args);
      while (statement.step()) rows.push(statement.getAsObject());
    } finally {
      statement.reset();
    }
    return rows;
  }
}

/** What the bench asks for: a default export, or one named `adapter`. */
export const adapter: Adapter = {
  id: "naive-watch",
  title: "Naive watch",
  about: "sql.js in memory; every write runs every watched query again and compares the results as text.",
  unfair: "Nothing is stored. It exists to show how an adapter is written.",
  homepage: "https://sql.js.org",
  // An adapter from outside brings its own deno.json; this is for the record.
  drivers: { "sql.js": "1.13.0" },
  options: {},
  // The WebAssembly file lies beside the package's code.
  permissions: { read: ["driver"] },
  capabilities: () => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: false,
    durability: "none",
    worksOn: "caller",
  }),
  counters: [],
  knownGaps: [{
    scenario: "values/integers-beyond-safe-range",
    reason: "sql.js 1.13.0 answers every integer as a number.",
  }, {
    scenario: "values/text-with-zero-character",
    reason: "sql.js 1.13.0 gives text back up to the first U+0000.",
  }, {
    scenario: "values/text-with-lone-surrogates",
    reason: "sql.js 1.13.0 encodes a surrogate without its partner as another character.",
  }],
  async open(context) {
    const { Database } = await initSqlJs();
    return new NaiveSession(new Database() as SqlDatabase, context);
  },
};
