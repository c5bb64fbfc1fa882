/** What happens when threads and processes die, and when databases close in the middle of things. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { testHook } from "./database.ts";
import { EngineError } from "./errors.ts";
import type { Rows } from "./values.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  strict,
  tempFile,
  testBehindThreads,
  withDatabase,
} from "./testing/fixtures.ts";
import { kill, output, spawn, untilPrinted } from "./testing/program.ts";

const test = testBehindThreads;

const slowRead =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT SUM(i) AS s FROM n";

test("select() is repeated on a new reader when its reader dies", () =>
  withDatabase({ readers: 1, profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await emissions.atLeast(1);
    for (let i = 1; i <= 3; i++) {
      const pending = [db.select(slowRead), db.select("SELECT 1 AS one")];
      db[testHook].killReader(0);
      assert.deepEqual(await Promise.all(pending), [[{ s: 20000100000 }], [{ one: 1 }]]);
      await db.execute("INSERT INTO t DEFAULT VALUES");
      await emissions.atLeast(i + 1);
    }
    assert.deepEqual(emissions.last, [{ c: 3 }]);
    assert.equal(db.counters().reader_restarts, 3);
  }));

test("watch() keeps its streams when readers die during a burst", () =>
  withDatabase({ readers: 2, profile: true, holdMs: 0 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p)");
    using stack = new DisposableStack();
    const all = [0, 1, 2, 3].map((p) =>
      stack.use(new Emissions(db.watch("SELECT COUNT(*) AS c FROM t WHERE p = ?", [p])))
    );
    for (let i = 0; i < 60; i++) {
      await db.execute("INSERT INTO t(p) VALUES (?)", [i % 4]);
      if (i % 20 === 5) db[testHook].killReader(i % 2);
    }
    await quiet(db);
    assert.deepEqual(all.map((each) => each.last), Array(4).fill([{ c: 15 }]));
  }));

// A writer on the calling thread dies with it; what becomes of its helper is in caller_host_test.ts.
Deno.test(
  "execute() rejects everything pending when the writer dies, and the next open recovers the file",
  strict,
  async () => {
    using file = tempFile();
    {
      await using db = await openDatabase(file.path);
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
      await db.execute("INSERT INTO t VALUES (1)");
      using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
      await emissions.atLeast(1);
      const before = db.executeBatch(
        "INSERT INTO t VALUES (?)",
        Array.from({ length: 5000 }, (_, i) => [i + 10]),
      );
      db[testHook].crashWriter();
      const pending = Promise.allSettled([
        db.executeBatch("INSERT INTO t VALUES (?)", Array.from({ length: 5000 }, (_, i) => [i + 9000])),
        db.execute("INSERT INTO t VALUES (2)"),
        db.transaction((tx) => tx.execute("INSERT INTO t VALUES (3)")),
      ]);
      assert.equal((await before).changes, 5000);
      for (const settled of await pending) {
        assert.equal(settled.status, "rejected");
        assert.ok(settled.reason instanceof EngineError);
        assert.equal(settled.reason.code, "WORKER_LOST");
      }
      while (!(emissions.last instanceof EngineError)) await emissions.atLeast(emissions.all.length + 1);
      assert.equal(emissions.last.code, "WORKER_LOST");
      await assert.rejects(db.execute("INSERT INTO t VALUES (4)"), { code: "WORKER_LOST" });
      assert.deepEqual(await db.select("SELECT MIN(id) AS m FROM t"), [{ m: 1 }]);
    }
    await using again = await openDatabase(file.path);
    assert.deepEqual(await again.select("SELECT COUNT(*) AS c FROM t"), [{ c: 5001 }]);
    await again.execute("INSERT INTO t VALUES (4)");
  },
);

test("close() settles everything when it comes during a burst", async () => {
  using file = tempFile();
  const db = await openDatabase(file.path, { readers: 2 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const ended: unknown[] = [];
  const loop = (async () => {
    for await (const [row] of db.watch("SELECT COUNT(*) AS c FROM t")) ended.push(row!.c);
    ended.push("end");
  })();
  const writes = Array.from({ length: 300 }, () => db.execute("INSERT INTO t DEFAULT VALUES"));
  const reads = Array.from({ length: 20 }, () => db.select(slowRead));
  const open = db.transaction(async (tx) => {
    for (;;) await tx.execute("INSERT INTO t DEFAULT VALUES");
  });
  const all = Promise.allSettled([...writes, ...reads, open]);
  await db.close();
  await db.close();
  const settled = await all;
  await loop;
  assert.equal(ended.at(-1), "end");
  const kept = settled.slice(0, 300).filter((each) => each.status === "fulfilled").length;
  assert.equal(kept, 300, "writes that were sent are finished");
  assert.equal(settled.at(-1)!.status, "rejected");
  for (const each of settled) {
    if (each.status === "rejected") assert.equal(each.reason.code, "CLOSED", each.reason.message);
  }
  await assert.rejects(db.execute("SELECT 1"), { code: "CLOSED" });
  await assert.rejects(db.select("SELECT 1"), { code: "CLOSED" });
  assert.throws(() => db.watch("SELECT 1").subscribe(() => {}), { code: "CLOSED" });
  const plain = new DatabaseSync(file.path);
  assert.equal(plain.prepare("SELECT COUNT(*) AS c FROM t").get()!.c, 300, "the open transaction is undone");
  plain.close();
});

test("close() leaves reads behind that do not end", async () => {
  using file = tempFile();
  const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT SUM(i) AS s FROM n";
  const child = spawn(`
    const db = await openDatabase(${JSON.stringify(file.path)}, { readers: 2, closeTimeoutMs: 20 });
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const reads = [1, 2].map((i) => db.select("${endless} -- " + i).catch((error) => error.code));
    await db.execute("INSERT INTO t VALUES (1)");
    await db.close();
    console.log(...await Promise.all(reads));
    Deno.exit(0);
  `);
  assert.equal(await output(child), "CLOSED CLOSED");
});

test("close() leaves a write behind that does not end, and takes back what waits for it", async () => {
  using file = tempFile();
  const child = spawn(`
    const options = { readers: 1, closeTimeoutMs: 20, busyTimeoutMs: 20 };
    const db = await openDatabase(${JSON.stringify(file.path)}, options);
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const endless = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0";
    const writes = [
      db.executeBatch(endless, [[1], [2]]),
      db.execute("INSERT INTO t VALUES (1)"),
      db.transaction((tx) => tx.execute("INSERT INTO t VALUES (2)")),
    ].map((write) => write.catch((error) => error.code));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await db.close();
    console.log(...await Promise.all(writes));
    Deno.exit(0);
  `);
  assert.equal(await output(child), "CLOSED CLOSED CLOSED");
  await using db = await openDatabase(file.path, { readers: 1 });
  assert.deepEqual(await db.select("SELECT id FROM t"), []);
});

test("executeBatch() leaves all or nothing when the process is killed", async () => {
  using file = tempFile();
  const child = spawn(`
    const db = await openDatabase(${JSON.stringify(file.path)});
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, batch)");
    for (let batch = 0;; batch++) {
      const done = db.executeBatch("INSERT INTO t(batch) VALUES (?)", Array.from({ length: 1000 }, () => [batch]));
      if (batch === 3) console.log("burst");
      await done;
    }
  `);
  await untilPrinted(child, "burst");
  await kill(child);
  await using db = await openDatabase(file.path);
  const batches = await db.select("SELECT batch, COUNT(*) AS c FROM t GROUP BY batch");
  assert.ok(batches.length >= 3);
  assert.ok(batches.every((row) => row.c === 1000), JSON.stringify(batches));
  assert.deepEqual(await db.select("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
});

test("execute() goes on when a process that holds the file is killed in the middle of a transaction", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 1 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  using emissions = new Emissions(db.watch("SELECT id FROM t"));
  const child = spawn(`
    const db = await openDatabase(${JSON.stringify(file.path)});
    await db.execute("INSERT INTO t VALUES (1)");
    await db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (2)");
      console.log("open");
      await new Promise((resolve) => setTimeout(resolve, 1 << 30));
    });
  `);
  await untilPrinted(child, "open");
  const waiting = db.execute("INSERT INTO t VALUES (3)");
  await kill(child);
  await waiting;
  await emissions.until([{ id: 1 }, { id: 3 }]);
  assert.deepEqual(await db.select("PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
});

test("execute() and watch() agree with another process when both write at once", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 2, externalPollMs: 5 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, by TEXT)");
  using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c, SUM(by = 'other') AS o FROM t"));
  const child = spawn(`
    const db = await openDatabase(${JSON.stringify(file.path)});
    console.log("ready");
    for (let i = 0; i < 60; i++) await db.execute("INSERT INTO t(by) VALUES ('other')");
    const all = db.watch("SELECT COUNT(*) AS c FROM t");
    for await (const [row] of all) if (row.c === 120) break;
    await db.close();
    console.log("saw all");
  `);
  await untilPrinted(child, "ready");
  for (let i = 0; i < 60; i++) {
    await db.transaction((tx) => tx.execute("INSERT INTO t(by) VALUES ('this')"));
  }
  await emissions.until([{ c: 120, o: 60 }]);
  const shown = emissions.all.map((rows) => (rows as Rows)[0]!.c as number);
  assert.deepEqual(shown, shown.toSorted((a, b) => a - b), "never back in time");
  assert.equal(await output(child), "saw all");
});

test("execute() rejects with SQLITE_BUSY after the timeout when another connection holds the file", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { busyTimeoutMs: 50 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const other = new DatabaseSync(file.path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(db.execute("INSERT INTO t VALUES (1)"), { code: "SQLITE_BUSY", sqliteCode: 5 });
  await assert.rejects(db.executeBatch("INSERT INTO t VALUES (?)", [[1]]), { code: "SQLITE_BUSY" });
  await assert.rejects(db.transaction((tx) => tx.execute("INSERT INTO t VALUES (1)")), {
    code: "SQLITE_BUSY",
  });
  assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 0 }]);
  other.exec("ROLLBACK");
  other.close();
  await db.execute("INSERT INTO t VALUES (1)");
});

test("close() leaves no thread, timer or handle when a process has used the engine", async () => {
  using file = tempFile();
  const child = spawn(`
    const db = await openDatabase(${JSON.stringify(file.path)}, { readers: 4 });
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    let shown = 0;
    db.watch("SELECT COUNT(*) AS c FROM t").subscribe(() => shown++);
    for (let i = 0; i < 50; i++) await db.execute("INSERT INTO t DEFAULT VALUES");
    await db.close();
    console.log("closed");
  `);
  // The process ends by itself, or this waits for ever and the test runner says so.
  assert.equal(await output(child), "closed");
  const names = [...Deno.readDirSync(file.path.replace(/\/[^/]*$/, ""))].map((entry) => entry.name);
  assert.deepEqual(names, ["test.db"], "the log is merged into the file");
});

test("execute() keeps the write-ahead log bounded when a burst goes on under readers", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { walLimitPages: 50, holdMs: 0 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
  using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c, SUM(LENGTH(x)) AS s FROM t"));
  await emissions.atLeast(1);
  let reading = true;
  const readers = [0, 1].map(async () => {
    while (reading) await db.select("SELECT COUNT(*) AS c FROM t");
  });
  for (let i = 0; i < 400; i++) {
    await db.executeBatch("INSERT INTO t(x) VALUES (?)", Array.from({ length: 20 }, () => ["x".repeat(400)]));
  }
  reading = false;
  await Promise.all(readers);
  const pages = Deno.statSync(`${file.path}-wal`).size / 4096;
  // 400 commits write some 2,000 pages: without checkpoints that is the size of the log.
  assert.ok(pages < 500, `the log has ${pages} pages`);
});
