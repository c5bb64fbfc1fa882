import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { tableNamed } from "../model/schema.ts";
import type { Query, SqlStatement, WriteStatement } from "../model/statement.ts";
import { select, unqualified } from "../model/statement.ts";
import type { Args, RawRow, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { compileProjection } from "./shared/document_query.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { missingTablesSql } from "./shared/missing_tables.ts";
import { type AwaitedFiles, awaitedFiles, type SavedFiles } from "./shared/pglite_files.ts";
import { EmptyClusters } from "./shared/pglite_cluster.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { PostgresStatements } from "./shared/postgres_statements.ts";

/** PGlite: Postgres compiled to WebAssembly, with its live query extension. */
export const pglite: Adapter = {
  id: "pglite",
  title: "PGlite",
  about:
    "Postgres compiled to WebAssembly, in the caller's thread, with its live query extension: a trigger per " +
    "table notifies, and every live query on the table runs again. Inserts of a batch are one INSERT ... SELECT " +
    "FROM unnest; other batches are one transaction. In a browser its files are in IndexedDB, saved before a query is " +
    "answered; storage=idb-relaxed saves behind it, and storage=opfs-ahp has files in OPFS and Postgres in a worker.",
  unfair:
    "It is a whole Postgres: opening takes seconds, and memory is counted in hundreds of megabytes. Its live " +
    "queries were made for a handful of queries on a screen, not for a hundred. With storage=idb every query, reads too, " +
    "looks through all files for what has changed. With storage=opfs-ahp the log is flushed with each query and data files " +
    "are not, so that a power cut may leave files to repair. With storage=idb-relaxed nobody awaits a save: one that meets a " +
    "file that is gone fails without anybody being told, and the adapter counts it; and the library closes over a save " +
    "that is under way, which ends the page, so that the adapter hands it files whose end waits for their saves.",
  homepage: "https://pglite.dev",
  idioms: {
    write: {
      how: "`query` with parameters.",
      link: "https://pglite.dev/docs/api",
    },
    batch: {
      how: "Rows to insert as one INSERT ... SELECT FROM unnest with an array per column; other batches " +
        "are `query` calls inside `transaction`.",
      link: "https://pglite.dev/docs/api",
    },
    readPage: {
      how: "`query` with ORDER BY and LIMIT.",
      link: "https://pglite.dev/docs/api",
    },
    readKey: {
      how: "`query` by the primary key, as for a page.",
      link: "https://pglite.dev/docs/api",
    },
    join: {
      how: "One SELECT with JOIN, planned by Postgres.",
      link: "https://pglite.dev/docs/api",
    },
    watchRow: {
      how: "`live.query` of a SELECT by the primary key.",
      link: "https://pglite.dev/docs/live-queries",
    },
    watchList: {
      how: "`live.query`; `live.incrementalQuery` and `live.changes` are options here.",
      link: "https://pglite.dev/docs/live-queries",
      tried: "The incremental ones compute the difference with SQL at each change, which costs more than " +
        "it saves where results are small.",
    },
    watchCount: {
      how: "`live.query` of the COUNT.",
      link: "https://pglite.dev/docs/live-queries",
    },
  },
  objection: "`live.query` can cut a window itself, with `offset` and `limit`, and counts all rows for it. " +
    "Every live query of a table runs again after each write to it, whatever the write was: a " +
    "screen has a handful of them, not a hundred. In browsers its documentation shows a worker for several tabs " +
    "as well, which idb and idb-relaxed do not have here.",
  runsIn: ["browser", "node", "bun", "deno"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@electric-sql/pglite": "0.5.17" },
  options: {
    mode: {
      values: ["query", "incremental", "changes"],
      default: "query",
      meaning:
        "live.query delivers what the query answers; live.incrementalQuery and live.changes compute the " +
        "difference to the result before, and with changes the adapter applies it",
    },
    storage: {
      values: ["file", "memory", "idb", "idb-relaxed", "opfs-ahp"],
      default: "file",
      defaultIn: { chromium: "idb", firefox: "idb" },
      only: {
        file: ["deno", "node", "bun"],
        idb: ["chromium", "firefox"],
        "idb-relaxed": ["chromium", "firefox"],
        "opfs-ahp": ["chromium", "firefox"],
      },
      meaning:
        "The data directory is on disk (without file syncs, as the library runs Postgres), in memory, or, in a browser, " +
        "in IndexedDB: written before a query is answered, or, with relaxedDurability, afterwards; or on OPFS in a worker",
    },
  },
  pageImports: ({ storage }) =>
    storage === "opfs-ahp"
      ? {
        page: { "@electric-sql/pglite/worker": ["PGliteWorker"], "@electric-sql/pglite/live": ["live"] },
        worker: { "@electric-sql/pglite": ["PGlite"], "@electric-sql/pglite/worker": ["worker"] },
      }
      : {
        page: {
          "@electric-sql/pglite": storage === "idb-relaxed" ? ["PGlite", "IdbFs"] : ["PGlite"],
          "@electric-sql/pglite/live": ["live"],
        },
      },
  permissions: { read: ["driver"] },
  capabilities: (options) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: options["storage"] === "memory"
      ? "none"
      : options["storage"] === "idb"
      ? "wal-normal"
      : "relaxed",
    worksOn: options["storage"] === "opfs-ahp" ? "worker" : "caller",
    columnTypes: ["real", "blob"],
    transactions: "nested",
    rawRows: true,
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-byte-order-mark",
    reason: "@electric-sql/pglite 0.5.17 takes the U+FEFF that a text begins with for a byte order mark " +
      "(docs/known-gaps/pglite-byte-order-mark.ts)",
  }, {
    scenario: "schema/column-is-added-while-watching",
    reason:
      "A live query of all columns of @electric-sql/pglite 0.5.17 does not show a column that is added " +
      "while it is watched (docs/known-gaps/pglite-new-column.ts)",
  }, {
    scenario: "schema/failing-live-query-tells-of-its-error",
    reason:
      "A live query of @electric-sql/pglite 0.5.17 that begins to fail tells of it by a rejection that " +
      "nobody can catch (docs/known-gaps/pglite-live-error.ts)",
  }, {
    scenario: "watch/ordered-limit-window",
    reason:
      "live.incrementalQuery of @electric-sql/pglite 0.5.17 loses the row that takes the place of a deleted one " +
      "behind the same predecessor, and every row after it (docs/known-gaps/pglite-incremental-window.ts)",
    when: { mode: "incremental" },
    traits: ["watch", "limit", "delete"],
  }],
  async open(context) {
    const storage = context.options["storage"] ?? "file";
    const { database, files }: Opened = storage === "opfs-ahp"
      ? { database: await openInWorker(context.directory) }
      : await openHere(storage, context);
    try {
      // A kill may have taken everything: as an application does when it starts, tables that are not there are made.
      const isLost = files !== undefined && context.database === "existing" && await isEmpty(database);
      const missing = missingTablesSql(isLost ? { ...context, database: "new" } : context, "postgres");
      if (missing.length > 0) await database.exec(missing.join(";\n"));
    } catch (error) {
      await database.close();
      throw error;
    }
    return new PGliteSession(database, context, files);
  },
};

