import type { Adapter, Observer, Session, Subscription } from "../model/adapter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import { createTableSql } from "../model/sql.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";

/** SQLocal: SQLite on OPFS in a worker, with queries that run again when a table that they read was written. */
export const sqlocal: Adapter = {
  id: "sqlocal",
  title: "SQLocal",
  about:
    "SQLite's WebAssembly build in the library's worker, on the browser's origin private file system (the OPFS VFS with " +
    "its asynchronous proxy, a rollback journal, synchronous=FULL, as the library opens it). Live queries are reactive " +
    "queries, which run again when a table that they read was written; a batch is one `batch`.",
  unfair:
    "Any number of tabs may open the file: the asynchronous proxy and the locks around each call are for that, and the " +
    "workloads have one tab.",
  homepage: "https://sqlocal.dev",
  idioms: {
    write: { how: "`sql` with text and parameters.", link: "https://sqlocal.dev/api/sql" },
    batch: {
      how: "`batch` with one statement per row, which the worker runs as one transaction.",
      link: "https://sqlocal.dev/api/batch",
    },
    readPage: { how: "`sql` with ORDER BY and LIMIT.", link: "https://sqlocal.dev/api/sql" },
    readKey: { how: "`sql` by the primary key, as for a page.", link: "https://sqlocal.dev/api/sql" },
    join: { how: "One SELECT with JOIN, planned by the database.", link: "https://sqlocal.dev/api/sql" },
    watchRow: {
      how: "`reactiveQuery` of a SELECT by the primary key.",
      link: "https://sqlocal.dev/api/reactivequery",
    },
    watchList: { how: "`reactiveQuery` of the SELECT.", link: "https://sqlocal.dev/api/reactivequery" },
    watchCount: { how: "`reactiveQuery` of the COUNT.", link: "https://sqlocal.dev/api/reactivequery" },
  },
  objection:
    "Its users may choose another journal mode with `onInit`; the documentation does not ask for it.",
  runsIn: ["browser"],
  runtimes: ["chromium"],
  otherRuntimes: "The file system is a browser's.",
  drivers: { sqlocal: "0.18.0" },
  options: {},
  permissions: {},
  capabilities: () => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "full",
    worksOn: "worker",
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [],
  async open(context) {
    if (context.runtime !== "chromium") {
      throw new DriverUnavailableError(
        "The origin private file system is a browser's: bench --runtime chromium",
      );
    }
    const { SQLocal }: Library = await loadDriver(
      "sqlocal",
      // @ts-ignore: resolved by the bundler
      () => import("sqlocal"),
    );
    const database = new SQLocal({ databasePath: `${context.directory}.db`, reactive: true });
    try {
      for (const sql of context.tables.flatMap((table) => createTableSql(table, "sqlite"))) {
        await database.sql(sql);
      }
    } catch (error) {
      await database.destroy();
      throw error;
    }
    return new SqlocalSession(database);
  },
};

// What is used of the library, so that the file is checked without it as well.
interface Library {
  readonly SQLocal: new (options: { databasePath: string; reactive: boolean }) => Database;
}

interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

interface Database {
  sql(text: string, ...params: unknown[]): Promise<Row[]>;
  batch(statements: () => Statement[]): Promise<unknown>;
  reactiveQuery(statement: Statement): {
    subscribe(onData: (rows: Row[]) => void, onError: (error: Error) => void): { unsubscribe(): void };
  };
  getDatabaseInfo(): Promise<{ storageType?: string }>;
  destroy(): Promise<void>;
}

class SqlocalSession implements Session {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async write({ sql }: WriteStatement, args: Args): Promise<void> {
    await this.#database.sql(sql, ...args);
  }

  async batch({ sql }: WriteStatement, rows: readonly Args[]): Promise<void> {
    await this.#database.batch(() => rows.map((params) => ({ sql, params })));
  }

  read({ sql }: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.sql(sql, ...args);
  }

  watch({ sql }: Query, args: Args, observer: Observer): Subscription {
    const query = this.#database.reactiveQuery({ sql, params: Array.from(args) });
    const subscription = query.subscribe((rows) => observer.next(rows), (error) => observer.error(error));
    return { close: () => subscription.unsubscribe() };
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    const [version] = await this.#database.sql("SELECT sqlite_version() AS v");
    const [journal] = await this.#database.sql("PRAGMA journal_mode");
    const { storageType = "unknown" } = await this.#database.getDatabaseInfo();
    return {
      sqlite: String(version?.["v"]),
      journal_mode: String(journal?.["journal_mode"]),
      storage: storageType,
    };
  }

  async close(): Promise<void> {
    await this.#database.destroy();
  }
}
