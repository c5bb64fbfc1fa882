import assert from "node:assert/strict";
import type { Database } from "../database.ts";
import { Emissions, quiet, strict, withDatabase } from "../testing/fixtures.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

/** Ten live queries, each on its own list; gives the number of re-queries of a write. */
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
      return db.counters().requery_count;
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
