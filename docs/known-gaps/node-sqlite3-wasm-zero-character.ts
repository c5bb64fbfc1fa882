/**
 * node-sqlite3-wasm 0.8.60 stores and gives back text up to the first U+0000.
 * https://github.com/tndrle/node-sqlite3-wasm
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/node-sqlite3-wasm-zero-character.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import sqlite from "npm:node-sqlite3-wasm@0.8.60";

const db = new sqlite.Database(":memory:");
db.run("CREATE TABLE t(v TEXT)");
db.run("INSERT INTO t VALUES (?)", ["a\0b"]);
const row = db.get("SELECT v, length(CAST(v AS BLOB)) AS bytes FROM t");
console.log(`stored ${row.bytes} bytes, read ${JSON.stringify(row.v)}`);
console.log(row.v === "a\0b" ? "The gap is closed" : "The gap is there: the text was cut");
db.close();
