/**
 * node-sqlite3-wasm 0.8.60 locks a file by a folder beside it, which no other SQLite program looks at: both write, and its
 * connection does not see what the other one has written.
 * https://github.com/tndrle/node-sqlite3-wasm#notes-about-concurrency
 *
 *     deno run --no-config --no-lock --allow-read --allow-write --allow-env \
 *       docs/known-gaps/node-sqlite3-wasm-other-process.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { DatabaseSync } from "node:sqlite";
import sqlite from "npm:node-sqlite3-wasm@0.8.60";

const folder = await Deno.makeTempDir();
const own = new sqlite.Database(`${folder}/data.db`);
own.exec("PRAGMA locking_mode = EXCLUSIVE");
own.exec("CREATE TABLE t(n INTEGER)");
own.run("INSERT INTO t VALUES (1)");
own.get("SELECT count(*) AS n FROM t");
const other = new DatabaseSync(`${folder}/data.db`);
try {
  other.exec("INSERT INTO t VALUES (2)");
  const { n } = own.get("SELECT count(*) AS n FROM t");
  console.log(n === 2 ? "The gap is closed" : `The gap is there: two rows were written, ${n} is seen`);
} catch (error) {
  console.log(`The gap is closed: the other one is kept out (${error.message})`);
}
other.close();
own.close();
await Deno.remove(folder, { recursive: true });
