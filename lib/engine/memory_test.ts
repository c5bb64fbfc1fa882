/** Databases in memory: one connection on the calling thread, and the laws of the others. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openDatabase } from "./database.ts";
import { Emissions, quiet, strict, tempFile, withMemory } from "./testing/fixtures.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ...strict, fn });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("openDatabase() gives each database in memory its own contents, and serves every verb", async () => {
  await using other = await openDatabase(":memory:");
  await withMemory({}, async (db) => {
    await db.migrate(["CREATE TABLE t(id INTEGER PRIMARY KEY, a)"]);
    using shown = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await shown.until([{ c: 0 }]);
    assert.equal((await db.execute("INSERT INTO t(a) VALUES (?)", ["x"])).lastRowid, 1);
    await db.executeBatch("INSERT INTO t(a) VALUES (?)", Array.from({ length: 2500 }, (_, i) => [i]));
    await db.batch(["INSERT INTO t(a) VALUES (1)", "DELETE FROM t WHERE id = 1"]);
    await db.exec("INSERT INTO t(a) VALUES (2); DELETE FROM t WHERE id = 2");
    await db.transaction(async (tx) => void await tx.execute("DELETE FROM t WHERE id = 3"));
    await shown.until([{ c: 2500 }]);
    let count = 0;
    for await (const { id } of db.iterate<{ id: number }>("SELECT id FROM t ORDER BY id")) {
      assert.equal(id, 4 + count++);
      if (count === 1) await db.execute("DELETE FROM t WHERE id > 2400");
    }
    assert.equal(count, 2500, "rows of the moment when the first was asked for");
    using file = tempFile();
    await db.backup(file.path);
    const copy = new DatabaseSync(file.path);
    const { c } = copy.prepare("SELECT COUNT(*) AS c FROM t").get() as { c: number };
    copy.close();
    assert.equal(c, 2397);
    await db.execute("VACUUM").catch((error) => assert.match(error.message, /VACUUM needs the permission/));
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c }]);
  });
  await assert.rejects(other.select("SELECT * FROM t"), /no such table/);
});

test("openDatabase() refuses a database in memory that threads would have to share", async () => {
  await assert.rejects(openDatabase(":memory:", { writer: "thread" }), RangeError);
  await assert.rejects(openDatabase(":memory:", { writer: "auto" }), RangeError);
  await assert.rejects(openDatabase(":memory:", { readOnly: true }), RangeError);
  await using db = await openDatabase(":memory:", { writer: "caller", externalPollMs: 200 });
  assert.deepEqual(await db.select("SELECT 1 AS one"), [{ one: 1 }]);
});

test("select() and watch() show committed states only when a transaction is open in memory", () =>
  withMemory({ holdMs: 0 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    using shown = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await shown.until([{ c: 0 }]);
    const inside = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const transaction = db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1)");
      for (const own of [db.select("SELECT 1"), db.iterate("SELECT 1").next()]) {
        await assert.rejects(own, { code: "MISUSE", reason: /must read a database in memory with its tx/ });
      }
      await assert.rejects(db.backup("nowhere.db"), { code: "MISUSE" });
      assert.deepEqual(await tx.select("SELECT id FROM t"), [{ id: 1 }]);
      inside.resolve();
      await go.promise;
      throw new Error("undone");
    });
    const undone = assert.rejects(transaction, /undone/);
    await inside.promise;
    const controller = new AbortController();
    const given = db.select("SELECT 2", [], { signal: controller.signal });
    const reads: unknown[] = [];
    const read = db.select("SELECT id FROM t").then((rows) => reads.push(rows));
    using late = new Emissions(db.watch("SELECT id FROM t"));
    for (let i = 0; i < 5; i++) await turn();
    assert.deepEqual([reads, late.all, shown.all.length], [[], [], 1]);
    controller.abort();
    await assert.rejects(given, { code: "ABORTED" });
    go.resolve();
    await Promise.all([undone, read]);
    assert.deepEqual(reads, [[]]);
    await late.until([]);
    await db.transaction(async (tx) => void await tx.execute("INSERT INTO t VALUES (5)"));
    await late.until([{ id: 5 }]);
    await quiet(db);
    assert.deepEqual(shown.all, [[{ c: 0 }], [{ c: 1 }]]);
  }));

test("watch() follows temporary tables and views in memory, where reads see them", () =>
  withMemory({ holdMs: 0 }, async (db) => {
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1); CREATE TEMP TABLE s(a);");
    using both = new Emissions(db.watch("SELECT (SELECT COUNT(*) FROM s) AS s, (SELECT MAX(a) FROM t) AS t"));
    await both.until([{ s: 0, t: 1 }]);
    await db.execute("INSERT INTO s VALUES (1)");
    await both.until([{ s: 1, t: 1 }]);
    await db.exec("CREATE TEMP TRIGGER copied AFTER INSERT ON t BEGIN INSERT INTO s VALUES (new.a); END");
    await db.execute("INSERT INTO t VALUES (7)");
    await both.until([{ s: 2, t: 7 }]);
    using shadowed = new Emissions(db.watch("SELECT a FROM t ORDER BY a"));
    await shadowed.until([{ a: 1 }, { a: 7 }]);
    await db.execute("CREATE TEMP TABLE t AS SELECT 9 AS a");
    await shadowed.until([{ a: 9 }]);
    await db.execute("UPDATE temp.t SET a = 10");
    await shadowed.until([{ a: 10 }]);
    await db.execute("DROP TABLE temp.t");
    await shadowed.until([{ a: 1 }, { a: 7 }]);
  }));

test("select() writes nothing in memory, where the connection could", () =>
  withMemory({}, async (db) => {
    await db.exec(`
      CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE INDEX t_a ON t(a); INSERT INTO t VALUES (1, 1);
      CREATE TEMP TABLE s(a)`);
    for (
      const sql of [
        "INSERT INTO t(a) VALUES (2) RETURNING id",
        "DELETE FROM t RETURNING id",
        "INSERT INTO s VALUES (1) RETURNING a",
        "CREATE TEMP TABLE r AS SELECT 1",
        "PRAGMA user_version = 3",
        "PRAGMA optimize",
        "REINDEX",
        "VACUUM",
      ]
    ) {
      await assert.rejects(db.select(sql), { code: "MISUSE" }, sql);
      await assert.rejects(db.iterate(sql).next(), { code: "MISUSE" }, sql);
    }
    assert.deepEqual(await db.select("SELECT * FROM t"), [{ id: 1, a: 1 }]);
    assert.deepEqual(await db.select("PRAGMA user_version"), [{ user_version: 0 }]);
    assert.deepEqual(await db.select("SELECT name FROM sqlite_schema ORDER BY 1"), [{ name: "t" }, {
      name: "t_a",
    }]);
  }));

test("select() goes on in later turns when this turn's time is spent", () =>
  withMemory({ callerBudgetMs: 0 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const order: number[] = [];
    const all = Array.from(
      { length: 1500 },
      (_, i) =>
        (i % 3 === 0 ? db.execute("INSERT INTO t VALUES (?)", [i]) : db.select("SELECT ? AS i", [i])).then(
          () => {
            if (i % 3 > 0) order.push(i);
          },
        ),
    );
    await turn();
    assert.ok(order.length < 1000, "not all in one turn");
    await Promise.all(all);
    assert.deepEqual(order, order.toSorted((a, b) => a - b), "reads in the order in which they were asked");
    assert.equal(order.length, 1000);
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 500 }]);
  }));

test("a function may ask the database for more, which is served when the statement has ended", async () => {
  const functions = new URL("./testing/functions.ts", import.meta.url);
  await withMemory({ functions, holdMs: 0 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const asked: Promise<unknown>[] = [];
    const hook = globalThis as { watchliteAsked?: () => void };
    hook.watchliteAsked = () => {
      asked.push(db.execute("INSERT INTO t DEFAULT VALUES"), db.select("SELECT COUNT(*) AS c FROM t"));
    };
    try {
      await db.select("SELECT ask() AS a");
      await Promise.all(asked);
      await db.execute("INSERT INTO t SELECT 10 WHERE ask() = 1");
      await Promise.all(asked);
    } finally {
      delete hook.watchliteAsked;
    }
    assert.equal(asked.length, 4);
    assert.deepEqual(await db.select("SELECT id FROM t ORDER BY id"), [{ id: 1 }, { id: 10 }, { id: 11 }]);
  });
});

test("close() rejects reads that wait for a transaction in memory, and undoes it", async () => {
  const db = await openDatabase(":memory:");
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const inside = Promise.withResolvers<void>();
  const undone = assert.rejects(
    db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1)");
      inside.resolve();
      await new Promise(() => {});
    }),
    { code: "CLOSED" },
  );
  await inside.promise;
  const waiting = assert.rejects(db.select("SELECT 1"), { code: "CLOSED" });
  await db.close();
  await Promise.all([undone, waiting]);
  await assert.rejects(db.select("SELECT 1"), { code: "CLOSED" });
  await assert.rejects(db.backup("nowhere.db"), { code: "CLOSED" });
});
