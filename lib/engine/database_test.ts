import assert from "node:assert/strict";
import { EngineError } from "./errors.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  tempFile,
  testInEachMode,
  withDatabase,
} from "./testing/fixtures.ts";
import type { SqlValue } from "./values.ts";

const test = testInEachMode;

async function refusal(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    return error;
  }
  throw new Error("expected an EngineError");
}

test("execute() reports changes, rowid and RETURNING rows when SQLite does", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)");
    assert.deepEqual(await db.execute("INSERT INTO t(a) VALUES (?) RETURNING id, a", ["x"]), {
      changes: 1,
      lastRowid: 1,
      rows: [{ id: 1, a: "x" }],
    });
    assert.equal((await db.execute("UPDATE t SET a = 'y' WHERE id > 5")).changes, 0);
    assert.equal((await db.executeBatch("INSERT INTO t(a) VALUES (?)", [["b"], ["c"]])).changes, 2);
    assert.equal((await db.execute("CREATE TABLE u(a)")).changes, 0, "not those of the statement before");
    assert.deepEqual(await db.executeBatch("INSERT INTO t(a) VALUES (?)", []), {
      changes: 0,
      lastRowid: 0,
      rows: [],
    });
  }));

test("selectArrays() gives what select() gives, in the order of the columns", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)");
    const values: SqlValue[][] = [
      [1, "x", null],
      [2, 0.5, new Uint8Array([1, 2])],
      [3, 2n ** 60n, -1],
      [4, "", 7],
    ];
    await db.executeBatch("INSERT INTO t VALUES (?, ?, ?)", values);
    const sql = "SELECT id, a, b FROM t WHERE id <> ? ORDER BY id";
    const rows = await db.select(sql, [4]);
    assert.deepEqual(rows.map((row) => Object.values(row)), values.slice(0, 3));
    assert.deepEqual(await db.selectArrays(sql, [4]), values.slice(0, 3));
    assert.deepEqual(await db.selectArrays("SELECT id, -id AS id, b AS __proto__ FROM t WHERE id = 4"), [[
      4,
      -4,
      7,
    ]]);
    assert.deepEqual(await db.selectArrays("SELECT id FROM t WHERE id = 9"), []);
    await db.transaction(async (tx) => {
      await tx.execute("DELETE FROM t WHERE id > 1");
      assert.deepEqual(await tx.selectArrays("SELECT id, a FROM t"), [[1, "x"]]);
      assert.equal((await db.selectArrays("SELECT id FROM t")).length, 4);
    });
    const refused = await refusal(db.selectArrays("SELECT nope FROM t"));
    assert.deepEqual([refused.verb, refused.sqliteCode], ["select", 1]);
  }));

test("execute() rejects with code, SQL and verb when SQLite refuses", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE)");
    await db.execute("INSERT INTO t VALUES (1, 1)");
    const twice = await refusal(db.execute("INSERT INTO t VALUES (2, 1)"));
    assert.deepEqual([twice.code, twice.sqliteCode, twice.verb, twice.sql], [
      "SQLITE_CONSTRAINT_UNIQUE",
      2067,
      "execute",
      "INSERT INTO t VALUES (2, 1)",
    ]);
    assert.equal((await refusal(db.select("SELECT nope FROM t"))).sqliteCode, 1);
    assert.equal(
      (await refusal(db.executeBatch("INSERT INTO t VALUES (?, ?)", [[5, 5], [6, 1]]))).code,
      twice.code,
    );
    assert.deepEqual(await db.select("SELECT id FROM t"), [{ id: 1 }]);
    for (
      const [sql, reason] of [
        ["", /empty/],
        ["-- nothing", /empty/],
        ["SELECT 1; DELETE FROM t", /one statement/],
        ["BEGIN", /transaction\(\)/],
        ["SAVEPOINT x", /transaction\(\)/],
        ["ATTACH ':memory:' AS b", /readers would not see/],
        ["PRAGMA journal_mode = DELETE", /belongs to the engine/],
      ] as const
    ) {
      assert.match((await refusal(db.execute(sql))).reason, reason);
    }
    assert.match(
      (await refusal(db.execute("INSERT INTO t VALUES (?, ?)", [1, undefined as never]))).reason,
      /param 2/,
    );
    assert.match(
      (await refusal(db.execute("INSERT INTO t VALUES (?, ?)", [1, 2n ** 63n]))).reason,
      /64 bits/,
    );
    assert.match(
      (await refusal(db.executeBatch("INSERT INTO t VALUES (?, ?)", [[1, 2], [1]]))).reason,
      /row 2 has 1/,
    );
    assert.equal((await refusal(db.select("DELETE FROM t"))).code, "MISUSE");
    for (const sql of ["SELECT 1", "INSERT INTO t(a) VALUES (1) RETURNING id"]) {
      assert.match((await refusal(db.executeBatch(sql, [[]]))).reason, /must not return rows/);
    }
    for (const call of [db.execute(1 as never), db.select(null as never), db.executeBatch({} as never, [])]) {
      assert.match((await refusal(call)).reason, /SQL must be a string/);
    }
    assert.match(
      (await refusal(db.transaction(1 as never))).message,
      /Cannot run transaction: the body must be/,
    );
    assert.deepEqual(await db.select("SELECT id FROM t"), [{ id: 1 }]);
  }));

