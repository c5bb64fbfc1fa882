import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Database } from "../database.ts";
import type { OpenOptions } from "../options.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  tempFile,
  testEverywhere,
  testInEachMode,
  withDatabase,
} from "../testing/fixtures.ts";

const options: OpenOptions = { patch: "on", readers: 2, profile: true, externalPollMs: 0 };
const list = "SELECT id, x FROM t WHERE list = ? ORDER BY id";

/** Ten lists of four rows, of which some are watched; `cost` gives the numbers of re-queries and patches of what it runs. */
async function withLists(
  body: (
    db: Database,
    cost: (run: () => Promise<unknown>) => Promise<readonly [requeries: number, patches: number]>,
  ) => Promise<void>,
  more: OpenOptions = {},
): Promise<void> {
  await withDatabase({ ...options, ...more }, async (db) => {
    await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, x); CREATE INDEX t_list ON t(list)");
    await db.executeBatch(
      "INSERT INTO t VALUES (?, ?, 0)",
      Array.from({ length: 40 }, (_, i) => [i + 1, i % 10]),
    );
    await body(db, async (run) => {
      await quiet(db);
      db.resetCounters();
      await run();
      await quiet(db);
      const { requery_count: requeries, patch_count: patches } = db.counters();
      return [requeries, patches];
    });
  });
}

testEverywhere(
  "watch() shows a commit without a re-query when its rows tell the result",
  () =>
    withLists(async (db, cost) => {
      using three = new Emissions(db.watch(list, [3]));
      using four = new Emissions(db.watch(list, [4]));
      using row = new Emissions(db.watch("SELECT x FROM t WHERE id = ?", [4]));
      const all = async () => {
        assert.deepEqual(three.last, await db.select(list, [3]));
        assert.deepEqual(four.last, await db.select(list, [4]));
        assert.deepEqual(row.last, await db.select("SELECT x FROM t WHERE id = 4"));
      };
      await Promise.all([three, four, row].map((each) => each.atLeast(1)));
      // The first write tells whether the reports of rows have begun.
      await db.execute("UPDATE t SET x = 1 WHERE id = 4");
      const expected: readonly (readonly [sql: string, patches: number])[] = [
        ["UPDATE t SET x = 2.5 WHERE id = 4", 2],
        ["UPDATE t SET x = x WHERE list = 3", 0],
        ["UPDATE t SET x = 'é' WHERE list IN (3, 4)", 3],
        ["UPDATE t SET list = 4 WHERE id = 4", 2],
        ["REPLACE INTO t VALUES (4, 3, 7)", 3],
        ["INSERT INTO t VALUES (50, 3, NULL), (49, 3, 1), (48, 5, 1)", 1],
        ["UPDATE t SET id = 60 WHERE id = 4", 2],
        ["DELETE FROM t WHERE list = 3", 1],
        ["UPDATE t SET x = 1 WHERE list = 9", 0],
      ];
      for (const [sql, patches] of expected) {
        assert.deepEqual(await cost(() => db.execute(sql)), [0, patches], sql);
        await all();
      }
      const group = () =>
        db.transaction(async (tx) => {
          await tx.execute("INSERT INTO t VALUES (4, 3, 1)");
          await tx.execute("UPDATE t SET x = 2 WHERE id = 4");
        });
      assert.deepEqual(await cost(group), [0, 2]);
      await all();
    }),
);

testEverywhere(
  "watch() shows nothing when commits of one turn cancel each other out",
  () =>
    withLists(async (db, cost) => {
      using three = new Emissions(db.watch(list, [3]));
      await three.atLeast(1);
      await db.execute("UPDATE t SET x = 1 WHERE id = 4");
      await quiet(db);
      const count = three.all.length;
      await cost(() =>
        db.transaction(async (tx) => {
          await tx.execute("UPDATE t SET x = 5 WHERE id = 4");
          await tx.execute("UPDATE t SET x = 1 WHERE id = 4");
        })
      );
      assert.equal(three.all.length, count);
    }),
);

