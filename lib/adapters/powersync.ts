import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { missingTablesSql } from "./shared/missing_tables.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { SQLITE_FILE_NAME, synchronousName } from "./shared/sqlite_session.ts";

/** PowerSync's SDK for Node: SQLite in worker threads with watched queries, used without its sync service. */
export const powersync: Adapter = {
  id: "powersync",
  title: "PowerSync",
  about:
    "SQLite in worker threads, one that writes and some that read, with PowerSync's native extension. Used without " +
    "its sync service, on plain (raw) tables in a file in WAL mode with synchronous=NORMAL. Live queries are " +
    "incremental watches, db.query().watch() with a comparator: at most every 30 ms after a commit, each watched query " +
    "on a written table runs again, and shows its result when that has changed. A batch is one executeBatch.",
  unfair:
    "The sync service, which is what PowerSync is made for, does nothing here. Every statement crosses to a worker " +
    "and is prepared anew, and every write asks for the written tables in a second crossing. A watch waits for a " +
    "timer even at throttle=0: runtimes round that up to 1 ms or more. Its five readers are meant for more cores than " +
    "two: many watched queries are faster with readers=1 there.",
  homepage: "https://docs.powersync.com/client-sdk-references/node",
  idioms: {
    write: {
      how: "`execute`, which takes the write lock and runs one statement.",
      link: "https://docs.powersync.com/client-sdks/writing-data",
    },
    batch: {
      how: "`executeBatch` with one list of arguments per row, in one transaction.",
      link: "https://docs.powersync.com/client-sdks/writing-data",
    },
    readPage: {
      how: "`getAll` on one of the readers; ORDER BY and LIMIT are SQLite's.",
      link: "https://docs.powersync.com/client-sdks/reading-data",
    },
    readKey: {
      how: "`getAll` by the primary key, as the contract wants a list.",
      link: "https://docs.powersync.com/client-sdks/reading-data",
    },
    join: {
      how: "One SELECT with JOIN, planned by SQLite.",
      link: "https://docs.powersync.com/client-sdks/reading-data",
    },
    watchRow: {
      how: "`query().watch()` with an `ArrayComparator`, at the library's throttle.",
      link: "https://docs.powersync.com/client-sdks/watch-queries",
      tried:
        "`db.watch`, which its documentation keeps for old code (comparator=none emits as it does): every watched " +
        "query on a written table emits after each commit, changed or not.",
    },
    watchList: {
      how: "The same; joined tables are found by the library.",
      link: "https://docs.powersync.com/client-sdks/watch-queries",
      tried: "`differentialWatch`, which compares rows one by one to tell what has changed: not needed here.",
    },
    watchCount: {
      how: "The same, on SELECT COUNT.",
      link: "https://docs.powersync.com/client-sdks/watch-queries",
    },
  },
  objection:
    "Its documentation starts with tables that it makes itself, views over JSON, and calls raw tables advanced; on those " +
    "a delete of all rows is not noticed. One watch may be shared by many listeners, which the bench does not do.",
  runsIn: ["deno", "node", "browser", "react-native"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "The package for browsers is another one, @powersync/web.",
  drivers: { "@powersync/node": "1.1.0", "better-sqlite3": "13.2.0" },
  // Its workers import better-sqlite3, which it declares as an optional peer only.
  nodeModules: true,
  options: {
    driver: {
      values: ["better-sqlite3", "node-sqlite"],
      default: "better-sqlite3",
      meaning: "The SQLite binding inside the workers; the library calls node:sqlite experimental",
    },
    readers: {
      values: ["5", "1", "2"],
      default: "5",
      meaning:
        "Worker threads that read; 5 is the library's default, fewer leave more of a small machine to the writer",
    },
    throttle: {
      values: ["30", "0"],
      default: "30",
      meaning: "Milliseconds that a watched query waits after a change; 30 is the library's default",
    },
    comparator: {
      values: ["rows", "none"],
      default: "rows",
      meaning:
        "rows withholds results that are equal to the one before, by the library's ArrayComparator; none shows all",
    },
  },
  permissions: {
    ffi: true,
    read: ["driver"],
    sys: ["cpus", "hostname", "networkInterfaces"],
  },
  capabilities: () => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "wal-normal",
    worksOn: "worker",
    columnTypes: ["real", "blob"],
    transactions: "nested",
  }),
  delay: ({ throttle }) => ({ atMostMs: Number(throttle), isDefault: throttle === "30" }),
  counters: [],
  knownGaps: [{
    scenario: "condition/deletes-everything",
    reason:
      "On raw tables a watched query of @powersync/node 1.1.0 does not notice a DELETE without a condition " +
      "(docs/known-gaps/powersync-raw-deletes.ts)",
  }, {
    scenario: "schema/table-is-made-while-open",
    reason:
      "On raw tables a watched query of @powersync/node 1.1.0 does not notice changes of a table WITHOUT " +
      "ROWID (docs/known-gaps/powersync-raw-deletes.ts)",
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason: "@powersync/node 1.1.0 gives integers beyond 53 bits as its SQLite binding rounds them",
  }],
  async open(context) {
    const library = await loadDriver("@powersync/node", loadLibrary);
    const { driver, readers } = context.options;
    const database = new library.PowerSyncDatabase({
      schema: new library.Schema({}),
      database: {
        dbFilename: SQLITE_FILE_NAME,
        dbLocation: context.directory,
        implementation: { type: driver === "node-sqlite" ? "node:sqlite" : "better-sqlite3" },
        readWorkerCount: Number(readers),
        initializeConnection: async (connection, isWriter) => {
          if (isWriter) await connection.execute("PRAGMA synchronous = NORMAL");
        },
      },
    });
    // Only now the workers load their binding and the native extension.
    await loadDriver("@powersync/node", () => database.init());
    try {
      for (const sql of missingTablesSql(context, "sqlite")) await database.execute(sql);
    } catch (error) {
      await database.close();
      throw error;
    }
    return new PowerSyncSession(library, database, context);
  },
};

