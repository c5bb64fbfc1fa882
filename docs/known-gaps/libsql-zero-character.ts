/**
 * libsql 0.5.29 gives back text up to the first U+0000; the file has all of it.
 * https://github.com/tursodatabase/libsql-js
 *
 *     deno run --no-config --no-lock --allow-all docs/known-gaps/libsql-zero-character.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import Database from "npm:libsql@0.5.29";

const db = new Database(":memory:");
db.exec("CREATE TABLE t(v TEXT)");
db.prepare("INSERT INTO t VALUES (?)").run("a\0b");
const row = db.prepare("SELECT v, length(CAST(v AS BLOB)) AS bytes FROM t").get();
console.log(`stored ${row.bytes} bytes, read ${JSON.stringify(row.v)}`);
console.log(row.v === "a\0b" ? "The gap is closed" : "The gap is there: the text was cut");
db.close();
