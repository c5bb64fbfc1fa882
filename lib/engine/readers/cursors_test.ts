import assert from "node:assert/strict";
import type { Database } from "../database.ts";
import { openDatabase } from "../database.ts";
import { strict, tempFile, withDatabase } from "../testing/fixtures.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

const count = 5000;

async function withRows(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
    await db.executeBatch(
      "INSERT INTO t VALUES (?, ?)",
      Array.from({ length: count }, (_, i) => [i, i === 3000 ? 2n ** 60n : `row ${i}`]),
    );
    await body(db);
  });
}

test("iterate() gives every row of one snapshot when the table is written to meanwhile", () =>
  withRows(async (db) => {
    let next = 0;
    for await (const row of db.iterate<{ id: number; a: string | bigint }>("SELECT * FROM t ORDER BY id")) {
      assert.deepEqual(row, { id: next, a: next === 3000 ? 2n ** 60n : `row ${next}` });
      if (next++ === 10) {
        await db.execute("DELETE FROM t WHERE id >= 20");
        await db.execute("ALTER TABLE t ADD COLUMN b DEFAULT 5");
        // The only reader is not taken by it.
        assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 20 }]);
      }
    }
    assert.equal(next, count);
    const rest = await Array.fromAsync(db.iterate("SELECT id, b FROM t WHERE id > :id", { id: 18 }));
    assert.deepEqual(rest, [{ id: 19, b: 5 }]);
    assert.deepEqual(await Array.fromAsync(db.iterate("SELECT id FROM t WHERE id < ?", [0])), []);
  }));

test("iterate() leaves nothing behind when its loop is left, or never entered", () =>
  withRows(async (db) => {
    for await (const _ of db.iterate("SELECT * FROM t")) break;
    await assert.rejects(async () => {
      for await (const _ of db.iterate("SELECT * FROM t")) throw new RangeError("mine");
    }, RangeError);
    db.iterate("SELECT * FROM t");
    const kept = db.iterate("SELECT * FROM t");
    await kept.next();
    await kept.return();
    assert.deepEqual(await kept.next(), { done: true, value: undefined });
  }));

test("iterate() rejects with SQLite's word or the engine's rule when the statement cannot be read", () =>
  withRows(async (db) => {
    const all = (sql: string) => Array.fromAsync(db.iterate(sql));
    await assert.rejects(all("SELECT nope FROM t"), {
      verb: "iterate",
      code: "SQLITE_ERROR",
      sql: "SELECT nope FROM t",
    });
    await assert.rejects(all("DELETE FROM t"), /must only read/);
    const late = "SELECT abs(CASE id WHEN 4000 THEN -9223372036854775807 - 1 ELSE id END) AS x FROM t";
    await assert.rejects(all(late), { verb: "iterate", sql: late, reason: "integer overflow" });
    assert.throws(() => db.iterate("SELECT ?", { a: 1 }), { verb: "iterate", code: "MISUSE" });
  }));

test("iterate() reads what select() reads when the statement is of any form", () =>
  withRows(async (db) => {
    const values =
      "SELECT 5 AS a, '5' AS a, 0.5 AS b, x'05' AS c, NULL AS d UNION ALL SELECT '5', 5, 1e300, '', 2";
    for (
      const sql of [
        values,
        `; -- first\n ${values} -- last`,
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i, CAST(i AS TEXT) FROM n ORDER BY i DESC;",
        "VALUES (1, 'a'), (2, NULL)",
        "PRAGMA table_info(t)",
        "EXPLAIN QUERY PLAN SELECT * FROM t",
        "SELECT * FROM t WHERE id BETWEEN 2990 AND 3010 ORDER BY a",
      ]
    ) {
      const rows = await db.select(sql);
      assert.ok(rows.length > 0, sql);
      assert.deepEqual(await Array.fromAsync(db.iterate(sql)), rows, sql);
    }
  }));

test("close() ends iterations with an error when they have more to give", async () => {
  using file = tempFile();
  const db = await openDatabase(file.path);
  await db.exec(
    "CREATE TABLE t(a); INSERT INTO t WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n",
  );
  const rows = db.iterate("SELECT * FROM t");
  await rows.next();
  await db.close();
  await assert.rejects(async () => {
    for await (const _ of rows);
  }, { code: "CLOSED", verb: "iterate" });
  await assert.rejects(Array.fromAsync(db.iterate("SELECT 1")), { code: "CLOSED" });
});
