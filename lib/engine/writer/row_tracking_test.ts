import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Database } from "../database.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  refreshCount,
  tempFile,
  testInEachMode,
  withDatabase,
} from "../testing/fixtures.ts";

const test = testInEachMode;

/** Ten live queries, each on its own list; gives the number of results that a write causes. */
async function withLists(
  body: (db: Database, cost: (write: () => Promise<unknown>) => Promise<number>) => Promise<void>,
): Promise<void> {
  await withDatabase({ readers: 1, profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, x INT)");
    await db.execute("CREATE INDEX t_list ON t(list)");
    await db.executeBatch(
      "INSERT INTO t VALUES (?, ?, 0)",
      Array.from({ length: 40 }, (_, i) => [i + 1, i % 10]),
    );
    using stack = new DisposableStack();
    for (let list = 0; list < 10; list++) {
      stack.use(new Emissions(db.watch("SELECT id, x FROM t WHERE list = ?", [list])));
    }
    const cost = async (write: () => Promise<unknown>) => {
      await quiet(db);
      db.resetCounters();
      await write();
      await quiet(db);
      return refreshCount(db);
    };
    assert.equal(await cost(() => db.execute("UPDATE t SET x = 1 WHERE id = 1")), 1);
    await body(db, cost);
  });
}

test("a change of schema in a batch ends the reports of rows, and new live queries begin them again", () =>
  withLists(async (db, cost) => {
    const { changes } = await db.executeBatch("ALTER TABLE t RENAME COLUMN list TO lst", [[]]);
    assert.equal(changes, 0);
    using shown = new Emissions(db.watch("SELECT id, x FROM t WHERE lst = ?", [7]));
    await quiet(db);
    for (
      const sql of ["UPDATE t SET x = x + 1", "INSERT INTO t VALUES (50, 7, 1)", "DELETE FROM t WHERE id = 8"]
    ) {
      await db.execute(sql);
      await quiet(db);
      assert.deepEqual(shown.last, await db.select("SELECT id, x FROM t WHERE lst = ?", [7]), sql);
    }
    assert.equal(await cost(() => db.execute("UPDATE t SET x = 9 WHERE id = 18")), 1);
  }));

test("a change of schema that is undone leaves the reports of rows as they were", () =>
  withLists(async (db, cost) => {
    const undone = new Error("undone");
    const alter = "ALTER TABLE t ADD COLUMN more";
    const ways: readonly (() => Promise<unknown>)[] = [
      () =>
        assert.rejects(
          db.transaction(async (tx) => {
            await tx.execute(alter);
            throw undone;
          }),
          undone,
        ),
      () =>
        db.transaction(async (tx) => {
          await tx.execute("UPDATE t SET x = 2 WHERE id = 1");
          await assert.rejects(
            tx.transaction(async (inner) => {
              await inner.execute(alter);
              throw undone;
            }),
            undone,
          );
        }),
      () => assert.rejects(db.executeBatch(alter, [[], []]), /duplicate column name/),
      () => assert.rejects(db.execute("CREATE UNIQUE INDEX t_unique ON t(list)"), /UNIQUE/),
    ];
    for (const way of ways) {
      await way();
      await quiet(db);
      for (let id = 1; id < 4; id++) {
        assert.equal(
          await cost(() => db.execute("UPDATE t SET x = x + 1 WHERE id = ?", [id])),
          1,
          String(way),
        );
      }
    }
  }));