async function isEmpty(database: Database): Promise<boolean> {
  const { rows: [row] } = await database.query(
    "SELECT count(*)::int AS total FROM pg_tables WHERE schemaname = 'public'",
  );
  return row?.["total"] === 0;
}

interface Opened {
  readonly database: Database;
  /** Where saves are not awaited. */
  readonly files?: AwaitedFiles;
}

const emptyClusters = new EmptyClusters();

async function openHere(
  storage: string,
  { directory, database: age }: Pick<OpenContext, "directory" | "database">,
): Promise<Opened> {
  const { PGlite, IdbFs, live } = await loadDriver("@electric-sql/pglite", loadLibrary);
  if (storage !== "idb-relaxed") {
    const open = () => PGlite.create({ dataDir: dataDirectory(storage, directory), extensions: { live } });
    if (storage === "file" && age === "new") {
      await emptyClusters.prepare(`${directory}/data`, async () => await (await open()).close());
    }
    return { database: await open() };
  }
  const files = awaitedFiles(IdbFs, directory);
  const database = await PGlite.create({ fs: files, relaxedDurability: true, extensions: { live } });
  return { database, files };
}

/** Synchronous access handles exist in workers only: Postgres goes where they are, live queries stay here. */
async function openInWorker(directory: string): Promise<Database> {
  const { PGliteWorker, live } = await loadDriver("@electric-sql/pglite", loadWorkerLibrary);
  const worker = new Worker(new URL("./shared/pglite_worker.ts", import.meta.url), { type: "module" });
  const database = await PGliteWorker.create(worker, {
    dataDir: `opfs-ahp://${directory}`,
    extensions: { live },
  });
  await database.waitReady;
  return database;
}

function dataDirectory(storage: string, directory: string): string {
  if (storage === "memory") return "memory://";
  return storage === "file" ? `file://${directory}/data` : `idb://${directory}`;
}

