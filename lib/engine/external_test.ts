/** What live queries show of commits that other connections and other processes make. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Database } from "./database.ts";
import { EngineError } from "./errors.ts";
import type { OpenOptions } from "./options.ts";
import { Emissions, openDatabase, quiet, tempFile, testInEachMode } from "./testing/fixtures.ts";
import { output, spawn } from "./testing/program.ts";

const test = testInEachMode;

const often: OpenOptions = { readers: 1, profile: true, externalPollMs: 5 };
const count = "SELECT COUNT(*) AS c FROM t";

/** Runs SQL on the file in a process of its own, without the engine, and waits for its end. */
async function inAnotherProcess(path: string, ...statements: string[]): Promise<void> {
  await output(spawn(`
    const db = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
    for (const sql of ${JSON.stringify(statements)}) db.exec(sql);
    db.close();
  `));
}

test("watch() shows what another process commits when live queries exist", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, often);
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p)");
  await db.execute("CREATE INDEX t_p ON t(p)");
  using all = new Emissions(db.watch(count));
  // Depends by row on this database's own commits; of others nothing is known but that they were.
  using some = new Emissions(db.watch("SELECT id FROM t WHERE p = ?", [7]));
  using none = new Emissions(db.watch("SELECT id FROM t WHERE p = ?", [8]));
  await Promise.all([all.atLeast(1), some.atLeast(1), none.atLeast(1)]);
  await inAnotherProcess(file.path, "INSERT INTO t(id, p) VALUES (1, 7)");
  await Promise.all([all.atLeast(2), some.atLeast(2)]);
  await db.execute("INSERT INTO t(id, p) VALUES (2, 7)");
  await inAnotherProcess(file.path, "DELETE FROM t WHERE id = 1", "INSERT INTO t(id, p) VALUES (3, 7)");
  await some.until([{ id: 2 }, { id: 3 }]);
  await quiet(db);
  assert.deepEqual(all.last, [{ c: 2 }]);
  assert.deepEqual(none.all, [[]], "an unchanged result is not delivered");
  assert.ok(db.counters().external_commits >= 2);
});

test("execute() compiles for the schema of the file when another connection has taken away what a trigger missed", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, often);
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p)");
  await db.execute("CREATE TABLE log(id INTEGER)");
  await db.execute("CREATE TRIGGER t_log AFTER DELETE ON t BEGIN INSERT INTO log VALUES (OLD.id); END");
  await db.execute("INSERT INTO t(id) VALUES (1), (2)");
  await db.execute("DROP TABLE log");
  await assert.rejects(db.execute("DELETE FROM t WHERE id = 1"), /no such table: main\.log/);
  using other = new DatabaseSync(file.path);
  other.exec("DROP TRIGGER t_log");
  // Texts that were not compiled before: nothing tells this connection that its schema is of yesterday.
  assert.equal((await db.execute("DELETE FROM t WHERE id = +1")).changes, 1);
  assert.equal((await db.executeBatch("DELETE FROM t WHERE id = ?", [[2], [3]])).changes, 1);
});

test("watch() derives its dependencies anew when another process changes the schema", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, often);
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p, q)");
  await db.execute("CREATE INDEX t_p ON t(p)");
  using rows = new Emissions(db.watch("SELECT * FROM t WHERE p = ?", [1]));
  using view = new Emissions(db.watch("SELECT * FROM v"));
  await Promise.all([rows.atLeast(1), view.atLeast(1)]);
  assert.ok(view.last instanceof EngineError);
  await inAnotherProcess(
    file.path,
    "CREATE TABLE u(x)",
    "CREATE VIEW v AS SELECT x FROM u",
    "ALTER TABLE t ADD COLUMN more DEFAULT 5",
    "INSERT INTO t(id, p) VALUES (1, 1)",
  );
  await rows.until([{ id: 1, p: 1, q: null, more: 5 }]);
  await view.until([]);
  await db.execute("INSERT INTO u VALUES (1)");
  await db.execute("UPDATE t SET more = 6");
  await quiet(db);
  assert.deepEqual([rows.last, view.last], [[{ id: 1, p: 1, q: null, more: 6 }], [{ x: 1 }]]);
});

