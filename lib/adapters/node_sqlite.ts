import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { openSqliteSession, sqliteFile } from "./shared/sqlite_session.ts";

/** SQLite as the runtime brings it along: the floor for writes and reads. */
export const nodeSqlite: Adapter = {
  id: "node-sqlite",
  title: "node:sqlite",
  about:
    "SQLite inside the runtime, called synchronously through node:sqlite. One connection on a file in WAL mode " +
    "with synchronous=NORMAL; statements are prepared once; a batch is one BEGIN IMMEDIATE transaction.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread.",
  homepage: "https://nodejs.org/api/sqlite.html",
  drivers: {},
  options: {},
  permissions: {},
  capabilities: () => ({
    liveQueries: "none",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "wal-normal",
    worksOn: "caller",
  }),
  counters: [],
  knownGaps: [],
  async open(context) {
    const { DatabaseSync } = await loadDriver("node:sqlite", () => import("node:sqlite"));
    return openSqliteSession(new DatabaseSync(sqliteFile(context)), context.tables);
  },
};
