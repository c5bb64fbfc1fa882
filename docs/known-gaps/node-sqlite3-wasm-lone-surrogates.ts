/**
 * node-sqlite3-wasm 0.8.60 loses a surrogate without its partner, where others put U+FFFD in its place.
 * https://github.com/tndrle/node-sqlite3-wasm
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/node-sqlite3-wasm-lone-surrogates.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import sqlite from "npm:node-sqlite3-wasm@0.8.60";

const db = new sqlite.Database(":memory:");
let isThere = false;
for (const text of ["a\uD83D", "\uDC69b", "c\uDC69\uD83D"]) {
  const { v } = db.get("SELECT ? AS v", [text]);
  console.log(`${JSON.stringify(text)} became ${JSON.stringify(v)}`);
  isThere ||= v !== text && v !== text.toWellFormed();
}
console.log(isThere ? "The gap is there: a character is missing" : "The gap is closed");
db.close();
