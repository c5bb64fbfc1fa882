import assert from "node:assert/strict";
import {
  Emissions,
  openDatabase,
  quiet,
  tempFile,
  testInEachMode,
  withDatabase,
} from "./testing/fixtures.ts";

const test = testInEachMode;

test("transaction() keeps or undoes as a whole when it is nested", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const seen: unknown[] = [];
    await db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1)");
      await tx.transaction(async (inner) => {
        await inner.execute("INSERT INTO t VALUES (2)");
        await assert.rejects(tx.execute("INSERT INTO t VALUES (9)"), /nested one open/);
        await inner.transaction(async (deepest) => {
          await deepest.execute("INSERT INTO t VALUES (3)");
          throw new Error("undo 3");
        }).catch((error) => seen.push(error.message));
      });
      seen.push(
        (await tx.select("SELECT id FROM t")).map((row) => row.id),
        await db.select("SELECT id FROM t"),
      );
      await assert.rejects(tx.executeBatch("INSERT INTO t VALUES (?)", [[4], [1]]), /UNIQUE/);
      await tx.executeBatch("INSERT INTO t VALUES (?)", [[5], [6]]);
    });
    assert.deepEqual(seen, ["undo 3", [1, 2], []]);
    assert.deepEqual((await db.select("SELECT id FROM t")).map((row) => row.id), [1, 2, 5, 6]);
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.execute("DELETE FROM t");
        throw new Error("undo all");
      }),
      /undo all/,
    );
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 4 }]);
  }));

test("transaction() has the writer to itself when other writes are asked meanwhile", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, by TEXT)");
    const first = db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t(by) VALUES ('a')");
      await db.select("SELECT 1");
      await tx.execute("INSERT INTO t(by) VALUES ('a')");
    });
    const outside = db.execute("INSERT INTO t(by) VALUES ('b')");
    const second = db.transaction((tx) => tx.execute("INSERT INTO t(by) VALUES ('c')"));
    await Promise.all([first, outside, second]);
    assert.deepEqual((await db.select("SELECT by FROM t ORDER BY id")).map((row) => row.by), [
      "a",
      "a",
      "b",
      "c",
    ]);
    let kept: { execute(sql: string): Promise<unknown> } | undefined;
    await db.transaction(async (tx) => void (kept = tx));
    await assert.rejects(kept!.execute("DELETE FROM t"), /has ended/);
  }));

test("transaction() rolls back when SQLite has ended it by itself", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.execute("INSERT INTO t VALUES (1)");
        await assert.rejects(tx.execute("INSERT OR ROLLBACK INTO t VALUES (1)"), /UNIQUE/);
        await tx.execute("INSERT INTO t VALUES (2)");
      }),
      /rolled the transaction back/,
    );
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 0 }]);
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.execute("CREATE TABLE c(p REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)");
        await tx.execute("INSERT INTO c VALUES (99)");
      }),
      /FOREIGN KEY/,
    );
    await db.execute("INSERT INTO t VALUES (3)");
    assert.deepEqual(await db.select("SELECT id FROM t"), [{ id: 3 }]);
  }));

test("execute() keeps what OR FAIL keeps, and no more, when a transaction has changed the schema before", () =>
  withDatabase({ profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p, q)");
    await db.execute("CREATE INDEX t_q ON t(q)");
    {
      using rows = new Emissions(db.watch("SELECT id FROM t WHERE q = ?", [1]));
      await rows.atLeast(1);
      await quiet(db);
      await db.executeBatch("INSERT INTO t(q) VALUES (?)", [[2], [2], [2], [2], [2]]);
      await db.execute("DELETE FROM t WHERE id IN (3, 4)");
      await quiet(db);
      // The first reports may come after the first commit.
      assert.ok(db.counters().row_spared > 0, "a batch and a statement are known by row");
    }
    await db.transaction((tx) => tx.execute("CREATE TABLE u(x)"));
    await assert.rejects(db.transaction(() => Promise.reject(new Error("undone"))), /undone/);
    // 6 and 3 are new, 2 is not.
    const some = "INSERT OR FAIL INTO t(id) SELECT id + 1 FROM t ORDER BY id DESC";
    await assert.rejects(db.execute(some), { code: "SQLITE_CONSTRAINT_PRIMARYKEY" });
    assert.deepEqual((await db.select("SELECT id FROM t ORDER BY id")).map((row) => row.id), [1, 2, 3, 5, 6]);
  }));

test("close() undoes and rejects a transaction when its callback has not ended, and says so", async () => {
  using file = tempFile();
  const db = await openDatabase(file.path);
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const inside = Promise.withResolvers<void>();
  const later = Promise.withResolvers<void>();
  const late: unknown[] = [];
  const outcome = assert.rejects(
    db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1)");
      inside.resolve();
      await later.promise;
      for (
        const call of [tx.execute("INSERT INTO t VALUES (2)"), tx.select("SELECT 1"), db.select("SELECT 1")]
      ) {
        late.push(await call.catch((error) => error.code));
      }
      await tx.transaction(() => Promise.reject(new Error("not reached")));
    }),
    { code: "CLOSED", verb: "transaction", reason: /before the callback had ended, all of it is undone/ },
  );
  await inside.promise;
  const waiting = assert.rejects(db.execute("INSERT INTO t VALUES (3)"), { code: "CLOSED" });
  await db.close();
  await Promise.all([outcome, waiting]);
  // The callback goes on: it is refused, and what it rejects with is no uncaught error.
  later.resolve();
  while (late.length < 3) await new Promise<void>((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(late, ["CLOSED", "CLOSED", "CLOSED"]);
  await using again = await openDatabase(file.path);
  assert.deepEqual(await again.select("SELECT id FROM t"), []);
});

test("close() keeps a transaction when its COMMIT was sent before, and tells its value", async () => {
  using file = tempFile();
  const db = await openDatabase(file.path);
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const ended = Promise.withResolvers<void>();
  const outcome = db.transaction(async (tx) => {
    await tx.execute("INSERT INTO t VALUES (1)");
    // Microtasks later the COMMIT goes out, a turn later it may be answered.
    setTimeout(() => ended.resolve(), 0);
    return "kept";
  });
  await ended.promise;
  await db.close();
  assert.equal(await outcome, "kept");
  await using again = await openDatabase(file.path);
  assert.deepEqual(await again.select("SELECT id FROM t"), [{ id: 1 }]);
});
