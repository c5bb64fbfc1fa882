import type { Adapter } from "../model/adapter.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { SQLITE_FLOOR, sqliteFile } from "./shared/sqlite_session.ts";
import { openTursoSession, type Turso, TURSO_IDIOMS } from "./shared/turso_session.ts";

/** Turso Database: SQLite written anew in Rust, inside the process. */
export const turso: Adapter = {
  id: "turso",
  title: "Turso Database",
  about:
    "SQLite written anew in Rust, in the caller's process, with an asynchronous API. One connection on a file in WAL " +
    "mode with synchronous=NORMAL; statements are prepared once; a batch is one transactionAsync in immediate mode.",
  unfair: "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. " +
    "Its promises resolve without leaving the calling thread. It is younger than version 1.0.",
  homepage: "https://github.com/tursodatabase/turso",
  idioms: TURSO_IDIOMS,
  objection: "It is younger than version 1.0. Concurrent writes with MVCC, its main promise, need several " +
    "connections, which no workload here has; `synchronous=NORMAL` is a choice of the bench.",
  runsIn: ["node", "deno"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes:
    "It is native code; the package for browsers is another one, and here another adapter: turso-wasm.",
  drivers: { "@tursodatabase/database": "0.7.2" },
  options: {},
  // What its loader of native code asks for to choose the right file.
  permissions: {
    ffi: true,
    read: ["driver"],
    env: ["NAPI_RS_ENFORCE_VERSION_CHECK", "NAPI_RS_FORCE_WASI", "NAPI_RS_NATIVE_LIBRARY_PATH"],
    sys: ["cpus", "hostname", "networkInterfaces"],
  },
  capabilities: () => ({ ...SQLITE_FLOOR, rawRows: true }),
  counters: [],
  knownGaps: [{
    scenario: "pace/writes-that-nobody-awaits",
    traits: ["overlap"],
    reason:
      "A statement of @tursodatabase/database 0.7.2 that is run again before its last run has ended binds " +
      "over it (docs/known-gaps/turso-side-by-side.ts)",
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason:
      "@tursodatabase/database 0.7.2 rounds integers beyond 53 bits unless safeIntegers makes every integer a bigint " +
      "(docs/known-gaps/turso-wide-integers.ts)",
  }],
  async open(context) {
    const library: Turso = await loadDriver(
      "@tursodatabase/database",
      // @ts-ignore: resolved by drivers/turso/deno.json
      () => import("@tursodatabase/database"),
    );
    return await openTursoSession(library, sqliteFile(context), context);
  },
};