test("a write concerns the live queries of its rows and no others, however it comes to change them", () =>
  withLists(async (db, cost) => {
    await db.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY, u UNIQUE)");
    await db.execute(
      "CREATE TABLE child(id INTEGER PRIMARY KEY, parent REFERENCES parent(id) ON DELETE CASCADE, " +
        "boss REFERENCES child(id) ON DELETE CASCADE, k UNIQUE, v)",
    );
    await db.execute("CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID");
    await db.executeBatch(
      "INSERT INTO parent VALUES (?, ?)",
      Array.from({ length: 10 }, (_, i) => [i, `u${i}`]),
    );
    await db.executeBatch(
      "INSERT INTO child(parent, boss, k) VALUES (?, ?, ?)",
      Array.from({ length: 40 }, (_, i) => [i % 10, i < 10 ? null : i - 9, `k${i}`]),
    );
    await db.executeBatch("INSERT INTO w VALUES (?, 0)", Array.from({ length: 10 }, (_, i) => [`w${i}`]));
    using stack = new DisposableStack();
    const all: (readonly [Emissions, string, (number | string)[]])[] = [];
    const watch = (sql: string, params: (number | string)[]) =>
      all.push([stack.use(new Emissions(db.watch(sql, params))), sql, params]);
    for (let i = 0; i < 10; i++) {
      watch("SELECT id, k, v FROM child WHERE parent = ?", [i]);
      watch("SELECT * FROM w WHERE k = ?", [`w${i}`]);
      watch("SELECT id, x FROM t WHERE id < ? AND id > ? ORDER BY id DESC LIMIT 3", [i * 4 + 4, i * 4]);
    }
    await quiet(db);
    // The first write after a query came may find no reports yet.
    await db.execute("UPDATE child SET v = 1 WHERE id = 1");
    const writes: readonly (readonly [most: number, sql: string, params?: (number | string)[]])[] = [
      [1, "INSERT INTO child(id, parent, k) VALUES (1, 0, 'new') ON CONFLICT(id) DO UPDATE SET v = 2"],
      [6, "INSERT OR REPLACE INTO child(parent, k, v) VALUES (3, 'k4', 3)"],
      [6, "REPLACE INTO child(id, parent, k) VALUES (8, 2, 'k28')"],
      [6, "UPDATE OR REPLACE child SET k = 'k15' WHERE id = 17"],
      [1, "UPDATE child SET k = 'other' WHERE id = 20"],
      [3, "DELETE FROM child WHERE id = 9"],
      [6, "DELETE FROM parent WHERE id = 6"],
      [6, "REPLACE INTO parent VALUES (70, 'u7')"],
      [1, "UPDATE w SET v = v + 1 WHERE k = ?", ["w3"]],
      [1, "REPLACE INTO w VALUES ('w4', 9)"],
      [2, "UPDATE t SET x = x + 1 WHERE id = ?", [13]],
      [0, "UPDATE t SET x = x + 1 WHERE x LIKE ?", ["no%"]],
    ];
    for (const withTriggers of [false, true]) {
      if (withTriggers) {
        await db.execute("CREATE TABLE log(x)");
        await db.execute("CREATE TRIGGER c AFTER UPDATE ON child BEGIN INSERT INTO log VALUES (NEW.id); END");
        await db.execute("CREATE TRIGGER d AFTER DELETE ON child BEGIN DELETE FROM log; END");
        await quiet(db);
        await db.execute("UPDATE child SET v = 1 WHERE id = 1");
      }
      for (const [most, sql, params] of writes) {
        const found = await cost(() => db.execute(sql, params));
        // With triggers of the user's REPLACE deletes in silence, as it does in an UPDATE.
        const isTold = !sql.includes("REPLACE") || (!withTriggers && !sql.startsWith("UPDATE"));
        if (isTold) {
          assert.ok(found <= most, `${sql}: ${found} re-queries`);
        }
        for (const [shown, query, given] of all) {
          assert.deepEqual(shown.last, await db.select(query, given), sql);
        }
      }
    }
    // The engine's own setting is not the user's.
    assert.deepEqual((await db.execute("PRAGMA recursive_triggers")).rows, [{ recursive_triggers: 0 }]);
    await db.execute("PRAGMA recursive_triggers = ON");
    assert.deepEqual((await db.execute("PRAGMA recursive_triggers")).rows, [{ recursive_triggers: 1 }]);
  }));

test("REPLACE fires no trigger that another process has just made", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 1, externalPollMs: 0 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE)");
  await db.execute("CREATE TABLE gone(id)");
  await db.execute("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
  using rows = new Emissions(db.watch("SELECT u FROM t WHERE id = ?", [1]));
  await rows.atLeast(1);
  await quiet(db);
  const replace = "REPLACE INTO t VALUES (?, ?)";
  await db.execute(replace, [1, 1]);
  using other = new DatabaseSync(file.path);
  other.exec("CREATE TRIGGER g AFTER DELETE ON t BEGIN INSERT INTO gone VALUES (OLD.id); END");
  await db.execute(replace, [2, 2]);
  await db.executeBatch(replace, [[3, 3], [1, 4]]);
  assert.deepEqual(await db.select("SELECT * FROM gone"), []);
  await db.execute("DELETE FROM t WHERE id = 2");
  assert.deepEqual(await db.select("SELECT * FROM gone"), [{ id: 2 }]);
  await rows.until([{ u: 4 }]);
});

