import type { Adapter, Durability } from "../model/adapter.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import { isPage } from "../model/runtime.ts";
import { loadDriver } from "./shared/load_driver.ts";
import {
  openPowerSyncSession,
  POWERSYNC_IDIOMS,
  POWERSYNC_OPTIONS,
  type PowerSyncBasics,
  type PowerSyncDatabase,
} from "./shared/powersync_session.ts";

/** The file systems of the library by the values of the option, and what they flush at a commit. */
const VFS: Readonly<Record<string, { readonly name: string; readonly durability: Durability }>> = {
  // All but one leave SQLite at synchronous=FULL, and flush when SQLite asks.
  "idb-batch-atomic": { name: "IDBBatchAtomicVFS", durability: "full" },
  "opfs-coop-sync": { name: "OPFSCoopSyncVFS", durability: "full" },
  "access-handle-pool": { name: "AccessHandlePoolVFS", durability: "full" },
  // Its log is flushed at checkpoints.
  "opfs-write-ahead": { name: "OPFSWriteAheadVFS", durability: "wal-normal" },
};

/** PowerSync's SDK for browsers: SQLite in a worker on IndexedDB or OPFS with watched queries, without its sync service. */
export const powersyncWeb: Adapter = {
  id: "powersync-web",
  title: "PowerSync Web",
  about:
    "SQLite compiled to WebAssembly with PowerSync's extension in a worker of the page, a shared one with IndexedDB, on " +
    "the library's default file system (IDBBatchAtomicVFS) or one of its three on OPFS. Used without its sync service, " +
    "on plain (raw) tables. Live queries are incremental watches, db.query().watch() with a comparator: at most every " +
    "30 ms after a commit, each watched query on a written table runs again, and shows its result when that has " +
    "changed. A batch is one executeBatch.",
  unfair:
    "The sync service, which is what PowerSync is made for, does nothing here. Every statement crosses to a worker and is " +
    "prepared anew, as the library's cache of statements is off by default. Only vfs=opfs-write-ahead reads beside a " +
    "write, on a second worker.",
  homepage: "https://docs.powersync.com/client-sdks/reference/javascript-web",
  idioms: POWERSYNC_IDIOMS,
  objection:
    "Its documentation starts with tables that it makes itself, views over JSON, and calls raw tables advanced; on those a " +
    "delete of all rows is not noticed. It advises OPFS for large databases, and IndexedDB is the default.",
  runsIn: ["browser"],
  runtimes: ["chromium", "firefox"],
  otherRuntimes: "It is the package for browsers; the one for Node is another adapter here: powersync.",
  drivers: { "@powersync/web": "2.4.0" },
  options: {
    vfs: {
      values: Object.keys(VFS),
      default: "idb-batch-atomic",
      // Its workers have one file open for writing at the same time, which other browsers do not allow yet.
      only: { "opfs-write-ahead": ["chromium"] },
      meaning:
        "The file system below SQLite: IndexedDB, which is the library's default, or one of three on the origin private " +
        "file system, of which opfs-write-ahead has a log of its own",
    },
    ...POWERSYNC_OPTIONS,
  },
  pageImports: ({ vfs = "idb-batch-atomic" }) => {
    const { name } = VFS[vfs]!;
    const build = vfs === "idb-batch-atomic" ? "wa-sqlite-async" : "wa-sqlite";
    return {
      page: { "@powersync/web": ["PowerSyncDatabase", "Schema", "ArrayComparator", "WASQLiteVFS"] },
      worker: {
        [`@journeyapps/wa-sqlite/dist/${build}.mjs`]: ["default"],
        [`@journeyapps/wa-sqlite/src/examples/${name}.js`]: [name],
      },
    };
  },
  permissions: {},
  capabilities: ({ vfs = "idb-batch-atomic" }) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: VFS[vfs]!.durability,
    worksOn: "worker",
    columnTypes: ["real", "blob"],
    transactions: "nested",
  }),
  delay: ({ throttle }) => ({ atMostMs: Number(throttle), isDefault: throttle === "30" }),
  counters: [],
  knownGaps: [{
    scenario: "condition/deletes-everything",
    reason:
      "On raw tables a watched query of @powersync/web 2.4.0 does not notice a DELETE without a condition",
  }, {
    scenario: "schema/table-is-made-while-open",
    reason:
      "On raw tables a watched query of @powersync/web 2.4.0 does not notice changes of a table WITHOUT ROWID",
  }, {
    scenario: "values/text-with-zero-character",
    reason: "@powersync/web 2.4.0 reads a text of U+0000 as an empty one",
  }, {
    scenario: "values/text-with-byte-order-mark",
    reason: "@powersync/web 2.4.0 reads a text of U+FEFF as an empty one",
  }, {
    scenario: "values/blob-everywhere",
    reason: "@powersync/web 2.4.0 reads bytes of length 0 as NULL",
  }],
  async open(context) {
    if (!isPage(context.runtime)) {
      throw new DriverUnavailableError("The package is made for browsers: bench --runtime chromium");
    }
    const library = await loadDriver("@powersync/web", loadLibrary);
    const { name } = VFS[context.options["vfs"] ?? "idb-batch-atomic"]!;
    const make = () =>
      new library.PowerSyncDatabase({
        schema: new library.Schema({}),
        database: { dbFilename: `${context.directory}.db`, vfs: library.WASQLiteVFS[name]! },
      });
    return await openPowerSyncSession(library, await initTwice(make), context);
  },
};

/**
 * A database that is ready. A new one makes its tables on one worker and looks into them on another, which with
 * opfs-write-ahead may not have heard of them yet (@powersync/web 2.4.0): the second time they are there.
 */
export async function initTwice<
  T extends Pick<PowerSyncDatabase, "init"> & { readonly database: { close(): Promise<void> } },
>(make: () => T): Promise<T> {
  const first = make();
  try {
    await first.init();
    return first;
  } catch (error) {
    if (!/no such table: ps_/.test(messageOf(error))) throw error;
    console.warn(`PowerSync could not open, and is opened again: ${messageOf(error)}`);
  }
  // close() of the first itself would wait for what has failed.
  await first.database.close();
  const second = make();
  await second.init();
  return second;
}

async function loadLibrary(): Promise<PowerSync> {
  // @ts-ignore: resolved by the bundler
  return await import("@powersync/web") as unknown as PowerSync;
}

// What is used of the library, so that the file is checked without it as well.
interface PowerSync extends PowerSyncBasics {
  readonly WASQLiteVFS: Readonly<Record<string, string>>;
  readonly PowerSyncDatabase: new (options: {
    schema: object;
    database: { dbFilename: string; vfs: string };
  }) => PowerSyncDatabase & { readonly database: { close(): Promise<void> } };
}
