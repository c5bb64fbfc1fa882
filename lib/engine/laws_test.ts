/** The laws of ARCHITECTURE.md, one by one. Work is counted, time is not measured. */

import assert from "node:assert/strict";
import type { Database } from "./database.ts";
import { coalescingPolicies, decide } from "./streams/policy.ts";
import {
  Emissions,
  modeOptions,
  quiet,
  refreshCount,
  testEverywhere,
  withDatabase,
} from "./testing/fixtures.ts";

const test = testEverywhere;

Deno.test("decide() shows and drops by policy when results are superseded", () => {
  const table = [
    // superseded, invalidated in flight, outdated for; per-commit, latest-wins, cancel-restart
    [false, false, 0, "deliver", "deliver", "deliver"],
    [false, false, 99, "deliver", "deliver", "deliver"],
    [false, true, 0, "deliver", "deliver", "discard"],
    [true, true, 16, "deliver", "discard", "discard"],
    [true, true, 16.1, "deliver", "deliver", "discard"],
    [true, false, 0, "deliver", "discard", "discard"],
  ] as const;
  for (const [superseded, invalidatedInFlight, outdatedMs, ...expected] of table) {
    const got = (["per-commit", "latest-wins", "cancel-restart"] as const).map((policy) =>
      decide(policy, { superseded, invalidatedInFlight, outdatedMs }, 16)
    );
    assert.deepEqual(got, expected);
  }
});

async function seed(db: Database): Promise<void> {
  await db.execute("CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT)");
  await db.execute(
    "CREATE TABLE t(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) ON DELETE CASCADE, a TEXT, b TEXT, k UNIQUE)",
  );
  await db.execute("CREATE INDEX t_p ON t(p)");
  await db.execute("CREATE TABLE other(id INTEGER PRIMARY KEY)");
  await db.executeBatch("INSERT INTO p VALUES (?, ?)", [[1, "x"], [2, "y"], [3, "z"]]);
  await db.executeBatch(
    "INSERT INTO t VALUES (?, ?, ?, ?, ?)",
    Array.from({ length: 9 }, (_, i) => [i, 1 + i % 3, "a", "b", i]),
  );
}

/** Results that one write causes. */
async function refreshes(db: Database, write: () => Promise<unknown>): Promise<number> {
  await quiet(db);
  const before = refreshCount(db);
  await write();
  await quiet(db);
  return refreshCount(db) - before;
}

for (const policy of coalescingPolicies) {
  test(`watch() shows the final state whatever the last write does: ${policy}`, () =>
    withDatabase({ policy, holdMs: 10_000 }, async (db) => {
      await seed(db);
      using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
      await emissions.atLeast(1);
      const lastWrites: (() => Promise<unknown>)[] = [
        () => db.execute("INSERT INTO other DEFAULT VALUES"),
        () => db.execute("UPDATE t SET a = 'never' WHERE 1 = 0"),
        () => db.execute("INSERT INTO t(id) VALUES (0)").catch(() => {}),
        () =>
          db.transaction(async (tx) => void await tx.execute("DELETE FROM t").then(() => Promise.reject()))
            .catch(() => {}),
        () => db.select("SELECT 1"),
      ];
      for (const [i, last] of lastWrites.entries()) {
        // The relevant write and the last one are pipelined: the last is under way when the first result arrives.
        await Promise.all([db.execute("INSERT INTO t(id) VALUES (?)", [100 + i]), last()]);
        await quiet(db);
        assert.deepEqual(emissions.last, [{ c: 10 + i }]);
      }
    }));
}

test("watch() keeps one re-query in flight and coalesces when commits are pipelined", () =>
  withDatabase({ profile: true, holdMs: 10_000 }, async (db) => {
    await seed(db);
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await emissions.atLeast(1);
    const count = await refreshes(
      db,
      () =>
        Promise.all(
          Array.from({ length: 200 }, (_, i) => db.execute("INSERT INTO t(id) VALUES (?)", [100 + i])),
        ),
    );
    // Held until the writer pauses: one re-query for the whole burst, whatever the machine's speed.
    assert.equal(count, 1);
    assert.deepEqual(emissions.all, [[{ c: 9 }], [{ c: 209 }]]);
    assert.equal(db.counters().parked_total, 0);
  }));

test("watch() delivers every result of a re-query when the policy is per-commit", () =>
  withDatabase({ profile: true, policy: "per-commit" }, async (db) => {
    await seed(db);
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await emissions.atLeast(1);
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => db.execute("INSERT INTO t(id) VALUES (?)", [100 + i])),
    );
    await quiet(db);
    const { requery_count, requery_unchanged, requery_discarded } = db.counters();
    assert.equal(emissions.all.length, requery_count - requery_unchanged);
    assert.equal(requery_discarded, 0);
  }));

test("watch() is told once, after the outermost commit, when a transaction nests", () =>
  withDatabase({ profile: true, policy: "per-commit" }, async (db) => {
    await seed(db);
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await emissions.atLeast(1);
    const count = await refreshes(db, () =>
      db.transaction(async (tx) => {
        await tx.execute("INSERT INTO t(id) VALUES (50)");
        await tx.transaction(async (inner) => void await inner.execute("INSERT INTO t(id) VALUES (51)"));
        await quiet(db);
        assert.equal(emissions.all.length, 1, "nothing is shown before the commit");
      }));
    assert.equal(count, 1);
    const undone = await refreshes(db, () =>
      db.transaction(async (tx) => {
        await tx.execute("DELETE FROM t");
        throw new Error("undo");
      }).catch(() => {}));
    assert.equal(undone, 0);
    assert.deepEqual(emissions.all, [[{ c: 9 }], [{ c: 11 }]]);
  }));