test("a batch of many rows concerns the live queries of its values, and of a few that lie between", () =>
  withLists(async (db, cost) => {
    const rows = Array.from({ length: 6000 }, (_, i) => [1000 + i, 3]);
    assert.equal(await cost(() => db.executeBatch("INSERT INTO t(id, list) VALUES (?, ?)", rows)), 1);
    using between = new Emissions(db.watch("SELECT x FROM t WHERE id = ?", [1500]));
    using beyond = new Emissions(db.watch("SELECT x FROM t WHERE id = ?", [2]));
    await Promise.all([between.atLeast(1), beyond.atLeast(1)]);
    await quiet(db);
    await db.execute("UPDATE t SET x = 0 WHERE id = 1");
    assert.equal(await cost(() => db.execute("UPDATE t SET x = 7 WHERE list = 3 AND id >= 1000")), 2);
    assert.deepEqual([between.last, beyond.last], [[{ x: 7 }], [{ x: 0 }]]);
  }));

test("rows are reported no more when nobody has needed them for some writes, and again when somebody does", () =>
  withDatabase({ readers: 1, profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    await db.execute("INSERT INTO t VALUES (1, 0), (2, 0)");
    const triggers = async () =>
      (await db.execute("SELECT COUNT(*) AS n FROM temp.sqlite_schema WHERE type = 'trigger'")).rows[0]!.n;
    for (let round = 0; round < 2; round++) {
      const shown = new Emissions(db.watch("SELECT x FROM t WHERE id = ?", [1]));
      await shown.atLeast(1);
      await quiet(db);
      assert.equal(await triggers(), 3);
      shown[Symbol.dispose]();
      for (let i = 0; i < 20; i++) await db.execute("UPDATE t SET x = x + 1 WHERE id = 2");
      assert.equal(await triggers(), 0);
    }
    using shown = new Emissions(db.watch("SELECT x FROM t WHERE id = ?", [1]));
    await shown.atLeast(1);
    await db.execute("UPDATE t SET x = 99 WHERE id = 1");
    await shown.until([{ x: 99 }]);
  }));

test("a live query follows its rows when an UPDATE calls the rowid by another name than its column's", () =>
  withDatabase({ readers: 1, holdMs: 0 }, async (db) => {
    await db.exec(`
      CREATE TABLE t(id INTEGER PRIMARY KEY, list INT, x INT); CREATE INDEX t_list ON t(list);
      CREATE TABLE u(list INT, x INT); CREATE INDEX u_list ON u(list);`);
    await db.executeBatch("INSERT INTO t VALUES (?, ?, ?)", [[1, 7, 1], [2, 7, 2], [3, 8, 3]]);
    await db.executeBatch("INSERT INTO u VALUES (?, ?)", [[7, 1], [7, 2]]);
    const queries = [
      ["SELECT id, x FROM t WHERE id = ?", 11],
      ["SELECT id, x FROM t WHERE list = ? ORDER BY id", 7],
      ["SELECT id FROM t WHERE id > ? ORDER BY id LIMIT 2", 2],
      ["SELECT rowid, x FROM u WHERE list = ? ORDER BY rowid", 7],
    ] as const;
    using stack = new DisposableStack();
    const shown = queries.map(([sql, param]) => stack.use(new Emissions(db.watch(sql, [param]))));
    await quiet(db);
    // Until here the rows are reported, or nothing would be shown by them.
    await db.execute("UPDATE t SET x = 5 WHERE id = 2");
    const moves = [["MIN", 11], ["MAX", 1]] as const;
    for (const name of ["rowid", "oid", "_rowid_", "ROWID"]) {
      for (
        const [table, [which, to]] of ["t", "u"].flatMap((each) => moves.map((move) => [each, move] as const))
      ) {
        const row = `(SELECT ${which}(rowid) FROM ${table})`;
        await db.execute(`UPDATE ${table} SET ${name} = ? WHERE rowid = ${row}`, [to]);
        await quiet(db);
        for (const [i, [sql, param]] of queries.entries()) {
          assert.deepEqual(shown[i]!.last, await db.select(sql, [param]), `${name} of ${table}: ${sql}`);
        }
      }
    }
  }));
