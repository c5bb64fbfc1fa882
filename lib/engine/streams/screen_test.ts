import assert from "node:assert/strict";
import { testHook } from "../database.ts";
import type { OpenOptions } from "../options.ts";
import { coalescingPolicies } from "./policy.ts";
import { quiet, testEverywhere, testInEachMode, withDatabase } from "../testing/fixtures.ts";

/** What 16 live queries on one row and one on its list show at the end of each turn in which something was delivered. */
async function countTorn(options: OpenOptions): Promise<{ turns: number; torn: number; inOrder: boolean }> {
  return await withDatabase({ readers: 2, ...options }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a INT)");
    await db.execute("CREATE TABLE other(a INT)");
    await db.execute("INSERT INTO t VALUES (1, 0)");
    await db.execute("INSERT INTO other VALUES (0)");
    const queries = [
      ...Array.from({ length: 16 }, (_, i) => `SELECT a, ${i} AS i FROM t WHERE id = 1`),
      "SELECT (SELECT a FROM t) AS a, (SELECT a FROM other) AS o",
      "SELECT a FROM other",
    ];
    const shown: number[] = new Array(queries.length).fill(0);
    let order: (readonly [i: number, a: number])[] = [];
    let inOrder = true;
    let turns = 0;
    let torn = 0;
    const subscriptions = queries.map((sql, i) =>
      db.watch(sql).subscribe(([row]) => {
        shown[i] = row!.a as number;
        if (order.push([i, shown[i]!]) > 1) return;
        setImmediate(() => {
          turns++;
          // The last query alone is about `other`, which is written first and in the same transaction.
          if (new Set(shown).size > 1) torn++;
          // Two screens may come in one turn: the second one shows a later commit.
          inOrder &&= order.every(([i, a], at) => at === 0 || a > order[at - 1]![1] || i > order[at - 1]![0]);
          order = [];
        });
      })
    );
    await quiet(db);
    turns = torn = 0;
    const writes: Promise<unknown>[] = [];
    for (let a = 1; a <= 120; a++) {
      const write = db.transaction(async (tx) => {
        await tx.execute("UPDATE other SET a = ?", [a]);
        await tx.execute("UPDATE t SET a = ?", [a]);
      });
      writes.push(write);
      // Some commits are pipelined, some meet a re-query under way, some none.
      if (a % 3 > 0) await write;
      for (let turn = a % 5; turn > 0; turn--) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await Promise.all(writes);
    await quiet(db);
    assert.deepEqual(shown, queries.map(() => 120));
    for (const each of subscriptions) each.unsubscribe();
    return { turns, torn, inOrder };
  });
}

for (const policy of coalescingPolicies) {
  for (const holdMs of policy === "latest-wins" ? [0, 12] : [12]) {
    testEverywhere(
      `watch() shows one commit on all of the screen, in the order of subscription, when the policy is ${policy} (holdMs ${holdMs})`,
      async () => {
        const { turns, torn, inOrder } = await countTorn({ policy, holdMs });
        assert.ok(turns > 0);
        assert.equal(torn, 0, `${torn} of ${turns} turns`);
        assert.ok(inOrder);
      },
    );
  }
}

testEverywhere(
  "watch() shows each query for itself when the consistency is that of the query",
  async () => {
    const { turns } = await countTorn({ consistency: "query", policy: "per-commit" });
    assert.ok(turns > 0);
  },
);

testEverywhere(
  "watch() shows a newcomer beside what is there when a commit falls between them",
  () =>
    withDatabase({ readers: 1, holdMs: 12 }, async (db) => {
      await db.execute("CREATE TABLE t(a INT)");
      await db.execute("INSERT INTO t VALUES (0)");
      const shown: number[] = [];
      const subscribe = (i: number) =>
        db.watch(`SELECT a, ${i} AS i FROM t`).subscribe(([row]) => shown[i] = row!.a as number);
      const all = [subscribe(0)];
      await quiet(db);
      for (let i = 1; i <= 40; i++) {
        const write = db.execute("UPDATE t SET a = ?", [i]);
        if (i % 2 === 0) await write;
        all.push(subscribe(i));
        while (shown[i] === undefined) {
          await new Promise<void>((resolve) => setImmediate(resolve));
          assert.ok(new Set(shown.filter((each) => each !== undefined)).size <= 1, `${shown}`);
        }
        await write;
      }
      await quiet(db);
      for (const each of all) each.unsubscribe();
    }),
);

testEverywhere(
  "watch() shows a first result beside what is there when the rows of a table begin to be reported",
  () =>
    withDatabase({ readers: 2, policy: "per-commit" }, async (db) => {
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a INT)");
      let torn = 0;
      for (let i = 1; i <= 30; i++) {
        const shown: [number | undefined, number | undefined] = [undefined, undefined];
        const subscribe = (at: 0 | 1, sql: string) =>
          db.watch(sql, [i]).subscribe((rows) => {
            shown[at] = rows.length;
            setImmediate(() => torn += shown[0] === 0 && shown[1] === 1 ? 1 : 0);
          });
        // The first answer makes the writer report rows: by then it has written, and the second query is waiting.
        const first = subscribe(0, "SELECT id FROM t WHERE id = ?");
        for (let turn = i % 3; turn > 0; turn--) await db.transaction(() => Promise.resolve());
        const write = db.execute("INSERT INTO t VALUES (?1, ?1)", [i]);
        const second = subscribe(1, "SELECT a FROM t WHERE a = ?");
        await write;
        await quiet(db);
        assert.deepEqual(shown, [1, 1]);
        first.unsubscribe();
        second.unsubscribe();
        // Whoever asks for a row of it next has to ask for reports again.
        await db.exec("CREATE INDEX made ON t(a); DROP INDEX made");
      }
      assert.equal(torn, 0);
    }),
);

testInEachMode(
  "watch() goes on when the reader dies that keeps the snapshot of a screen",
  () =>
    withDatabase({ readers: 2, holdMs: 0, profile: true }, async (db) => {
      await db.execute("CREATE TABLE t(a INT)");
      await db.execute("INSERT INTO t VALUES (0)");
      let last = 0;
      using _ = db.watch("SELECT a FROM t").subscribe(([row]) => last = row!.a as number);
      for (let a = 1; a <= 60; a++) {
        const writes = [db.execute("UPDATE t SET a = ?", [a]), db.execute("UPDATE t SET a = ?", [a])];
        if (a % 15 === 0) db[testHook].killReader(a % 2);
        await Promise.all(writes);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await quiet(db);
      assert.equal(last, 60);
    }),
);
