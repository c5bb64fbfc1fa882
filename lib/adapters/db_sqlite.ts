import type { Adapter, Permissions } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { readableVariable } from "./shared/readable_variable.ts";
import type { SqliteConnection, SqliteStatement } from "./shared/sqlite_session.ts";
import { openSqliteSession, SQLITE_FLOOR, sqliteFile } from "./shared/sqlite_session.ts";

/** @db/sqlite: SQLite through Deno's foreign function interface. */
export const dbSqlite: Adapter = {
  id: "db-sqlite",
  title: "@db/sqlite",
  about:
    "SQLite through Deno's foreign function interface, from JSR. It downloads a native library when it is first used, " +
    "or takes the one that DENO_SQLITE_PATH names. One connection on a file in WAL mode with synchronous=NORMAL and " +
    "64-bit integers; statements are prepared once; a batch is one BEGIN IMMEDIATE transaction.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Every call blocks the calling thread. Integers come as bigint and are made numbers here, which costs time.",
  homepage: "https://github.com/denodrivers/sqlite3",
  idioms: {
    write: {
      how: "`run` of a statement that was prepared once, in autocommit mode.",
      link: "https://github.com/denodrivers/sqlite3/blob/main/doc.md",
    },
    batch: {
      how: "`run` once per row of one prepared statement between BEGIN IMMEDIATE and COMMIT.",
      link: "https://github.com/denodrivers/sqlite3/blob/main/doc.md",
    },
    readPage: {
      how: "`all` of a statement that was prepared once; ORDER BY and LIMIT are SQLite's.",
      link: "https://github.com/denodrivers/sqlite3/blob/main/doc.md",
    },
    readKey: {
      how: "`all` of a prepared SELECT by the primary key, the same call as for a page.",
      link: "https://github.com/denodrivers/sqlite3/blob/main/doc.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "Its default cuts integers to 32 bits, which the values here do not fit: with `int64` each " +
    "integer is a bigint first. `unsafeConcurrency` would save checks that one connection does " +
    "not need.",
  runsIn: ["deno"],
  runtimes: ["deno"],
  otherRuntimes: "It opens SQLite through Deno's foreign function interface.",
  drivers: { "@db/sqlite": "jsr:@db/sqlite@0.13.0" },
  options: {},
  get permissions(): Permissions {
    const library = readableVariable(LIBRARY_VARIABLE);
    if (library !== undefined) return { ffi: true, env: OWN_VARIABLES, read: [library] };
    const folder = downloadFolder();
    return {
      ffi: true,
      env: [...OWN_VARIABLES, ...FOLDER_VARIABLES],
      // Where its releases are, and where those are redirected to.
      net: ["github.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"],
      ...(folder === undefined ? {} : { read: [folder], write: [folder] }),
    };
  },
  capabilities: () => SQLITE_FLOOR,
  counters: [],
  knownGaps: [],
  async open(context) {
    const { Database }: DbSqlite = await loadDriver(
      "@db/sqlite",
      // @ts-ignore: resolved by drivers/db-sqlite/deno.json
      () => import("@db/sqlite"),
      () => libraryAdvice(readableVariable(LIBRARY_VARIABLE)),
    );
    // Without it integers are cut to 32 bits.
    const database = new Database(sqliteFile(context), { int64: true });
    return openSqliteSession(new Connection(database), context);
  },
};

const LIBRARY_VARIABLE = "DENO_SQLITE_PATH";
const OWN_VARIABLES = [LIBRARY_VARIABLE, "DENO_SQLITE_LOCAL"];
const FOLDER_VARIABLES = ["DENO_DIR", "HOME", "LOCALAPPDATA", "XDG_CACHE_HOME"];

/** What to look at when the driver could not load the library at `path`; `undefined` is the one that it downloads. */
export async function libraryAdvice(path: string | undefined): Promise<string> {
  if (path === undefined) {
    return `it could not fetch or use a library of its own: ${LIBRARY_VARIABLE} may name one that is installed`;
  }
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `${LIBRARY_VARIABLE} must name a file: there is none at "${path}"`;
  }
  return `${LIBRARY_VARIABLE} must name SQLite's shared library: "${path}" cannot be used as one`;
}

/** Where the driver keeps the library that it has downloaded: beside Deno's own downloads. */
function downloadFolder(): string | undefined {
  const [denoFolder, home, localData, cache] = FOLDER_VARIABLES.map(readableVariable);
  if (denoFolder !== undefined) return `${denoFolder}/plug`;
  if (Deno.build.os === "windows") return localData && `${localData}/deno/plug`;
  if (Deno.build.os === "darwin") return home && `${home}/Library/Caches/deno/plug`;
  return cache === undefined ? home && `${home}/.cache/deno/plug` : `${cache}/deno/plug`;
}

// What is used of the library, so that the file is checked without it as well.
interface DbSqlite {
  readonly Database: new (path: string, options: { int64: boolean }) => Database;
}

interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}

interface Statement {
  run(...args: Value[]): unknown;
  all(...args: Value[]): Record<string, Value>[];
  finalize(): void;
}

/** Gives integers as numbers where those hold them exactly, and frees statements before the database is closed. */
class Connection implements SqliteConnection {
  readonly #database: Database;
  readonly #statements: Statement[] = [];

  constructor(database: Database) {
    this.#database = database;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    this.#statements.push(statement);
    return {
      run: (...args) => statement.run(...args),
      all: (...args) => {
        const rows = statement.all(...args);
        for (const row of rows) {
          for (const column in row) {
            const value = row[column]!;
            if (typeof value === "bigint") {
              const number = Number(value);
              if (Number.isSafeInteger(number)) row[column] = number;
            }
          }
        }
        return rows;
      },
    };
  }

  close(): void {
    for (const statement of this.#statements.splice(0)) statement.finalize();
    this.#database.close();
  }
}
