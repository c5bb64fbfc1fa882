import type { Adapter, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import { createTableSql } from "../model/sql.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { SQLITE_FILE_NAME, synchronousName } from "./shared/sqlite_session.ts";

/** PowerSync's SDK for Node: SQLite in worker threads with watched queries, used without its sync service. */
export const powersync: Adapter = {
  id: "powersync",
  title: "PowerSync",
  about:
    "SQLite in worker threads, one that writes and some that read, with PowerSync's native extension. Used without " +
    "its sync service, on plain (raw) tables in a file in WAL mode with synchronous=NORMAL. Live queries are " +
    "db.watch: after a commit, every watched query on a written table runs again, one run at a time per query. " +
    "A batch is one executeBatch.",
  unfair:
    "The sync service, which is what PowerSync is made for, does nothing here. Every statement crosses to a worker " +
    "and is prepared anew, and every write asks for the written tables in a second crossing. A watch waits for a " +
    "timer even at throttle=0: runtimes round that up to 1 ms or more. The library's own default is throttle=30. Its " +
    "default of five readers is meant for more cores than two: many watched queries are faster with readers=1 there.",
  homepage: "https://docs.powersync.com/client-sdk-references/node",
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
      values: ["1", "5"],
      default: "5",
      meaning:
        "Worker threads that read; 5 is the library's default, 1 leaves more of a small machine to the writer",
    },
    throttle: {
      values: ["0", "30"],
      default: "0",
      meaning: "Milliseconds that a watched query waits after a change; 30 is the library's default",
    },
    comparator: {
      values: ["none", "rows"],
      default: "none",
      meaning:
        "rows withholds results that are equal to the one before, by the library's comparator hook; none is " +
        "the library's default",
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
  }),
  counters: [],
  knownGaps: [],
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
      for (const sql of context.tables.flatMap((table) => createTableSql(table, "sqlite"))) {
        await database.execute(sql);
      }
    } catch (error) {
      await database.close();
      throw error;
    }
    return new PowerSyncSession(database, context);
  },
};

async function loadLibrary(): Promise<PowerSync> {
  // @ts-ignore: resolved by drivers/powersync/deno.json
  return await import("@powersync/node") as unknown as PowerSync;
}

// What is used of the library, so that the file is checked without it as well.
interface PowerSync {
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

interface WatchOptions {
  readonly signal: AbortSignal;
  readonly throttleMs: number;
  readonly comparator?: { checkEquality(current: QueryResult, previous: QueryResult | null): boolean };
}

interface Database extends LockContext {
  init(): Promise<void>;
  executeBatch(sql: string, rows: readonly Args[]): Promise<unknown>;
  getAll(sql: string, args: Args): Promise<Row[]>;
  writeLock<T>(work: (connection: LockContext) => Promise<T>): Promise<T>;
  watch(
    sql: string,
    args: Args,
    handler: { onResult(result: QueryResult): void; onError(error: unknown): void },
    options: WatchOptions,
  ): void;
  close(): Promise<void>;
}

class PowerSyncSession implements Session {
  readonly #database: Database;
  readonly #watchOptions: Omit<WatchOptions, "signal">;

  constructor(database: Database, { options }: OpenContext) {
    this.#database = database;
    this.#watchOptions = {
      throttleMs: Number(options["throttle"]),
      ...(options["comparator"] === "rows" ? { comparator: { checkEquality: haveEqualRows } } : {}),
    };
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.#database.execute(statement.sql, args);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    await this.#database.executeBatch(statement.sql, rows);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.getAll(query.sql, args);
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const end = new AbortController();
    this.#database.watch(query.sql, args, {
      onResult: ({ array }) => observer.next(array),
      onError: (error) => observer.error(error),
    }, { ...this.#watchOptions, signal: end.signal });
    return { close: () => end.abort() };
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

function haveEqualRows(current: QueryResult, previous: QueryResult | null): boolean {
  return previous !== null && JSON.stringify(current.array) === JSON.stringify(previous.array);
}