async function loadLibrary(): Promise<{ PGlite: PGliteClass; IdbFs: IdbFsClass; live: object }> {
  // @ts-ignore: resolved by drivers/pglite/deno.json
  const { PGlite, IdbFs } = await import("@electric-sql/pglite");
  // @ts-ignore: resolved by drivers/pglite/deno.json
  const { live } = await import("@electric-sql/pglite/live");
  return { PGlite: PGlite as unknown as PGliteClass, IdbFs: IdbFs as unknown as IdbFsClass, live };
}

async function loadWorkerLibrary(): Promise<{ PGliteWorker: PGliteWorkerClass; live: object }> {
  // @ts-ignore: resolved by the bundler
  const { PGliteWorker } = await import("@electric-sql/pglite/worker");
  // @ts-ignore: resolved by the bundler
  const { live } = await import("@electric-sql/pglite/live");
  return { PGliteWorker: PGliteWorker as unknown as PGliteWorkerClass, live };
}

// What is used of the library, so that the file is checked without it as well.
interface PGliteWorkerClass {
  create(
    worker: Worker,
    options: { dataDir: string; extensions: { live: object } },
  ): Promise<Database & { readonly waitReady: Promise<void> }>;
}

type IdbFsClass = new (name: string) => SavedFiles;

interface PGliteClass {
  create(
    options:
      & ({ readonly dataDir: string } | { readonly fs: SavedFiles; readonly relaxedDurability: true })
      & {
        readonly extensions: { readonly live: object };
      },
  ): Promise<Database>;
}

interface Results {
  readonly rows: Row[];
}

interface Transaction {
  query(sql: string, args?: readonly unknown[]): Promise<Results>;
  query(
    sql: string,
    args: readonly unknown[],
    options: { readonly rowMode: "array" },
  ): Promise<{ readonly rows: RawRow[] }>;
}

interface Database extends Transaction {
  exec(sql: string): Promise<unknown>;
  transaction<T>(body: (transaction: Transaction) => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
  readonly live: {
    query(sql: string, args: readonly unknown[], callback: (results: Results) => void): Promise<LiveQuery>;
    incrementalQuery(
      sql: string,
      args: readonly unknown[],
      key: string,
      callback: (results: Results) => void,
    ): Promise<LiveQuery>;
    changes(
      sql: string,
      args: readonly unknown[],
      key: string,
      callback: (changes: Change[]) => void,
    ): Promise<LiveQuery>;
  };
}

interface LiveQuery {
  unsubscribe(): Promise<void>;
}

/** A query for the modes that compute differences. */
interface Keyed {
  readonly sql: string;
  /** The column that tells rows apart. */
  readonly key: string;
  /** Makes of a row what was asked for; absent where it is that. */
  readonly shown?: (row: Row) => Row;
}

/** One difference between two results: a row, which of its columns changed, and the key of the row before it. */
export interface Change {
  readonly __op__: "INSERT" | "UPDATE" | "DELETE" | "RESET";
  readonly __changed_columns__: readonly string[];
  readonly __after__: Value;
  readonly [column: string]: Value | readonly string[];
}

class PGliteSession implements Session {
  readonly #database: Database;
  readonly #tables: readonly Table[];
  readonly #mode: string;
  readonly #statements: PostgresStatements;
  readonly #files: AwaitedFiles | undefined;

  constructor(database: Database, context: OpenContext, files: AwaitedFiles | undefined) {
    this.#database = database;
    this.#files = files;
    this.#tables = context.tables;
    this.#statements = new PostgresStatements(context);
    this.#mode = context.options["mode"] ?? "query";
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    const own = Array.from(args);
    await this.#repairSequence(statement);
    await this.#database.query(this.#statements.sql(statement), own);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    if (rows.length === 0) return;
    if (statement.kind === "insert" || statement.kind === "upsert") {
      const { sql, columns } = this.#statements.bulkInsert(statement, rows);
      await this.#repairSequence(statement);
      await this.#database.query(sql, columns);
      return;
    }
    const sql = this.#statements.sql(statement);
    const own = copyRows(rows);
    await this.#database.transaction(async (transaction) => {
      for (const args of own) await transaction.query(sql, args);
    });
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#database.transaction((transaction) =>
        play({
          write: (statement, args) => transaction.query(this.#statements.sql(statement), args),
          read: async (query, args) => (await transaction.query(this.#statements.sql(query), args)).rows,
          exec: (sql) => transaction.query(sql),
        })
      ), steps);
  }

