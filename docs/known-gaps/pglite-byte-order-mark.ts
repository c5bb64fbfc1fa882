/**
 * PGlite 0.5.17 gives back text without the U+FEFF that it begins with: its decoder takes it for a byte order mark.
 * https://developer.mozilla.org/docs/Web/API/TextDecoder/ignoreBOM
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/pglite-byte-order-mark.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { PGlite } from "npm:@electric-sql/pglite@0.5.17";

const db = await PGlite.create();
await db.exec("CREATE TABLE t(v TEXT)");
await db.query("INSERT INTO t VALUES ($1)", ["\uFEFFa"]);
const { rows: [row] } = await db.query("SELECT v, octet_length(v) AS bytes FROM t");
console.log(`stored ${row.bytes} bytes, read ${row.v.length} characters of 2`);
console.log(row.v === "\uFEFFa" ? "The gap is closed" : "The gap is there: the first character is missing");
await db.close();
