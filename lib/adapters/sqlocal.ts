import type { Adapter, Observer, Session, Subscription, TransactionStep } from "../model/adapter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import { isPage } from "../model/runtime.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { missingTablesSql } from "./shared/missing_tables.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { synchronousName } from "./shared/sqlite_session.ts";

/** SQLocal: SQLite's WebAssembly build in a worker on OPFS, with reactive queries over a broadcast channel. */
export const sqlocal: Adapter = {
  id: "sqlocal",
  title: "SQLocal",
  about:
    "SQLite's WebAssembly build in a worker of the page, with a file in the origin private file system through SQLite's " +
    "OPFS VFS, which several tabs may share. SQLite is left as it is: a rollback journal, synchronous=FULL. " +
    "Live queries are reactiveQuery: written tables are told over a broadcast channel 32 ms after the last write, at most " +
    "180 ms after the first, and each reactive query on one of them runs again. A batch is one batch.",
  unfair:
    "Its file system asks another worker for every access, so that tabs may share the file: the price of that is in every " +
    "commit. Each statement is prepared anew and takes a lock that all tabs know. A live query that SQLite answers from an " +
    "index alone, such as a count of a table that has one, is refused by sqlocal 0.18.0 (it looks for tables and finds none), " +
    "so that workloads with one end in an error.",
  homepage: "https://sqlocal.dev",
  idioms: {
    write: {
      how: "`sql` with the text of one statement and its arguments.",
      link: "https://sqlocal.dev/api/sql",
    },
    batch: {
      how: "`batch` with the same statement once per row: one transaction, one message to the worker.",
      link: "https://sqlocal.dev/api/batch",
    },
    readPage: {
      how: "`sql` with ORDER BY and LIMIT.",
      link: "https://sqlocal.dev/api/sql",
    },
    readKey: {
      how: "`sql` by the primary key, as for a page.",
      link: "https://sqlocal.dev/api/sql",
    },
    join: {
      how: "One SELECT with JOIN, planned by SQLite.",
      link: "https://sqlocal.dev/api/sql",
    },
    watchRow: {
      how: "`reactiveQuery` of a SELECT by the primary key, and `subscribe`.",
      link: "https://sqlocal.dev/api/reactivequery",
    },
    watchList: {
      how: "`reactiveQuery` of the SELECT; the tables that it reads are found by the library.",
      link: "https://sqlocal.dev/api/reactivequery",
    },
    watchCount: {
      how: "`reactiveQuery` of the COUNT.",
      link: "https://sqlocal.dev/api/reactivequery",
    },
  },
  objection:
    "Its users would set pragmas in `onInit`, such as a journal mode that is cheaper on OPFS, which its documentation leaves " +
    "to them.",
  runsIn: ["browser"],
  runtimes: ["chromium", "firefox"],
  otherRuntimes: "Its files are a browser's; elsewhere it has databases in memory only.",
  drivers: { sqlocal: "0.18.0" },
  options: {},
  pageImports: () => ({ page: { sqlocal: ["SQLocal"] }, worker: { "@sqlite.org/sqlite-wasm": ["default"] } }),
  permissions: {},
  capabilities: () => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "full",
    worksOn: "worker",
    columnTypes: ["real", "blob"],
    transactions: "nested",
  }),
  delay: () => ({ atMostMs: 180, isDefault: true }),
  counters: [],
  knownGaps: [],
  async open(context) {
    if (!isPage(context.runtime)) {
      throw new DriverUnavailableError("Its files are a browser's: bench --runtime chromium");
    }
    const { SQLocal } = await loadDriver(
      "sqlocal",
      // @ts-ignore: resolved by the bundler
      () => import("sqlocal") as Promise<unknown> as Promise<Library>,
    );
    const database = new SQLocal({ databasePath: `${context.directory}.db`, reactive: true });
    try {
      // Where it cannot have a file, it goes on in memory and says so on the console only.
      const { storageType } = await database.getDatabaseInfo();
      if (storageType !== "opfs") {
        throw new Error(`Cannot open a database as its file must be on OPFS: it is in ${storageType}`);
      }
      for (const text of missingTablesSql(context, "sqlite")) await database.sql(text);
    } catch (error) {
      await database.destroy();
      throw error;
    }
    return new SqlocalSession(database);
  },
};

// What is used of the library, so that the file is checked without it as well.
interface Library {
  readonly SQLocal: new (config: { databasePath: string; reactive: boolean }) => Database;
}

interface SqlStatement {
  readonly sql: string;
  readonly params: Args;
}

interface Runner {
  sql(text: string, ...args: readonly Value[]): Promise<Row[]>;
}

interface Database extends Runner {
  batch(make: (sql: (text: string, args: Args) => SqlStatement) => SqlStatement[]): Promise<unknown>;
  transaction<T>(body: (transaction: Runner) => Promise<T>): Promise<T>;
  reactiveQuery(statement: SqlStatement): {
    subscribe(
      onData: (rows: Row[]) => void,
      onError: (error: Error) => void,
    ): { unsubscribe(): void };
  };
  getDatabaseInfo(): Promise<{ readonly storageType?: string }>;
  destroy(): Promise<void>;
}

class SqlocalSession implements Session {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.#database.sql(statement.sql, ...args);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const own = copyRows(rows);
    await this.#database.batch((sql) => own.map((args) => sql(statement.sql, args)));
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#database.transaction((transaction) =>
        play({
          write: ({ sql }, args) => transaction.sql(sql, ...args),
          read: ({ sql }, args) => transaction.sql(sql, ...args),
          exec: (sql) => transaction.sql(sql),
        })
      ), steps);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.sql(query.sql, ...args);
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const live = this.#database.reactiveQuery({ sql: query.sql, params: Array.from(args) });
    const subscription = live.subscribe(
      (rows) => observer.next(rows),
      (error) => observer.error(error),
    );
    return { close: () => subscription.unsubscribe() };
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    const single = async (sql: string) => Object.values((await this.#database.sql(sql))[0] ?? {})[0];
    return {
      sqlite: String(await single("SELECT sqlite_version()")),
      journal_mode: String(await single("PRAGMA journal_mode")),
      synchronous: synchronousName(await single("PRAGMA synchronous")),
    };
  }

  close(): Promise<void> {
    return this.#database.destroy();
  }
}