test("execute() writes on when another process has dropped a column that live queries depend on by row", async () => {
  const insert = "INSERT INTO t(p) VALUES (?)";
  type Step = (db: Database) => Promise<unknown>;
  const once: Step = (db) => db.execute(insert, ["x"]);
  const steps: Record<string, Step> = {
    once,
    batch: (db) => db.executeBatch(insert, [["x"]]),
    transaction: (db) =>
      db.transaction(async (tx) => {
        await assert.rejects(tx.execute("INSERT INTO t(id) VALUES (1)"), {
          code: "SQLITE_CONSTRAINT_PRIMARYKEY",
        });
        await tx.executeBatch(insert, [["x"]]);
      }),
    rollback: async (db) => {
      const undone = db.transaction(async (tx) => {
        await tx.execute(insert, ["never"]);
        await assert.rejects(tx.execute("INSERT INTO t(id) VALUES (1)"), {
          code: "SQLITE_CONSTRAINT_PRIMARYKEY",
        });
        throw new Error("undone");
      });
      await assert.rejects(undone, /undone/);
      await once(db);
    },
    nested: (db) =>
      db.transaction(async (tx) => {
        await assert.rejects(
          tx.transaction((inner) => inner.execute(insert, ["never"]).then(() => assert.fail("undone"))),
        );
        await tx.execute(insert, ["x"]);
      }),
  };
  for (const [name, step] of Object.entries(steps)) {
    using file = tempFile();
    // Never looks: the write is the first to meet the new schema.
    await using db = await openDatabase(file.path, { ...often, externalPollMs: 0 });
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p, q)");
    await db.execute("CREATE INDEX t_q ON t(q)");
    using rows = new Emissions(db.watch("SELECT id FROM t WHERE q = ?", [1]));
    using all = new Emissions(db.watch("SELECT p FROM t"));
    await rows.atLeast(1);
    await quiet(db);
    await db.execute("INSERT INTO t(q) VALUES (?)", [2]);
    await quiet(db);
    assert.equal(db.counters().row_spared, 1, "the query depends by row");
    using other = new DatabaseSync(file.path, { timeout: 5000 });
    other.exec("DROP INDEX t_q");
    other.exec("ALTER TABLE t DROP COLUMN q");
    await step(db);
    await db.execute(insert, ["y"]);
    await all.until([{ p: null }, { p: "x" }, { p: "y" }]);
    await quiet(db);
    assert.match(String(rows.last), /no such column: q/, name);
  }
});

test("watch() shows the commits of a second database when both are open on one file", async () => {
  using file = tempFile();
  await using one = await openDatabase(file.path, often);
  await one.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  await using two = await openDatabase(file.path, often);
  using shownByOne = new Emissions(one.watch(count));
  using shownByTwo = new Emissions(two.watch(count));
  await Promise.all([shownByOne.atLeast(1), shownByTwo.atLeast(1)]);
  await Promise.all(
    Array.from(
      { length: 20 },
      (_, i) => (i % 2 === 0 ? one : two).transaction((tx) => tx.execute("INSERT INTO t VALUES (?)", [i])),
    ),
  );
  await Promise.all([shownByOne.until([{ c: 20 }]), shownByTwo.until([{ c: 20 }])]);
});

test("counters() has no external commits when only this database writes, however its log is checkpointed", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, {
    ...often,
    readers: 2,
    externalPollMs: 1,
    walLimitPages: 5,
  });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
  using emissions = new Emissions(db.watch(count));
  await emissions.atLeast(1);
  for (let i = 0; i < 100; i++) {
    await db.executeBatch("INSERT INTO t(x) VALUES (?)", Array.from({ length: 10 }, () => ["x".repeat(900)]));
    await db.select("SELECT MAX(id) AS m FROM t");
  }
  await db.transaction((tx) => tx.execute("CREATE TABLE u(x)"));
  await db.execute("REINDEX");
  await quiet(db);
  assert.deepEqual(emissions.last, [{ c: 1000 }]);
  assert.equal(db.counters().external_commits, 0);
});

test("watch() is told of own commits only when it may not look for others", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { ...often, externalPollMs: 0 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  await db.execute("CREATE TABLE other(id INTEGER PRIMARY KEY)");
  using emissions = new Emissions(db.watch(count));
  await emissions.atLeast(1);
  await inAnotherProcess(file.path, "INSERT INTO t VALUES (1)");
  await db.execute("INSERT INTO other VALUES (1)");
  await quiet(db);
  assert.deepEqual(emissions.all, [[{ c: 0 }]]);
  assert.deepEqual(await db.select(count), [{ c: 1 }]);
  await db.execute("INSERT INTO t VALUES (2)");
  await emissions.atLeast(2);
  assert.deepEqual(emissions.last, [{ c: 2 }]);
});
