/**
 * PGlite 0.5.17: a live query of all columns does not show a column that is added while it is watched.
 * https://pglite.dev/docs/live-queries
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/pglite-new-column.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { PGlite } from "npm:@electric-sql/pglite@0.5.17";
import { live } from "npm:@electric-sql/pglite@0.5.17/live";

const db = await PGlite.create({ extensions: { live } });
await db.exec("CREATE TABLE t(id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 1)");
let shown: object = {};
const query = await db.live.query("SELECT * FROM t", [], ({ rows }) => {
  shown = rows[0]!;
});
await db.exec("ALTER TABLE t ADD COLUMN mood TEXT DEFAULT 'calm'");
await db.query("UPDATE t SET n = 2");
await new Promise((resolve) => setTimeout(resolve, 500));
const read = (await db.query("SELECT * FROM t")).rows[0]!;
console.log("read ", read);
console.log("shown", shown);
console.log("mood" in shown ? "The gap is closed" : "The gap is there: the column is missing");
await query.unsubscribe();
await db.close();
