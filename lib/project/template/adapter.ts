/**
 * Your database, as Watchbench sees it. This one runs at once: SQLite in memory, which runs every watched query again
 * after every write. Replace what is between the lines by calls of your library; the types say what each has to do.
 *
 *     npx watchbench conformance ./bench/adapter.ts     what live queries promise, one by one
 *     npx watchbench bench                              how fast, how fresh, at what cost
 *     npx watchbench ab --base main                     what a change does to that
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type {
  Adapter,
  Args,
  Observer,
  OpenContext,
  Query,
  Row,
  Session,
  Subscription,
  Table,
  WriteStatement,
} from "../../model/mod.ts";

interface Watcher {
  readonly query: Query;
  readonly args: Args;
  readonly observer: Observer;
  shown: string;
}

class MySession implements Session {
  // ---- your library -------------------------------------------------------------------------------------------
  readonly #database: DatabaseSync;

  constructor({ tables }: OpenContext) {
    this.#database = new DatabaseSync(":memory:");
    for (const table of tables) this.#createTable(table);
  }

  /** Writes one row, and resolves when that is acknowledged. */
  write(statement: WriteStatement, args: Args): void {
    this.#database.prepare(statement.sql).run(...args as SQLInputValue[]);
    this.#tellWatchers();
  }

  /** Writes many rows as one commit. */
  batch(statement: WriteStatement, rows: readonly Args[]): void {
    this.#database.exec("BEGIN");
    try {
      const prepared = this.#database.prepare(statement.sql);
      for (const args of rows) prepared.run(...args as SQLInputValue[]);
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    this.#tellWatchers();
  }

  /** Reads once. */
  read(query: Query, args: Args): Row[] {
    return this.#database.prepare(query.sql).all(...args as SQLInputValue[]) as Row[];
  }

  close(): void {
    this.#watchers.clear();
    this.#database.close();
  }
  // -------------------------------------------------------------------------------------------------------------

  readonly #watchers = new Set<Watcher>();

  /** Shows a result now and whenever it changes, until it is closed. */
  watch(query: Query, args: Args, observer: Observer): Subscription {
    const rows = this.read(query, args);
    const watcher: Watcher = { query, args: [...args], observer, shown: textOf(rows) };
    this.#watchers.add(watcher);
    observer.next(rows);
    return { close: () => void this.#watchers.delete(watcher) };
  }

  #tellWatchers(): void {
    for (const watcher of [...this.#watchers]) {
      if (!this.#watchers.has(watcher)) continue;
      let rows: Row[];
      try {
        rows = this.read(watcher.query, watcher.args);
      } catch (error) {
        // Whoever watches is told, and the write is done all the same.
        this.#watchers.delete(watcher);
        watcher.observer.error(error);
        continue;
      }
      const text = textOf(rows);
      if (text === watcher.shown) continue;
      watcher.shown = text;
      watcher.observer.next(rows);
    }
  }

  #createTable({ name, columns, primaryKey, indexes }: Table): void {
    const declared = columns.map((column) =>
      [
        `"${column.name}"`,
        column.type.toUpperCase(),
        column.name === primaryKey ? "PRIMARY KEY" : column.nullable ? "" : "NOT NULL",
        column.unique ? "UNIQUE" : "",
      ].join(" ")
    );
    this.#database.exec(`CREATE TABLE "${name}" (${declared.join(", ")})`);
    for (const index of indexes) {
      const parts = index.columns.map(({ column }) => `"${column}"`);
      this.#database.exec(`CREATE INDEX "${index.name}" ON "${name}" (${parts.join(", ")})`);
    }
  }
}

function textOf(rows: readonly Row[]): string {
  return JSON.stringify(
    rows,
    (_, value) => typeof value === "bigint" ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
  );
}

/** What reports say of it, and what may be asked of it. */
const adapter: Adapter = {
  id: "my-database",
  title: "My database",
  about: "SQLite in memory; every watched query runs again after every write.",
  unfair: "Nothing survives the process.",
  homepage: "https://example.com/",
  drivers: {},
  options: {},
  permissions: {},
  counters: [],
  // What the library is known to get wrong, so that `conformance` passes and says so; it complains when one is mended.
  knownGaps: [{
    scenario: "values/text-with-zero-character",
    reason: "node:sqlite gives back text up to the first U+0000",
  }],
  capabilities: () => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: false,
    durability: "none",
    worksOn: "caller",
  }),
  open: (context) => Promise.resolve(new MySession(context)),
};

export default adapter;