test("watch() re-queries what a commit can concern, and nothing else, when grain is column", () =>
  withDatabase({ profile: true, grain: "column" }, async (db) => {
    await seed(db);
    await db.execute("CREATE VIEW v AS SELECT t.a, p.name FROM t JOIN p ON p.id = t.p");
    await db.execute("CREATE TRIGGER tr AFTER INSERT ON other BEGIN UPDATE t SET b = 'tr' WHERE id = 0; END");
    using a = new Emissions(db.watch("SELECT a FROM t"));
    using b = new Emissions(
      db.watch("WITH q AS (SELECT b FROM t) SELECT COUNT(*) AS c FROM q WHERE b = 'tr'"),
    );
    using v = new Emissions(db.watch("SELECT * FROM v"));
    using c = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await Promise.all([a, b, v, c].map((each) => each.atLeast(1)));
    const cost = (sql: string) => refreshes(db, () => db.execute(sql));
    assert.equal(await cost("UPDATE t SET b = 'n' WHERE id = 1"), 1, "b alone");
    assert.equal(await cost("UPDATE t SET a = 'n' WHERE id = 1"), 2, "a and the view");
    assert.equal(await cost("UPDATE p SET name = 'n' WHERE id = 1"), 1, "the view");
    assert.equal(await cost("INSERT INTO other DEFAULT VALUES"), 1, "b, through the trigger");
    assert.equal(await cost("UPDATE t SET b = 'n' WHERE 1 = 0"), 0, "no row changed");
    assert.equal(await cost("DELETE FROM p WHERE id = 3"), 4, "all, through the foreign key");
    assert.equal(
      await cost("UPDATE OR REPLACE t SET k = 0 WHERE id = 1"),
      4,
      "all: a unique column may replace rows",
    );
    assert.equal(await cost("CREATE INDEX t_ab ON t(b, a)"), 4, "all: the schema");
    assert.equal(
      await cost("UPDATE t SET b = 'm' WHERE id = 1"),
      2,
      "b, and a: its rows are walked in the order of t_ab",
    );
    assert.deepEqual([b.last, c.last], [[{ c: 0 }], [{ c: 5 }]]);
  }));

test("watch() re-queries only streams that a changed row can concern when grain is row", () =>
  withDatabase({ profile: true }, async (db) => {
    await seed(db);
    const queries = [
      ...[1, 2, 3].map((p) => db.watch("SELECT id, a FROM t WHERE p = ? ORDER BY id", [p])),
      ...[0, 1, 2].map((id) => db.watch("SELECT a FROM t WHERE id = ?", [id])),
      ...[0, 3, 6].map((id) =>
        db.watch("SELECT id, a FROM t WHERE id >= ? AND id < ? ORDER BY id", [id, id + 3])
      ),
    ];
    using stack = new DisposableStack();
    const all = queries.map((query) => stack.use(new Emissions(query)));
    await Promise.all(all.map((each) => each.atLeast(1)));
    // Any write now comes after the request to track rows, as the writer serves in order.
    const cost = (sql: string) => refreshes(db, () => db.execute(sql));
    await cost("UPDATE t SET a = 'warm' WHERE id = 8");
    assert.equal(await cost("UPDATE t SET a = 'n' WHERE id = 1"), 3, "one of each");
    assert.equal(await cost("UPDATE t SET b = 'n' WHERE id = 1"), 0, "a column that nobody reads");
    // A row that is written as it was is asked about again, but is no change to make a result of.
    const unmoved = modeOptions().patch === "on" ? 0 : 1;
    assert.equal(await cost("UPDATE t SET p = 3 WHERE id = 8"), unmoved, "p = 3, the row stays where it was");
    assert.equal(await cost("UPDATE t SET p = 1 WHERE id = 8"), 2, "old and new value");
    assert.equal(await cost("INSERT INTO t(id, p, a) VALUES (20, 2, 'n')"), 1);
    assert.equal(await cost("DELETE FROM t WHERE id = 20"), 1);
    assert.equal(await cost("INSERT INTO t(id, p, a) VALUES (NULL, NULL, 'n')"), 0, "a row without an owner");
    assert.equal(
      await cost("INSERT OR REPLACE INTO t(id, p, a, k) VALUES (8, 1, 'n', 0)"),
      4,
      "p = 1 and 6 <= id < 9 by the new row, id = 0 and 0 <= id < 3 by the one that it replaces",
    );
    assert.ok(db.counters().row_spared > 0);
  }));

test("watch() depends on everything when a virtual table is read", () =>
  withDatabase({ profile: true }, async (db) => {
    await seed(db);
    await db.execute("CREATE VIRTUAL TABLE f USING fts5(body)");
    using hits = new Emissions(db.watch("SELECT body FROM f WHERE f MATCH 'cat'"));
    await hits.atLeast(1);
    await db.execute("INSERT INTO f(body) VALUES ('a cat')");
    await quiet(db);
    assert.deepEqual(hits.last, [{ body: "a cat" }]);
    assert.equal(await refreshes(db, () => db.execute("INSERT INTO other DEFAULT VALUES")), 1);
  }));
