import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import {
  openPowerSyncSession,
  POWERSYNC_IDIOMS,
  POWERSYNC_OPTIONS,
  type PowerSyncBasics,
  type PowerSyncConnection,
  type PowerSyncDatabase,
} from "./shared/powersync_session.ts";
import { SQLITE_FILE_NAME } from "./shared/sqlite_session.ts";

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
    ...POWERSYNC_IDIOMS,
    readPage: {
      ...POWERSYNC_IDIOMS.readPage,
      how: "`getAll` on one of the readers; ORDER BY and LIMIT are SQLite's.",
    },
    watchRow: {
      ...POWERSYNC_IDIOMS.watchRow,
      tried:
        "`db.watch`, which its documentation keeps for old code (comparator=none emits as it does): every watched " +
        "query on a written table emits after each commit, changed or not.",
    },
    watchList: {
      ...POWERSYNC_IDIOMS.watchList,
      tried: "`differentialWatch`, which compares rows one by one to tell what has changed: not needed here.",
    },
  },
  objection:
    "Its documentation starts with tables that it makes itself, views over JSON, and calls raw tables advanced; on those " +
    "a delete of all rows is not noticed. One watch may be shared by many listeners, which the bench does not do.",
  runsIn: ["deno", "node", "browser", "react-native"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "The package for browsers is another one, and here another adapter: powersync-web.",
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
    ...POWERSYNC_OPTIONS,
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
    return await openPowerSyncSession(library, database, context);
  },
};

async function loadLibrary(): Promise<PowerSync> {
  // @ts-ignore: resolved by drivers/powersync/deno.json
  return await import("@powersync/node") as unknown as PowerSync;
}

// What is used of the library, so that the file is checked without it as well.
interface PowerSync extends PowerSyncBasics {
  readonly PowerSyncDatabase: new (options: {
    schema: object;
    database: {
      dbFilename: string;
      dbLocation: string;
      implementation: { type: "better-sqlite3" | "node:sqlite" };
      readWorkerCount: number;
      initializeConnection: (connection: PowerSyncConnection, isWriter: boolean) => Promise<void>;
    };
  }) => PowerSyncDatabase;
}
