import type { Adapter } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import type { SqliteConnection } from "./shared/sqlite_session.ts";
import {
  openSqliteSession,
  SQLITE_FLOOR,
  SQLITE_PRAGMAS,
  SQLITE_TUNING_OPTIONS,
  sqliteFile,
  sqliteTuning,
} from "./shared/sqlite_session.ts";

/** libSQL: Turso's fork of SQLite, through its synchronous binding. */
export const libsql: Adapter = {
  id: "libsql",
  title: "libSQL",
  about:
    "Turso's fork of SQLite, through its synchronous binding with the API of better-sqlite3, on a local file " +
    "without a server. One connection in WAL mode with synchronous=NORMAL; statements are prepared once; a batch is " +
    "one BEGIN IMMEDIATE transaction.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread. Many applications use @libsql/client instead, which costs more per call.",
  homepage: "https://github.com/tursodatabase/libsql-js",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, in autocommit mode.",
      link: "https://github.com/tursodatabase/libsql-js/blob/main/docs/api.md",
    },
    batch: {
      how: "`run` once per row of one prepared statement between BEGIN IMMEDIATE and COMMIT.",
      link: "https://github.com/tursodatabase/libsql-js/blob/main/docs/api.md",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are the database's.",
      link: "https://github.com/tursodatabase/libsql-js/blob/main/docs/api.md",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://github.com/tursodatabase/libsql-js/blob/main/docs/api.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "The client that Turso documents first is `@libsql/client`, with promises and one call per " +
    "statement, which costs more. What it was made for, replicas of a remote database, is not " +
    "asked here.",
  runsIn: ["node", "deno", "bun"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "It is native code.",
  drivers: { libsql: "0.5.29" },
  options: SQLITE_TUNING_OPTIONS,
  // The system facts are what it asks for to tell the two C libraries of Linux apart.
  permissions: {
    ffi: true,
    read: ["driver"],
    env: ["LIBSQL_JS_DEV"],
    sys: ["cpus", "hostname", "networkInterfaces"],
  },
  capabilities: () => ({ ...SQLITE_FLOOR, rawRows: true }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-zero-character",
    reason: "libsql 0.5.29 gives back text up to the first U+0000 (docs/known-gaps/libsql-zero-character.ts)",
  }, {
    scenario: "values/blob-everywhere",
    reason: "libsql 0.5.29 gives bytes as an ArrayBuffer from all(), which is no Uint8Array as from get() " +
      "(docs/known-gaps/libsql-bytes.ts)",
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason: "libsql 0.5.29 rounds integers beyond 53 bits unless safeIntegers makes every integer a bigint",
  }, {
    scenario: "close/leaks-nothing",
    reason:
      "libsql 0.5.29 keeps the files of a closed database open until its prepared statements are garbage " +
      "collected, and has no call that frees a statement (docs/known-gaps/libsql-open-files.ts)",
    isTimed: true,
  }],
  async open(context) {
    const Database: DatabaseClass = await loadDriver(
      "libsql",
      // @ts-ignore: resolved by drivers/libsql/deno.json
      async () => (await import("libsql")).default,
    );
    const connection = connect(new Database(sqliteFile(context)));
    return openSqliteSession(connection, context, SQLITE_PRAGMAS, sqliteTuning(context.options));
  },
};

// What is used of the library, so that the file is checked without it as well.
interface Statement {
  run(args: readonly Value[]): unknown;
  all(args: readonly Value[]): unknown[];
  raw(isRaw: true): Statement;
}

interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

type DatabaseClass = new (path: string) => Database;

/** Binds arguments as an array: the library takes a lone NULL for an object of named ones. */
function connect(database: Database): SqliteConnection {
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      return { run: (...args) => statement.run(args), all: (...args) => statement.all(args) };
    },
    // https://github.com/tursodatabase/libsql-js/blob/main/docs/api.md
    prepareRaw(sql) {
      const statement = database.prepare(sql).raw(true);
      return { all: (...args) => statement.all(args) };
    },
    close: () => database.close(),
  };
}