testEverywhere(
  "watch() asks all that a commit concerns when one of them cannot be patched",
  () =>
    withLists(async (db, cost) => {
      using three = new Emissions(db.watch(list, [3]));
      using count = new Emissions(db.watch("SELECT SUM(x) AS s FROM t WHERE list = ?", [3]));
      await Promise.all([three, count].map((each) => each.atLeast(1)));
      await db.execute("UPDATE t SET x = 1 WHERE id = 4");
      assert.deepEqual(await cost(() => db.execute("UPDATE t SET x = 2 WHERE id = 4")), [2, 0]);
      assert.deepEqual(
        [three.last, count.last],
        await Promise.all([
          db.select(list, [3]),
          db.select("SELECT SUM(x) AS s FROM t WHERE list = 3"),
        ]),
      );
      assert.deepEqual(await cost(() => db.execute("UPDATE t SET x = 2 WHERE id = 5")), [0, 0]);
      // What was patched before is not shown again when it is asked and has not changed.
      count[Symbol.dispose]();
      assert.deepEqual(await cost(() => db.execute("UPDATE t SET x = 3 WHERE id = 4")), [0, 1]);
      const shown = three.all.length;
      await db.execute("CREATE TABLE other(x)");
      await quiet(db);
      assert.equal(three.all.length, shown);
    }),
);

testEverywhere(
  "watch() asks when what is kept of a write is not what was told of it",
  () =>
    withLists(async (db, cost) => {
      using three = new Emissions(db.watch(list, [3]));
      await three.atLeast(1);
      await db.execute("UPDATE t SET x = 1 WHERE id = 4");
      const undone = new Error("undone");
      const group = () =>
        db.transaction(async (tx) => {
          await tx.execute("UPDATE t SET x = 8 WHERE id = 14");
          await tx.transaction(async (inner) => {
            await inner.execute("UPDATE t SET x = 9 WHERE id = 4");
            throw undone;
          }).catch(() => {});
        });
      assert.deepEqual(await cost(group), [1, 0]);
      assert.deepEqual(three.last, await db.select(list, [3]));
      await assert.rejects(db.execute("INSERT INTO t VALUES (70, 3, 1), (1, 3, 1)"));
      await quiet(db);
      assert.deepEqual(three.last, await db.select(list, [3]));
      for (const blob of ["x'01'", "char(0)", "CAST(x'ff' AS TEXT)", "9007199254740993"]) {
        assert.deepEqual(await cost(() => db.execute(`UPDATE t SET x = ${blob} WHERE id = 4`)), [1, 0], blob);
        assert.deepEqual(three.last, await db.select(list, [3]), blob);
      }
      await db.execute("UPDATE t SET x = 0 WHERE id = 4");
      assert.deepEqual(await cost(() => db.execute("UPDATE t SET x = 1 WHERE id = 4")), [0, 1]);
      // Triggers of the user's may change a row before its earlier change is told.
      await db.execute(
        "CREATE TRIGGER twice AFTER UPDATE OF x ON t WHEN new.x < 100 BEGIN " +
          "UPDATE t SET x = 100 WHERE id = new.id; END",
      );
      await quiet(db);
      const [, patches] = await cost(() => db.execute("UPDATE t SET x = 2 WHERE id = 4"));
      assert.equal(patches, 0);
      assert.deepEqual(three.last, await db.select(list, [3]));
    }),
);

testInEachMode("watch() asks when another connection has committed, which no row tells", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, options);
  await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, x); CREATE INDEX t_list ON t(list)");
  await db.executeBatch("INSERT INTO t VALUES (?, 3, 0)", [[1], [2], [3]]);
  using three = new Emissions(db.watch(list, [3]));
  await three.atLeast(1);
  await db.execute("UPDATE t SET x = 1 WHERE id = 1");
  await quiet(db);
  using other = new DatabaseSync(file.path);
  other.exec("UPDATE t SET x = 5 WHERE id = 2");
  await db.execute("UPDATE t SET x = 2 WHERE id = 1");
  await quiet(db);
  assert.deepEqual(three.last, [{ id: 1, x: 2 }, { id: 2, x: 5 }, { id: 3, x: 0 }]);
});
