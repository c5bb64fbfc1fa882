import type { Adapter } from "../model/adapter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import { isPage } from "../model/runtime.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { openTursoSession, type Turso, TURSO_IDIOMS } from "./shared/turso_session.ts";
import { SQLITE_FLOOR } from "./shared/sqlite_session.ts";

/** Turso Database in a browser: SQLite written anew in Rust, compiled to WebAssembly, with its file on OPFS. */
export const tursoWasm: Adapter = {
  id: "turso-wasm",
  title: "Turso Database on OPFS",
  about:
    "SQLite written anew in Rust and compiled to WebAssembly with threads, in the page, with its files in the origin private " +
    "file system, which a worker reads and writes. One connection in WAL mode with synchronous=NORMAL; statements are " +
    "prepared once; a batch is one transactionAsync in immediate mode.",
  unfair:
    "It has no live queries, so its writes pay nothing for noticing changes: a floor, not a rival. It is younger than " +
    "version 1.0. It needs pages that are cross-origin isolated.",
  homepage: "https://github.com/tursodatabase/turso",
  idioms: TURSO_IDIOMS,
  objection: "It is younger than version 1.0, and `synchronous=NORMAL` is a choice of the bench.",
  runsIn: ["browser"],
  runtimes: ["chromium", "firefox"],
  otherRuntimes: "It is the package for browsers; the one for processes is another adapter here: turso.",
  drivers: { "@tursodatabase/database-wasm": "0.7.2" },
  options: {},
  pageImports: () => ({ page: { "@tursodatabase/database-wasm": ["connect"] } }),
  permissions: {},
  capabilities: () => SQLITE_FLOOR,
  counters: [],
  knownGaps: [],
  async open(context) {
    if (!isPage(context.runtime)) {
      throw new DriverUnavailableError("The package is made for browsers: bench --runtime chromium");
    }
    const library: Turso = await loadDriver(
      "@tursodatabase/database-wasm",
      // @ts-ignore: resolved by the bundler
      () => import("@tursodatabase/database-wasm"),
    );
    return await openTursoSession(library, `${context.directory}.db`, context);
  },
};
