/**
 * libsql 0.5.29 gives bytes as an ArrayBuffer from all(), and as a Buffer from get().
 * https://github.com/tursodatabase/libsql-js
 *
 *     deno run --no-config --no-lock --allow-all docs/known-gaps/libsql-bytes.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import Database from "npm:libsql@0.5.29";

const db = new Database(":memory:");
const select = db.prepare("SELECT ? AS v");
const bytes = [Uint8Array.of(1, 0, 2)];
const [{ v: fromAll }] = select.all(bytes);
const { v: fromGet } = select.get(bytes);
console.log(`all() gives ${fromAll.constructor.name}, get() gives ${fromGet.constructor.name}`);
console.log(fromAll instanceof Uint8Array ? "The gap is closed" : "The gap is there: they differ");
db.close();
