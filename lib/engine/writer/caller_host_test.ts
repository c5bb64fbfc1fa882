/** What is special about a writer on the calling thread; what is not runs in each mode (`testInEachMode`). */

import assert from "node:assert/strict";
import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { type Database, testHook } from "../database.ts";
import type { OpenOptions } from "../options.ts";
import { Emissions, openDatabase, quiet, strict, tempFile, withDatabase } from "../testing/fixtures.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

/** Everything that a helper can do goes there once it was measured. */
const moving: OpenOptions = { writer: "auto", callerBudgetMs: 0, readers: 1, profile: true };

/** Makes the helper the one that writes. */
async function goAway(db: Database): Promise<void> {
  await db.executeBatch("INSERT INTO away(x) VALUES (?)", Array.from({ length: 50 }, (_, i) => [i]));
}

test("execute() has committed when the call returns, and the promise tells later, when the writer is the caller", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { writer: "caller", callerBudgetMs: 10_000 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const plain = new DatabaseSync(file.path);
  const order: string[] = [];
  const done = db.execute("INSERT INTO t VALUES (1)").then(() => order.push("told"));
  order.push(`there: ${plain.prepare("SELECT COUNT(*) AS c FROM t").get()!.c}`);
  await done;
  plain.close();
  assert.deepEqual(order, ["there: 1", "told"]);
});

test("execute() answers as one connection does when statements run on two", () =>
  withDatabase(moving, async (db) => {
    using model = new DatabaseSync(":memory:");
    const rows = Array.from({ length: 50 }, (_, i) => [i]);
    const setUp = [
      "CREATE TABLE away(id INTEGER PRIMARY KEY, x)",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, x)",
    ];
    for (const sql of setUp) {
      await db.execute(sql);
      model.exec(sql);
    }
    const insert = "INSERT INTO away(x) VALUES (?)";
    const asks = "INSERT INTO t(x) SELECT changes() || ' ' || last_insert_rowid() RETURNING id, x";
    for (let round = 0; round < 4; round++) {
      await db.executeBatch(insert, rows);
      for (const row of rows) model.prepare(insert).run(...row);
      for (const sql of ["UPDATE away SET x = 0 WHERE id <= 7", "UPDATE t SET x = x WHERE 0"]) {
        const expected = model.prepare(sql).run();
        assert.deepEqual(
          await db.execute(sql).then(({ changes, lastRowid }) => ({ changes, lastInsertRowid: lastRowid })),
          { ...expected },
        );
      }
      assert.deepEqual((await db.execute(asks)).rows, model.prepare(asks).all().map((row) => ({ ...row })));
    }
  }));

test("execute() stays with the connection that has settings and temporary tables of the user's", () =>
  withDatabase(moving, async (db) => {
    await db.execute("CREATE TABLE away(id INTEGER PRIMARY KEY, x)");
    await goAway(db);
    await goAway(db);
    await db.execute("CREATE TEMP TABLE noted(x)");
    await db.execute(
      "CREATE TEMP TRIGGER note AFTER INSERT ON away BEGIN INSERT INTO noted VALUES (NEW.x); END",
    );
    await goAway(db);
    const { rows } = await db.execute("SELECT COUNT(*) AS c FROM noted");
    assert.deepEqual(rows, [{ c: 50 }]);
  }));

test("watch() asks again only what a commit concerns when it is made by the helper, and what strangers commit meanwhile", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { ...moving, externalPollMs: 0 });
  await db.execute("CREATE TABLE away(id INTEGER PRIMARY KEY, x INT)");
  await db.execute("CREATE INDEX away_x ON away(x)");
  using stack = new DisposableStack();
  const all = Array.from(
    { length: 60 },
    (_, i) => stack.use(new Emissions(db.watch("SELECT COUNT(*) AS c FROM away WHERE x = ?", [i]))),
  );
  await Promise.all(all.map((each) => each.atLeast(1)));
  await goAway(db);
  await quiet(db);
  db.resetCounters();
  for (let round = 0; round < 3; round++) {
    await db.executeBatch("INSERT INTO away(x) VALUES (?)", [[1], [1], [2]]);
    await quiet(db);
    await db.execute("UPDATE away SET x = 3 WHERE id = (SELECT MAX(id) FROM away)");
    await quiet(db);
  }
  const { requery_count, external_commits } = db.counters();
  assert.ok(requery_count <= 3 * 4, `${requery_count} re-queries`);
  assert.equal(external_commits, 0, "the two connections know each other");
  const stranger = new DatabaseSync(file.path);
  stranger.exec("INSERT INTO away(x) VALUES (59)");
  stranger.close();
  // The next change of place finds it, without a poll.
  await db.transaction(async () => {});
  await goAway(db);
  await db.transaction(async () => {});
  await quiet(db);
  assert.deepEqual(all[59]!.last, [{ c: 1 }]);
});

test("execute() makes no second file when the first went away before the helper opened it", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, moving);
  renameSync(file.path, `${file.path}.away`);
  await db.execute("CREATE TABLE away(id INTEGER PRIMARY KEY, x)");
  for (let round = 0; round < 3; round++) await goAway(db);
  assert.equal(existsSync(file.path), false);
  renameSync(`${file.path}.away`, file.path);
  assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM away"), [{ c: 150 }]);
});

test("execute() rejects what the helper was sent when it dies, and goes on", () =>
  withDatabase(moving, async (db) => {
    await db.execute("CREATE TABLE away(id INTEGER PRIMARY KEY, x)");
    await goAway(db);
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM away"));
    await goAway(db);
    const rows = Array.from({ length: 50 }, (_, i) => [i]);
    db[testHook].crashWriter();
    const sent = await Promise.allSettled(
      Array.from({ length: 3 }, () => db.executeBatch("INSERT INTO away(x) VALUES (?)", rows)),
    );
    for (const each of sent) {
      if (each.status === "rejected") assert.equal(each.reason.code, "WORKER_LOST");
    }
    await goAway(db);
    await db.transaction((tx) => tx.execute("INSERT INTO away(x) VALUES (0)"));
    await quiet(db);
    assert.deepEqual(emissions.last, await db.select("SELECT COUNT(*) AS c FROM away"));
  }));

test("executeBatch() leaves the turns of the event loop to others when thousands of writes are asked at once", () =>
  withDatabase({ writer: "caller", callerBudgetMs: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const rows = Array.from({ length: 500 }, () => [null]);
    await Promise.all(Array.from({ length: 100 }, () => db.executeBatch("INSERT INTO t VALUES (?)", rows)));
    isDone = true;
    assert.ok(turns > 5, `${turns} turns`);
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 50_000 }]);
  }));