  async read(query: Query, args: Args): Promise<readonly Row[]> {
    return (await this.#database.query(this.#statements.sql(query), Array.from(args))).rows;
  }

  /** https://pglite.dev/docs/api#query */
  async readRaw(query: Query, args: Args): Promise<readonly RawRow[]> {
    const sql = this.#statements.sql(query);
    return (await this.#database.query(sql, Array.from(args), { rowMode: "array" })).rows;
  }

  async watch(query: Query | SqlStatement, args: Args, observer: Observer): Promise<Subscription> {
    const liveQuery = await this.#live(query, Array.from(args), observer);
    return { close: () => liveQuery.unsubscribe() };
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    const facts: Record<string, string> = {};
    for (const name of ["server_version", "fsync", "synchronous_commit"]) {
      const { rows: [row] } = await this.#database.query(`SHOW ${name}`);
      facts[name] = String(row?.[name]);
    }
    if (this.#files !== undefined) facts["failed_saves"] = String(this.#files.failedCount);
    return facts;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #live(query: Query | SqlStatement, args: Args, observer: Observer): Promise<LiveQuery> {
    const { live } = this.#database;
    if (this.#mode === "query") {
      return live.query(this.#statements.sql(query), args, ({ rows }) => observer.next(rows));
    }
    const { sql, key, shown } = this.#keyed(query);
    const deliver = (rows: readonly Row[]) => observer.next(shown === undefined ? rows : rows.map(shown));
    if (this.#mode === "incremental") {
      return live.incrementalQuery(sql, args, key, ({ rows }) => deliver(rows));
    }
    const rows = new ChangedRows(key);
    return live.changes(sql, args, key, (changes) => {
      rows.apply(changes);
      deliver(rows.ordered());
    });
  }

  /**
   * A query with the column that tells rows of its result apart, which is the primary key; where it is not selected it is
   * added, and `shown` takes it away again.
   */
  #keyed(query: Query | SqlStatement): Keyed {
    if (query.kind === "count" || query.kind === "sum") {
      return { sql: this.#statements.sql(query), key: query.as };
    }
    if (query.kind === "sql") return { sql: this.#statements.sql(query), key: query.columns[0]! };
    const { primaryKey } = tableNamed(this.#tables, query.table);
    const key = query.as === undefined ? primaryKey : `${query.as}.${primaryKey}`;
    if (query.columns.includes(key)) return { sql: this.#statements.sql(query), key: primaryKey };
    const { kind: _kind, params: _params, sql: _sql, ...draft } = query;
    const names = query.columns.map(unqualified);
    // A joined table may give a column of that name, which stands in the result once.
    if (names.includes(primaryKey)) return { sql: this.#statements.sql(query), key: names[0]! };
    return {
      sql: this.#statements.sql(select({ ...draft, columns: [...query.columns, key] })),
      key: primaryKey,
      shown: compileProjection(names),
    };
  }

  async #repairSequence(statement: WriteStatement): Promise<void> {
    const repair = this.#statements.sequenceRepair(statement);
    if (repair !== undefined) await this.#database.query(repair);
  }
}

/** A result that is kept current by the library's differences: rows by key, each knowing the key before it. */
export class ChangedRows {
  readonly #key: string;
  readonly #rows = new Map<Value, { row: Row; after: Value }>();

  /** `key` is the column that tells rows apart. */
  constructor(key: string) {
    this.#key = key;
  }

  /** Applies the differences of one delivery. */
  apply(changes: readonly Change[]): void {
    for (const { __op__, __changed_columns__, __after__, ...columns } of changes) {
      const row = columns as Row;
      const key = row[this.#key] ?? null;
      if (__op__ === "RESET") this.#rows.clear();
      else if (__op__ === "DELETE") this.#rows.delete(key);
      else if (__op__ === "INSERT") this.#rows.set(key, { row, after: __after__ });
      else {
        const old = this.#rows.get(key);
        const updated: Record<string, Value> = { ...old?.row };
        let after = old?.after ?? null;
        for (const column of __changed_columns__) {
          if (column === "__after__") after = __after__;
          else updated[column] = row[column] ?? null;
        }
        this.#rows.set(key, { row: updated, after });
      }
    }
  }

  /** The rows in the query's order, in a new array. */
  ordered(): readonly Row[] {
    const next = new Map<Value, Value>();
    for (const [key, { after }] of this.#rows) next.set(after, key);
    const rows: Row[] = [];
    for (let key = next.get(null); key !== undefined; key = next.get(key)) {
      rows.push(this.#rows.get(key)!.row);
    }
    return rows;
  }
}
