/** Calls that are given up: what was promised to be undone is, and what was done is told. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EngineError } from "./errors.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  tempFile,
  testInEachMode,
  withDatabase,
} from "./testing/fixtures.ts";

const test = testInEachMode;
const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) " +
  "SELECT SUM(i) AS s FROM n";
const aborted = { name: "EngineError", code: "ABORTED" };

test("every verb rejects with ABORTED and the signal's reason when the signal was aborted before", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const reason = new Error("no more");
    const options = { signal: AbortSignal.abort(reason) };
    const calls: readonly (() => Promise<unknown>)[] = [
      () => db.execute("INSERT INTO t VALUES (1)", [], options),
      () => db.executeBatch("INSERT INTO t VALUES (?)", [[1], [2]], options),
      () => db.batch(["INSERT INTO t VALUES (1)"], options),
      () => db.exec("INSERT INTO t VALUES (1)", options),
      () => db.transaction((tx) => tx.execute("INSERT INTO t VALUES (1)"), options),
      () => db.migrate(["INSERT INTO t VALUES (1)"], options),
      () => db.select("SELECT 1", [], options),
      () => db.iterate("SELECT 1", [], options).next(),
    ];
    for (const call of calls) {
      await assert.rejects(call(), (error: EngineError) => {
        assert.equal(error.code, "ABORTED", String(call));
        assert.equal(error.cause, reason);
        return true;
      });
    }
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 0 }]);
  }));

test("every verb takes options that give nothing up, and refuses what are none", () =>
  withDatabase({ readers: 1 }, async (db) => {
    const options = { signal: new AbortController().signal, timeoutMs: 100_000 };
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)", [], options);
    await db.executeBatch("INSERT INTO t VALUES (?)", [[1], [2]], options);
    await db.batch(["INSERT INTO t VALUES (3)"], options);
    await db.exec("INSERT INTO t VALUES (4)", options);
    await db.transaction((tx) => tx.execute("INSERT INTO t VALUES (5)"), options);
    await db.migrate(["INSERT INTO t VALUES (6)"], options);
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t", [], options), [{ c: 6 }]);
    const seen: unknown[] = [];
    for await (const { id } of db.iterate("SELECT id FROM t ORDER BY id", [], options)) seen.push(id);
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6]);
    const misuse = { code: "MISUSE" };
    await assert.rejects(db.select("SELECT 1", [], { timeoutMs: -1 }), misuse);
    await assert.rejects(db.select("SELECT 1", [], { signal: {} as AbortSignal }), misuse);
    await assert.rejects(db.execute("SELECT 1", [], 5 as never), misuse);
  }));

test("select() rejects at once and leaves the reader behind when it is given up while it runs", () =>
  withDatabase({ readers: 1, closeTimeoutMs: 0, profile: true }, async (db) => {
    const controller = new AbortController();
    const running = db.select(endless, [], { signal: controller.signal });
    const waiting = db.select("SELECT 2 AS two", [], { signal: controller.signal });
    const other = db.select("SELECT 3 AS three");
    controller.abort();
    await assert.rejects(running, aborted);
    await assert.rejects(waiting, aborted);
    assert.deepEqual(await other, [{ three: 3 }]);
    assert.equal(db.counters().reader_restarts, 1);
    await assert.rejects(db.select(endless, [], { timeoutMs: 1 }), { code: "TIMEOUT" });
  }));

test("execute() is taken back when it waits for a transaction, and a transaction is undone, when they are given up", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const controller = new AbortController();
    const { signal } = controller;
    const began = Promise.withResolvers<void>();
    const never = new Promise<void>(() => {});
    let later: Promise<unknown> | undefined;
    const holding = db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1)");
      await tx.transaction(async (inner) => {
        await inner.execute("INSERT INTO t VALUES (2)");
        signal.addEventListener(
          "abort",
          () => later = inner.execute("INSERT INTO t VALUES (3)").catch(() => {}),
        );
        began.resolve();
        await never;
      });
    }, { signal });
    await began.promise;
    const own = new AbortController();
    const waiting = db.execute("INSERT INTO t VALUES (4)", [], { signal: own.signal });
    const behind = db.execute("INSERT INTO t VALUES (5)");
    own.abort();
    await assert.rejects(waiting, aborted);
    controller.abort();
    await assert.rejects(holding, aborted);
    await behind;
    await later;
    assert.deepEqual(await db.select("SELECT id FROM t"), [{ id: 5 }]);
  }));

test("executeBatch() keeps all or nothing when it is given up on its way, and says which", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    let kept = 0;
    for (let i = 0; i < 8; i++) {
      const controller = new AbortController();
      const rows = Array.from({ length: 4000 }, () => [null]);
      const batches = Array.from(
        { length: 4 },
        () =>
          db.executeBatch("INSERT INTO t VALUES (?)", rows, { signal: controller.signal }).then(
            () => kept += rows.length,
            (error) => assert.equal(error.code, "ABORTED"),
          ),
      );
      for (let turn = 0; turn < i; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      controller.abort();
      await Promise.all(batches);
      assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: kept }]);
    }
  }));

test("execute() is given up or done, never both, when another connection holds the file", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 1 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const other = new DatabaseSync(file.path);
  other.exec("BEGIN IMMEDIATE");
  const first = db.execute("INSERT INTO t VALUES (1)");
  const controller = new AbortController();
  const given = [2, 3].map((id) =>
    db.execute("INSERT INTO t VALUES (?)", [id], { signal: controller.signal })
  );
  const last = db.execute("INSERT INTO t VALUES (4)");
  const waiting = Promise.all(given.map((each) => assert.rejects(each, aborted)));
  controller.abort();
  other.exec("COMMIT");
  other.close();
  await Promise.all([first, waiting, last]);
  assert.deepEqual(await db.select("SELECT id FROM t"), [{ id: 1 }, { id: 4 }]);
});

test("iterate() ends with the error when it is given up in the middle", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    await db.executeBatch("INSERT INTO t VALUES (?)", Array.from({ length: 5000 }, () => [null]));
    const controller = new AbortController();
    let count = 0;
    await assert.rejects(async () => {
      for await (const _ of db.iterate("SELECT id FROM t", [], { signal: controller.signal })) {
        if (++count === 10) controller.abort();
      }
    }, aborted);
    assert.ok(count < 5000);
  }));

test("watch() ends its subscriptions and loops without an error when its signal aborts", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const controller = new AbortController();
    const query = db.watch("SELECT COUNT(*) AS c FROM t", [], { signal: controller.signal });
    using shown = new Emissions(query);
    await shown.atLeast(1);
    for await (const _ of query) controller.abort();
    assert.equal(db.liveQueryCount, 0);
    await db.execute("INSERT INTO t VALUES (1)");
    await quiet(db);
    assert.equal(shown.all.length, 1);
    for await (const _ of query) assert.fail("a signal that was aborted lets nothing begin");
  }));

test("watch() tells a subscription and a loop of TIMEOUT when no first result comes in time, and shows it when it comes", () =>
  withDatabase({ readers: 1, writer: "thread" }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const busy = db.select(endless, [], { timeoutMs: 400 }).catch((error) => error.code);
    const query = db.watch("SELECT COUNT(*) AS c FROM t", [], { timeoutMs: 1 });
    using shown = new Emissions(query);
    await assert.rejects(query[Symbol.asyncIterator]().next(), { code: "TIMEOUT", verb: "watch" });
    assert.equal(await busy, "TIMEOUT");
    await shown.until([{ c: 0 }]);
    assert.equal((shown.all[0] as EngineError).code, "TIMEOUT");
    assert.equal(shown.all.length, 2);
    for (const options of [{ timeoutMs: Number.NaN }, { signal: 5 }, 5]) {
      const broken = db.watch("SELECT 1", [], options as never);
      assert.throws(() => broken.subscribe(() => {}), { code: "MISUSE" });
    }
  }));
