import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import type { SqliteConnection, SqliteStatement } from "./shared/sqlite_session.ts";
import {
  openSqliteSession,
  SQLITE_FLOOR,
  SQLITE_PRAGMAS,
  SQLITE_TUNING_OPTIONS,
  sqliteFile,
  sqliteTuning,
} from "./shared/sqlite_session.ts";

/** better-sqlite3: the synchronous SQLite binding that most of Node's applications use. */
export const betterSqlite3: Adapter = {
  id: "better-sqlite3",
  title: "better-sqlite3",
  about:
    "The synchronous SQLite binding of Node's world, with a SQLite of its own as native code. One connection on a " +
    "file in WAL mode with synchronous=NORMAL; statements are prepared once; a batch is one BEGIN IMMEDIATE " +
    "transaction.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread. On Deno its native calls cross the Node-API layer.",
  homepage: "https://github.com/WiseLibs/better-sqlite3",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, in autocommit mode.",
      link: "https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md",
    },
    batch: {
      how: "`run` once per row of one prepared statement between BEGIN IMMEDIATE and COMMIT.",
      link: "https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are SQLite's.",
      link: "https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "Its users write `db.transaction(fn)`, which sends the same two statements. WAL is what its " +
    "documentation advises; under Deno every call crosses the Node-API layer, which Node does " +
    "faster.",
  runsIn: ["node", "deno"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "It is native code.",
  drivers: { "better-sqlite3": "13.2.0" },
  options: SQLITE_TUNING_OPTIONS,
  // The system facts are what it asks for to tell the two C libraries of Linux apart.
  permissions: { ffi: true, read: ["driver"], sys: ["cpus", "hostname", "networkInterfaces"] },
  capabilities: () => ({ ...SQLITE_FLOOR, rawRows: true }),
  counters: [],
  knownGaps: [{
    scenario: "values/integers-beyond-safe-range",
    reason:
      "better-sqlite3 13.2.0 rounds integers beyond 53 bits, as it documents, unless safeIntegers makes every integer a bigint",
  }],
  async open(context) {
    const Database: DatabaseClass = await loadDriver(
      "better-sqlite3",
      // @ts-ignore: resolved by drivers/better-sqlite3/deno.json
      async () => (await import("better-sqlite3")).default,
    );
    const database = new Database(sqliteFile(context));
    const connection: SqliteConnection = {
      exec: (sql) => database.exec(sql),
      prepare: (sql) => database.prepare(sql),
      // https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md#rawtogglestate---this
      prepareRaw: (sql) => database.prepare(sql).raw(),
      close: () => database.close(),
    };
    return openSqliteSession(connection, context, SQLITE_PRAGMAS, sqliteTuning(context.options));
  },
};

// What is used of the library, so that the file is checked without it as well.
interface Statement extends SqliteStatement {
  raw(): Statement;
}

interface Database extends SqliteConnection {
  prepare(sql: string): Statement;
}

type DatabaseClass = new (path: string) => Database;
