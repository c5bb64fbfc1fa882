/**
 * Turso Database 0.7.2: a statement that is run again before its last run has ended binds over it: rows are missing, and
 * the same one is written twice.
 * https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md
 *
 *     deno run --no-config --no-lock --allow-all docs/known-gaps/turso-side-by-side.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { connect } from "npm:@tursodatabase/database@0.7.2";

const db = await connect(":memory:");
await db.exec("CREATE TABLE t(n INTEGER)");
const insert = await db.prepare("INSERT INTO t VALUES (?)");
await Promise.all(Array.from({ length: 20 }, (_, n) => insert.run(n)));
const { n } = await (await db.prepare("SELECT count(DISTINCT n) AS n FROM t")).get();
console.log(`20 numbers side by side: ${n} of them are there`);
console.log(n === 20 ? "The gap is closed" : "The gap is there: rows are missing");
await db.close();
