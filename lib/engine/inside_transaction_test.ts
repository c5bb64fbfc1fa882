import assert from "node:assert/strict";
import { Database } from "./database.ts";
import { isInside, keepContext, runInside } from "./inside_transaction.ts";
import { openDatabase, tempFile, testBehindThreads, withDatabase } from "./testing/fixtures.ts";
import type { Transaction } from "./transaction.ts";

const test = testBehindThreads;

const insert = "INSERT INTO t(x) VALUES (?)";
const refused = { code: "MISUSE", message: /has the writer to itself, use its tx/ };

async function withTable(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    await body(db);
  });
}

async function values(db: Database): Promise<unknown[]> {
  return (await db.select("SELECT x FROM t ORDER BY id")).map((row) => row.x);
}

test("isInside() holds for what a callback starts when the callback has not ended", async () => {
  const [one, other] = [{}, {}];
  const gate = Promise.withResolvers<void>();
  const later: boolean[] = [];
  let left: Promise<void> | undefined;
  await runInside(one, async () => {
    assert.ok(isInside(one));
    assert.ok(!isInside(other));
    await runInside(other, async () => {
      await Promise.resolve();
      assert.ok(isInside(one) && isInside(other));
    });
    assert.ok(!isInside(other));
    left = (async () => {
      later.push(isInside(one));
      await gate.promise;
      later.push(isInside(one));
    })();
  });
  assert.ok(!isInside(one));
  gate.resolve();
  await left;
  assert.deepEqual(later, [true, false]);
  let kept = () => false;
  const open = runInside(one, () => {
    kept = keepContext(() => isInside(one));
    return gate.promise.then(() => assert.ok(kept()));
  });
  assert.ok(kept());
  await open;
  assert.ok(!kept());
});

test("transaction() refuses what would wait for it when the database is used inside its callback", () =>
  withTable(async (db) => {
    await db.transaction(async (tx) => {
      await tx.execute(insert, [1]);
      await assert.rejects(db.execute(insert, [2]), { ...refused, verb: "execute", sql: insert });
      await assert.rejects(db.executeBatch(insert, [[2]]), { ...refused, verb: "executeBatch" });
      await assert.rejects(db.transaction(() => Promise.resolve()), { ...refused, verb: "transaction" });
      await tx.transaction(async (inner) => {
        await inner.execute(insert, [3]);
        await assert.rejects(db.execute(insert, [4]), refused);
      });
      assert.deepEqual(await values(db), [], "reads are allowed, on the last commit");
    });
    assert.deepEqual(await values(db), [1, 3]);
  }));

test("transaction() refuses a nested one through the outer tx when it would wait for itself", () =>
  withTable(async (db) => {
    await db.transaction(async (tx) => {
      const second = (at: Transaction) => at.transaction((inner) => inner.execute(insert, ["second"]));
      await tx.transaction(async (inner) => {
        await assert.rejects(second(tx), { code: "MISUSE", message: /nested one open/ });
        await inner.transaction(() => assert.rejects(second(inner), { message: /nested one open/ }));
        await inner.execute(insert, ["first"]);
      });
      await Promise.all([second(tx), second(tx)]);
    });
    assert.deepEqual(await values(db), ["first", "second", "second"]);
  }));

test("transaction() serves what its callback has started when the callback has ended", () =>
  withTable(async (db) => {
    const ended = Promise.withResolvers<void>();
    let left: Promise<unknown> | undefined;
    await db.transaction(async (tx) => {
      await tx.execute(insert, ["inside"]);
      left = ended.promise.then(() => db.execute(insert, ["afterwards"]));
    });
    ended.resolve();
    await left;
    assert.deepEqual(await values(db), ["inside", "afterwards"]);
  }));

test("transaction() does not take others for its own when they write meanwhile", () =>
  withTable(async (db) => {
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const open = db.transaction(async (tx) => {
      await tx.execute(insert, ["a"]);
      started.resolve();
      await go.promise;
    });
    await started.promise;
    const outside = db.execute(insert, ["b"]);
    const next = db.transaction(async (tx) => {
      await tx.execute(insert, ["c"]);
      await assert.rejects(db.execute(insert, ["d"]), refused);
    });
    go.resolve();
    await Promise.all([open, outside, next]);
    assert.deepEqual(await values(db), ["a", "b", "c"]);
  }));

test("transaction() keeps apart two databases when one is used inside the other's callback", () =>
  withTable(async (db) => {
    using file = tempFile();
    await using second = await openDatabase(file.path, { readers: 1 });
    await second.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let waiting: Promise<unknown> | undefined;
    const open = second.transaction(async (tx) => {
      await tx.execute(insert, [1]);
      started.resolve();
      await go.promise;
    });
    await started.promise;
    const outer = db.transaction(async (tx) => {
      await tx.execute(insert, [2]);
      // Waits for a transaction of somebody else on the other database, and runs in its own context when its turn comes.
      waiting = second.transaction(async (other) => {
        await other.execute(insert, [3]);
        await assert.rejects(second.execute(insert, [4]), refused);
        await assert.rejects(db.execute(insert, [5]), refused);
      });
      await waiting;
    });
    go.resolve();
    await Promise.all([open, outer]);
    assert.deepEqual(await values(db), [2]);
    assert.deepEqual(await values(second), [1, 3]);
  }));