async function loadLibrary(): Promise<PowerSync> {
  // @ts-ignore: resolved by drivers/powersync/deno.json
  return await import("@powersync/node") as unknown as PowerSync;
}

// What is used of the library, so that the file is checked without it as well.
interface PowerSync {
  ArrayComparator: new (options: { compareBy: (row: Row) => string }) => RowComparator;
  Schema: new (tables: Record<string, never>) => object;
  PowerSyncDatabase: new (options: {
    schema: object;
    database: {
      dbFilename: string;
      dbLocation: string;
      implementation: { type: "better-sqlite3" | "node:sqlite" };
      readWorkerCount: number;
      initializeConnection: (connection: LockContext, isWriter: boolean) => Promise<void>;
    };
  }) => Database;
}

interface QueryResult {
  readonly array: readonly Row[];
}

interface LockContext {
  execute(sql: string, args?: readonly Value[]): Promise<QueryResult>;
}

type RowComparator = { checkEquality(current: readonly Row[], previous: readonly Row[]): boolean };

interface WatchOptions {
  readonly throttleMs: number;
  readonly reportFetching: boolean;
  readonly comparator?: RowComparator;
}

interface WatchState {
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly data: readonly Row[];
}

interface WatchedQuery {
  registerListener(listener: {
    onData(rows: readonly Row[]): void;
    onStateChange(state: WatchState): void;
    onError(error: unknown): void;
  }): () => void;
  close(): Promise<void>;
}

interface Database extends LockContext {
  init(): Promise<void>;
  executeBatch(sql: string, rows: readonly Args[]): Promise<unknown>;
  getAll(sql: string, args: Args): Promise<Row[]>;
  writeLock<T>(work: (connection: LockContext) => Promise<T>): Promise<T>;
  writeTransaction<T>(work: (transaction: LockContext) => Promise<T>): Promise<T>;
  query(query: { sql: string; parameters: Args }): { watch(options: WatchOptions): WatchedQuery };
  close(): Promise<void>;
}

class PowerSyncSession implements Session {
  readonly #database: Database;
  readonly #watchOptions: WatchOptions;

  constructor(library: PowerSync, database: Database, { options }: OpenContext) {
    this.#database = database;
    this.#watchOptions = {
      throttleMs: Number(options["throttle"]),
      // Nobody here looks at whether a query is being fetched.
      reportFetching: false,
      ...(options["comparator"] === "none"
        ? {}
        : { comparator: new library.ArrayComparator({ compareBy: JSON.stringify }) }),
    };
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.#database.execute(statement.sql, Array.from(args));
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    await this.#database.executeBatch(statement.sql, copyRows(rows));
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#database.writeTransaction((transaction) =>
        play({
          write: ({ sql }, args) => transaction.execute(sql, args),
          read: async ({ sql }, args) => (await transaction.execute(sql, args)).array,
          exec: (sql) => transaction.execute(sql),
        })
      ), steps);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.getAll(query.sql, Array.from(args));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const live = this.#database.query({ sql: query.sql, parameters: Array.from(args) }).watch(
      this.#watchOptions,
    );
    let isFirst = true;
    const deliver = (rows: readonly Row[]) => {
      isFirst = false;
      observer.next(rows);
    };
    const stop = live.registerListener({
      onData: deliver,
      onStateChange: ({ isLoading, error, data }) => {
        // An empty first result equals what the library compares it with: only the state tells that it is there.
        if (isFirst && !isLoading && error === null) deliver(data);
      },
      onError: (error) => observer.error(error),
    });
    return {
      close: () => {
        stop();
        return live.close();
      },
    };
  }

  facts(): Promise<Readonly<Record<string, string>>> {
    // The setting of a connection: readers have another one.
    return this.#database.writeLock(async (writer) => {
      const single = async (sql: string) => Object.values((await writer.execute(sql)).array[0] ?? {})[0];
      return {
        sqlite: String(await single("SELECT sqlite_version()")),
        powersync_core: String(await single("SELECT powersync_rs_version()")),
        journal_mode: String(await single("PRAGMA journal_mode")),
        synchronous: synchronousName(await single("PRAGMA synchronous")),
      };
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
