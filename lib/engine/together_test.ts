import assert from "node:assert/strict";
import type { Database } from "./database.ts";
import { sql } from "./statement.ts";
import { Emissions, quiet, testEverywhere, withDatabase } from "./testing/fixtures.ts";

const test = testEverywhere;

async function withTable(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1, profile: true, holdMs: 0 }, async (db) => {
    await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE); CREATE INDEX t_a ON t(a);");
    await body(db);
  });
}

const ids = async (db: Database) => (await db.select<{ id: number }>("SELECT id FROM t")).map(({ id }) => id);

test("batch() gives what each statement gave, in one commit and one request, when all of them succeed", () =>
  withTable(async (db) => {
    using shown = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await shown.until([{ c: 0 }]);
    db.resetCounters();
    const blob = new Uint8Array(20_000).fill(7);
    const results = await db.batch([
      { sql: "INSERT INTO t VALUES (:id, :a)", params: { id: 5, a: "x" } },
      sql`INSERT INTO t(a) VALUES (${blob}), (${2}) RETURNING id, a`,
      "UPDATE t SET a = a WHERE id < 7",
      "SELECT SUM(id) AS s FROM t",
    ]);
    assert.deepEqual(results, [
      { changes: 1, lastRowid: 5, rows: [] },
      { changes: 2, lastRowid: 7, rows: [{ id: 6, a: blob }, { id: 7, a: 2 }] },
      { changes: 2, lastRowid: 7, rows: [] },
      { changes: 0, lastRowid: 7, rows: [{ s: 18 }] },
    ]);
    await shown.until([{ c: 3 }]);
    await quiet(db);
    assert.equal(db.counters().invalidate_count, 1);
    assert.equal(db.counters().writer_handle_count, 1);
    assert.deepEqual(shown.all, [[{ c: 0 }], [{ c: 3 }]]);
    assert.deepEqual(await db.batch([]), []);
  }));

test("batch() keeps nothing and names the statement when one of them fails", () =>
  withTable(async (db) => {
    using shown = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t WHERE a = ?", [1]));
    await shown.until([{ c: 0 }]);
    const insert = "INSERT INTO t(a) VALUES (1)";
    await assert.rejects(db.batch([insert, "CREATE TABLE u(a)", insert]), {
      verb: "batch",
      code: "SQLITE_CONSTRAINT_UNIQUE",
      sql: insert,
      message: /Cannot execute statements .*: statement 3: UNIQUE/,
    });
    await assert.rejects(db.batch([insert, "INSERT OR ROLLBACK INTO t(a) VALUES (1)"]), /statement 2/);
    await assert.rejects(db.batch([insert, "COMMIT"]), /statement 2: use transaction\(\)/);
    await assert.rejects(db.batch([insert, { sql: "SELECT ?", params: { a: 1 } }]), /must be an array/);
    await assert.rejects(db.batch(insert as never), /statements must be an array, got string/);
    assert.deepEqual(await ids(db), []);
    await assert.rejects(db.select("SELECT * FROM u"), /no such table/);
    // What a statement before would have refused is no reason to refuse what comes after.
    await db.batch([insert]);
    await shown.until([{ c: 1 }]);
    await db.execute("DELETE FROM t");
    await shown.until([{ c: 0 }]);
  }));

test("batch() and exec() are undone alone when a transaction goes on after they have failed", () =>
  withTable(async (db) => {
    await db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1, 1)");
      await assert.rejects(
        tx.batch(["INSERT INTO t VALUES (2, 2)", "INSERT INTO t VALUES (3, 1)"]),
        /UNIQUE/,
      );
      await assert.rejects(tx.exec("INSERT INTO t VALUES (4, 4); INSERT INTO t VALUES (5, 1)"), /UNIQUE/);
      assert.equal((await tx.batch(["INSERT INTO t VALUES (6, 6)"]))[0]!.changes, 1);
      assert.deepEqual(await tx.batch([]), []);
      assert.equal((await tx.exec("INSERT INTO t VALUES (7, 7); INSERT INTO t VALUES (8, 8);")).changes, 2);
    });
    assert.deepEqual(await ids(db), [1, 6, 7, 8]);
  }));

test("exec() runs every statement in one commit when the script holds comments, triggers and odd ends", () =>
  withTable(async (db) => {
    using shown = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await shown.until([{ c: 0 }]);
    const done = await db.exec(`
      -- a comment; with a semicolon
      ;; \ufeff CREATE TABLE log(a);
      CREATE TRIGGER t_log AFTER INSERT ON t BEGIN
        INSERT INTO log VALUES (new.a); -- inside; the trigger
        UPDATE log SET a = a || ';';
      END;
      INSERT INTO t(a) VALUES ('one; two'), ('''');
      /* it reads its own table */ INSERT INTO t(a) SELECT a || '3' FROM log LIMIT 1;
      SELECT * FROM t ; ; -- the end`);
    assert.deepEqual(done, { changes: 3, lastRowid: 3, rows: [] });
    await shown.until([{ c: 3 }]);
    assert.equal(shown.all.length, 2);
    assert.deepEqual(await db.select("SELECT a FROM log ORDER BY rowid"), [
      { a: "one; two;;;" },
      { a: "';;" },
      { a: "one; two;;3;" },
    ]);
    assert.deepEqual((await db.exec(" ; -- nothing")).changes, 0);
    await assert.rejects(
      db.exec("INSERT INTO t(a) VALUES (9); INSERT INTO t(a) VALUES (?)"),
      /no placeholders/,
    );
    await assert.rejects(db.exec("INSERT INTO t(a) VALUES (9); nonsense"), {
      verb: "exec",
      code: "SQLITE_ERROR",
      reason: /statement 2: near "nonsense"/,
    });
    await assert.rejects(db.exec("INSERT INTO t(a) VALUES (9); BEGIN"), /statement 2: use transaction\(\)/);
    await assert.rejects(db.exec("INSERT INTO t(a) VALUES (9);\0 SELECT 1"), /U\+0000/);
    await assert.rejects(db.exec(1 as never), /SQL must be a string/);
    assert.equal((await ids(db)).length, 3);
  }));

test("batch(), exec() and migrate() wait for a transaction outside of it, and are refused inside", () =>
  withTable(async (db) => {
    const inside: Promise<unknown>[] = [];
    const transaction = db.transaction(async (tx) => {
      await tx.execute("INSERT INTO t VALUES (1, 1)");
      inside.push(
        ...[db.batch(["SELECT 1"]), db.exec("SELECT 1"), db.migrate([])].map((call) =>
          assert.rejects(call, /the callback of a transaction has the writer to itself/)
        ),
      );
    });
    const params = [2, new Uint8Array([1])] as const;
    const outside = [
      db.batch([{ sql: "INSERT INTO t VALUES (?, ?)", params }]),
      db.exec("DELETE FROM t WHERE id = 1"),
    ];
    params[1].fill(9);
    await transaction;
    await Promise.all([...inside, ...outside]);
    assert.deepEqual(await db.select("SELECT * FROM t"), [{ id: 2, a: new Uint8Array([1]) }]);
  }));
