import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Database } from "../database.ts";
import { Emissions, quiet, strict, tempFile, withDatabase } from "../testing/fixtures.ts";
import { openDatabase } from "../database.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

/** Re-queries that one write causes. */
async function cost(db: Database, sql: string, params: readonly (number | string)[]): Promise<number> {
  await quiet(db);
  db.resetCounters();
  await db.execute(sql, params);
  await quiet(db);
  return db.counters().requery_count;
}

test("a statement that SQLite compiles anew for the value of a param concerns no more than before", () =>
  withDatabase({ readers: 1, profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, list, x)");
    await db.execute("CREATE INDEX t_list ON t(list)");
    await db.execute("CREATE TABLE other(a, b)");
    await db.execute("INSERT INTO other VALUES (1, 'x'), (2, 'y')");
    await db.executeBatch(
      "INSERT INTO t(list, x) VALUES (?, ?)",
      Array.from({ length: 500 }, (_, i) => [i % 10, i]),
    );
    for (const analyzed of [false, true]) {
      if (analyzed) await db.execute("ANALYZE");
      using stack = new DisposableStack();
      for (let list = 0; list < 10; list++) {
        stack.use(new Emissions(db.watch("SELECT id, x FROM t WHERE list = ?", [list])));
      }
      await quiet(db);
      await db.execute("UPDATE t SET x = x + 1 WHERE id = 1");
      for (const round of [1, 2, 3]) {
        assert.equal(await cost(db, "UPDATE t SET x = x + 1 WHERE list = ?", [round]), 1);
        assert.equal(await cost(db, "UPDATE other SET a = a + 1 WHERE b LIKE ?", ["x%"]), 0);
        assert.equal(await cost(db, "UPDATE other SET a = a + 1 WHERE a = ?", [round]), 0);
        assert.equal(await cost(db, "UPDATE t SET x = x + 1 WHERE list > ? AND list < 4", [2]), 1);
      }
    }
  }));

test("watch() follows a setting and a schema that change what a kept statement means", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 1, externalPollMs: 0 });
  await db.execute("CREATE TABLE p(id INTEGER PRIMARY KEY)");
  await db.execute("CREATE TABLE c(id INTEGER PRIMARY KEY, p REFERENCES p(id) ON DELETE CASCADE)");
  for (const id of [1, 2, 3]) {
    await db.execute("INSERT INTO p VALUES (?)", [id]);
    await db.execute("INSERT INTO c(p) VALUES (?)", [id]);
  }
  using children = new Emissions(db.watch("SELECT COUNT(*) AS n FROM c"));
  const removeParent = "DELETE FROM p WHERE id = ?";
  await db.execute("PRAGMA foreign_keys = OFF");
  await db.execute(removeParent, [1]);
  await children.until([{ n: 3 }]);
  await db.execute("PRAGMA foreign_keys = ON");
  await db.execute(removeParent, [2]);
  await children.until([{ n: 2 }]);
  const other = new DatabaseSync(file.path);
  other.exec(
    "CREATE TABLE log(x); CREATE TRIGGER gone AFTER DELETE ON p BEGIN INSERT INTO log VALUES (OLD.id); END",
  );
  other.close();
  using log = new Emissions(db.watch("SELECT x FROM log"));
  await log.until([]);
  await db.execute(removeParent, [3]);
  await log.until([{ x: 3 }]);
});
