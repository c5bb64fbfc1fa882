/**
 * PGlite 0.5.17: live.incrementalQuery loses the row that takes the place of a deleted one behind the same predecessor,
 * and every row after it.
 * https://github.com/electric-sql/pglite/pull/848
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/pglite-incremental-window.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { PGlite } from "npm:@electric-sql/pglite@0.5.17";
import { live } from "npm:@electric-sql/pglite@0.5.17/live";

const db = await PGlite.create({ extensions: { live } });
await db.exec(
  "CREATE TABLE t(id INT PRIMARY KEY, at INT); INSERT INTO t SELECT n, n * 10 FROM generate_series(1, 9) n",
);
const sql = "SELECT id, at FROM t ORDER BY at DESC LIMIT 3";
let shown: number[] = [];
const query = await db.live.incrementalQuery(sql, [], "id", ({ rows }) => {
  shown = rows.map((row) => (row as { id: number }).id);
});
await db.query("DELETE FROM t WHERE id = 7");
await new Promise((resolve) => setTimeout(resolve, 500));
const read = (await db.query(sql)).rows.map((row) => (row as { id: number }).id);
console.log(`read  ${read}`);
console.log(`shown ${shown}`);
console.log(`${read}` === `${shown}` ? "The gap is closed" : "The gap is there: a row is missing");
await query.unsubscribe();
await db.close();
