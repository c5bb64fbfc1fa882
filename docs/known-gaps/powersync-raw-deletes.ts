/**
 * @powersync/node 1.1.0: on raw tables, a watched query does not notice DELETE without a condition, nor any change of a
 * table WITHOUT ROWID: both go past SQLite's update hook. Its own tables, views over JSON, are right.
 * https://sqlite.org/c3ref/update_hook.html
 *
 *     deno run --no-config --no-lock --allow-all --node-modules-dir=none docs/known-gaps/powersync-raw-deletes.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { PowerSyncDatabase, Schema } from "npm:@powersync/node@1.1.0";

const folder = await Deno.makeTempDir();
const db = new PowerSyncDatabase({
  schema: new Schema({}),
  database: { dbFilename: "data.db", dbLocation: folder, implementation: { type: "node:sqlite" } },
});
await db.init();
await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
await db.execute("CREATE TABLE w(id INTEGER PRIMARY KEY) WITHOUT ROWID");
await db.executeBatch("INSERT INTO t VALUES (?)", [[1], [2]]);
const shown: Record<string, number> = {};
const stops = ["t", "w"].map((table) => {
  const live = db.query({ sql: `SELECT count(*) AS n FROM ${table}`, parameters: [] }).watch();
  return live.registerListener({
    onData: (rows) => {
      shown[table] = rows[0]?.n;
    },
  });
});
await new Promise((resolve) => setTimeout(resolve, 500));
await db.execute("DELETE FROM t");
await db.execute("INSERT INTO w VALUES (1)");
await new Promise((resolve) => setTimeout(resolve, 500));
console.log(`deleted everything: read 0, shown ${shown.t}`);
console.log(`WITHOUT ROWID: read 1, shown ${shown.w}`);
console.log(
  shown.t === 0 && shown.w === 1 ? "The gap is closed" : "The gap is there: live queries are out of date",
);
for (const stop of stops) stop();
await db.close();
await Deno.remove(folder, { recursive: true });
