/**
 * SQLocal 0.18.0: a reactive query does not notice DELETE without a condition, nor any change of a table WITHOUT ROWID, as
 * both go past SQLite's update hook; and one that SQLite answers from an index alone is refused ("does not read any
 * tables").
 * https://sqlocal.dev/api/reactivequery https://sqlite.org/c3ref/update_hook.html
 *
 *     deno run --no-config --no-lock --allow-all --node-modules-dir=none docs/known-gaps/sqlocal-reactive-queries.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { SQLocal } from "npm:sqlocal@0.18.0";

const db = await new Promise((resolve) => {
  const made = new SQLocal({ databasePath: ":memory:", reactive: true, onConnect: () => resolve(made) });
});
const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
await db.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, city TEXT)");
await db.sql("CREATE INDEX t_city ON t(city)");
await db.sql("CREATE TABLE w(id INTEGER PRIMARY KEY) WITHOUT ROWID");
await db.sql("INSERT INTO t VALUES (1, 'Rome')");
const shown: Record<string, number> = {};
const watch = (name: string, sql: string) =>
  db.reactiveQuery({ sql, params: [] }).subscribe(
    (rows) => {
      shown[name] = rows.length;
    },
    (error) => {
      shown[name] = error.message;
    },
  );
const live = [
  watch("all", "SELECT * FROM t"),
  watch("index", "SELECT city FROM t WHERE city = 'Rome'"),
  watch("plain", "SELECT * FROM w"),
];
await pause();
console.log(`from an index alone: ${shown.index}`);
await db.sql("DELETE FROM t");
await db.sql("INSERT INTO w VALUES (1)");
await pause();
console.log(`deleted everything: read 0, shown ${shown.all}`);
console.log(`WITHOUT ROWID: read 1, shown ${shown.plain}`);
console.log(
  shown.all === 0 && shown.plain === 1 && shown.index === 0
    ? "The gap is closed"
    : "The gap is there: live queries are out of date, or refused",
);
for (const subscription of live) subscription.unsubscribe();
await db.destroy();
