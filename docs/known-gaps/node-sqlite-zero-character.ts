/**
 * node:sqlite of Deno 2.9.6 gives back text up to the first U+0000; SQLite itself has all of it.
 * https://sqlite.org/nulinstr.html (U+0000 in text, and how to ask for its length in bytes)
 *
 *     deno run --no-config --no-lock docs/known-gaps/node-sqlite-zero-character.ts
 */
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(":memory:");
db.exec("CREATE TABLE t(v TEXT)");
db.prepare("INSERT INTO t VALUES (?)").run("a\0b");
const row = db.prepare("SELECT v, length(CAST(v AS BLOB)) AS bytes FROM t").get()!;
console.log(`stored ${row["bytes"]} bytes, read ${JSON.stringify(row["v"])}`);
console.log(row["v"] === "a\0b" ? "The gap is closed" : "The gap is there: the text was cut");
db.close();