test("openDatabase() rejects options that it does not know when it is called", async () => {
  using file = tempFile();
  await assert.rejects(openDatabase(file.path, { reader: 2 } as never), TypeError);
  await assert.rejects(openDatabase(file.path, { readers: 0 }), RangeError);
  await assert.rejects(openDatabase(file.path, { policy: "none" as never }), RangeError);
  await assert.rejects(openDatabase("file::memory:"), EngineError);
  const missing = await refusal(openDatabase(`${file.path}/not/there.db`));
  assert.deepEqual([missing.verb, missing.code], ["open", "SQLITE_CANTOPEN"]);
  assert.match((await refusal(openDatabase(new URL("file:///x.db") as never))).reason, /must be a string/);
  Deno.writeTextFileSync(file.path, "not a database".repeat(100));
  const other = await refusal(openDatabase(file.path));
  assert.deepEqual([other.code, other.message.includes(file.path)], ["SQLITE_NOTADB", true]);
});

test("watch() iterates over results when it is used with for await", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const counts: unknown[] = [];
    for await (const [row] of db.watch("SELECT COUNT(*) AS c FROM t")) {
      counts.push(row!.c);
      if (counts.length === 4) break;
      await db.execute("INSERT INTO t DEFAULT VALUES");
    }
    assert.deepEqual(counts, [0, 1, 2, 3]);
    assert.equal(db.liveQueryCount, 0);
    await assert.rejects(async () => {
      for await (const _ of db.watch("SELECT * FROM missing")) assert.fail("no rows expected");
    }, /no such table/);
    assert.equal(db.liveQueryCount, 0);
  }));

test("watch() shares one entry and shows the cached result at once when queries are equal", () =>
  withDatabase({ profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
    const sql = "SELECT COUNT(*) AS c FROM t WHERE b IS NOT ?";
    using first = new Emissions(db.watch(sql, [new Uint8Array([1])]));
    await first.atLeast(1);
    const before = db.counters().requery_count;
    using second = new Emissions(db.watch(sql, [new Uint8Array([1])]));
    using other = new Emissions(db.watch(sql, ["1"]));
    assert.equal(db.liveQueryCount, 2);
    await second.atLeast(1);
    await other.atLeast(1);
    assert.equal(db.counters().requery_count - before, 1);
    assert.equal(second.all[0], first.all[0], "the very same rows");
    await db.execute("INSERT INTO t VALUES (1, 2)");
    await quiet(db);
    assert.deepEqual([first.last, second.last], [[{ c: 1 }], [{ c: 1 }]]);
    assert.equal(db.counters().requery_count - before, 3);
  }));

test("watch() shows a newcomer what was acknowledged before when the equal stream is outdated", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    const sql = "SELECT COUNT(*) AS c FROM t";
    using first = new Emissions(db.watch(sql));
    await first.atLeast(1);
    await db.execute("INSERT INTO t VALUES (1)");
    // The re-query is still under way: what is cached is the empty table.
    using second = new Emissions(db.watch(sql));
    await second.atLeast(1);
    assert.deepEqual(second.all[0], [{ c: 1 }]);
  }));

test("watch() shows an error once and recovers when its cause is gone", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    await db.execute("CREATE TABLE u(id INTEGER PRIMARY KEY)");
    using emissions = new Emissions(db.watch("SELECT id FROM t"));
    await emissions.atLeast(1);
    await db.execute("DROP TABLE t");
    await emissions.atLeast(2);
    await db.execute("INSERT INTO u VALUES (1)");
    await quiet(db);
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, more TEXT)");
    await emissions.atLeast(3);
    await db.execute("INSERT INTO t(id) VALUES (7)");
    await emissions.atLeast(4);
    assert.deepEqual(emissions.all.map((item) => item instanceof EngineError ? item.sqliteCode : item), [
      [],
      1,
      [],
      [{
        id: 7,
      }],
    ]);
  }));

test("counters() stays at zero when profiling is off", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    assert.ok(Object.values(db.counters()).every((value) => value === 0));
    assert.deepEqual(db.trace(), []);
  }));

test("trace() tells commit, invalidation, re-query and delivery in order on one clock when profiling", () =>
  withDatabase({ profile: true }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    using emissions = new Emissions(db.watch("SELECT id FROM t"));
    await emissions.atLeast(1);
    db.trace();
    db.resetCounters();
    const before = performance.now();
    await db.execute("INSERT INTO t VALUES (1)");
    await emissions.atLeast(2);
    const after = performance.now();
    const events = db.trace();
    assert.deepEqual(events.map((event) => event.kind), [
      "commit",
      "invalidate",
      "requery-sent",
      "requery-start",
      "requery-end",
      "requery-result",
      "deliver",
    ]);
    const own = events.filter((event) => event.kind !== "requery-start" && event.kind !== "requery-end");
    assert.ok(own.every((event) => event.atMs >= before && event.atMs <= after));
    const counters = db.counters();
    assert.deepEqual([counters.writer_handle_count, counters.requery_count, counters.emit_count], [1, 1, 1]);
    assert.equal(counters.parked_total, 0);
  }));
