/**
 * PGlite 0.5.17: a live query that begins to fail tells of it by a rejection that nobody can catch; the rows that were
 * shown before stay.
 * https://pglite.dev/docs/live-queries
 *
 *     deno run --no-config --no-lock --allow-read --allow-env docs/known-gaps/pglite-live-error.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { PGlite } from "npm:@electric-sql/pglite@0.5.17";
import { live } from "npm:@electric-sql/pglite@0.5.17/live";

const uncaught: unknown[] = [];
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  uncaught.push(event.reason);
});
const db = await PGlite.create({ extensions: { live } });
await db.exec("CREATE TABLE t(id INT PRIMARY KEY, n BIGINT); INSERT INTO t VALUES (1, 1), (2, 2)");
const sql = "SELECT SUM(n)::bigint AS total FROM t";
let shown: unknown;
const query = await db.live.query(sql, [], ({ rows }) => {
  shown = rows[0].total;
});
await db.query("UPDATE t SET n = 9223372036854775807");
await new Promise((resolve) => setTimeout(resolve, 500));
const read = await db.query(sql).then(() => "a sum", (error) => error.message);
console.log(`read  ${read}`);
console.log(`shown ${shown}, uncaught ${uncaught.map(String).join(", ") || "nothing"}`);
console.log(shown === 3 ? "The gap is there: the old sum is shown" : "The gap is closed");
await query.unsubscribe();
await db.close();
