import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import {
  openSqliteSession,
  SQLITE_FLOOR,
  SQLITE_PRAGMAS,
  SQLITE_TUNING_OPTIONS,
  type SqliteConnection,
  sqliteFile,
  sqliteTuning,
} from "./shared/sqlite_session.ts";

/** SQLite as the runtime brings it along: the floor for writes and reads. */
export const nodeSqlite: Adapter = {
  id: "node-sqlite",
  title: "node:sqlite",
  about:
    "SQLite inside the runtime, called synchronously through node:sqlite. One connection on a file in WAL mode " +
    "with synchronous=NORMAL; statements are prepared once; a batch is one BEGIN IMMEDIATE transaction, a step per " +
    "row. The lowest floor is rowsPerStep=16 with checkpointPages=16000.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread.",
  homepage: "https://nodejs.org/api/sqlite.html",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, in autocommit mode.",
      link: "https://nodejs.org/api/sqlite.html#statementrunnamedparameters-anonymousparameters",
    },
    batch: {
      how: "`run` once per row of one prepared statement between BEGIN IMMEDIATE and COMMIT.",
      link: "https://www.sqlite.org/faq.html#q19",
      tried:
        "`rowsPerStep=16` writes 16 rows per step, and `checkpointPages=16000` puts the copying of the log " +
        "off: both are options here, since no documentation of the binding shows them.",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are SQLite's.",
      link: "https://nodejs.org/api/sqlite.html#statementallnamedparameters-anonymousparameters",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://nodejs.org/api/sqlite.html#statementallnamedparameters-anonymousparameters",
      tried: "`get` answers one row without an array, which the contract would have to wrap again.",
    },
    join: {
      how: "One SELECT with JOIN, planned by SQLite.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "A tag store (`createTagStore`) keeps prepared statements as the adapter's own cache does. " +
    "`synchronous=NORMAL` is a choice of the bench, the same for every SQLite here.",
  runsIn: ["deno", "node"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes: "node:sqlite is a part of server runtimes.",
  drivers: {},
  options: SQLITE_TUNING_OPTIONS,
  permissions: {},
  capabilities: () => ({ ...SQLITE_FLOOR, rawRows: true }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-zero-character",
    reason: "node:sqlite of Deno 2.9.6 gives back text up to the first U+0000 " +
      "(docs/known-gaps/node-sqlite-zero-character.ts)",
    runtimes: ["deno"],
  }],
  async open(context) {
    const { DatabaseSync } = await loadDriver("node:sqlite", () => import("node:sqlite"));
    const database = new DatabaseSync(sqliteFile(context));
    const connection: SqliteConnection = {
      exec: (sql) => database.exec(sql),
      prepare: (sql) => database.prepare(sql),
      // https://nodejs.org/api/sqlite.html#statementsetreturnarraysenabled
      prepareRaw: (sql) => {
        const statement = database.prepare(sql);
        // Deno's types do not have it yet.
        (statement as typeof statement & { setReturnArrays(isOn: boolean): void }).setReturnArrays(true);
        return statement;
      },
      close: () => database.close(),
    };
    return openSqliteSession(connection, context, SQLITE_PRAGMAS, sqliteTuning(context.options));
  },
};
