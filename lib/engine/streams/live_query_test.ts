import assert from "node:assert/strict";
import type { Rows } from "../values.ts";
import type { Database } from "../database.ts";
import { Emissions, quiet, strict, tempFile, withDatabase } from "../testing/fixtures.ts";
import { openDatabase } from "../database.ts";
import type { EngineError } from "../errors.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

const count = "SELECT COUNT(*) AS c FROM t";

async function withTable(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, p)");
    await body(db);
  });
}

/** Takes the uncaught errors and rejections of the process while `body` runs. */
async function uncaught(body: (next: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const seen: unknown[] = [];
  let wake = () => {};
  const listen = (event: ErrorEvent | PromiseRejectionEvent) => {
    event.preventDefault();
    seen.push(event instanceof ErrorEvent ? event.error : event.reason);
    wake();
  };
  globalThis.addEventListener("error", listen);
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    await body(async () => {
      while (seen.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return seen.shift();
    });
    assert.deepEqual(seen, [], "nothing else was uncaught");
  } finally {
    globalThis.removeEventListener("error", listen);
    globalThis.removeEventListener("unhandledrejection", listen);
  }
}

test("LiveQuery ends its subscription when its iteration is left in any way", () =>
  withTable(async (db) => {
    const done = { done: true, value: undefined };
    const waiting = db.watch(count)[Symbol.asyncIterator]();
    const [first, second, third] = [waiting.next(), waiting.next(), waiting.next()];
    assert.deepEqual(await first, { done: false, value: [{ c: 0 }] });
    assert.deepEqual(await waiting.return(5), { done: true, value: 5 });
    assert.deepEqual([await second, await third, await waiting.next()], [done, done, done]);
    assert.equal(db.liveQueryCount, 0);
    const thrown = db.watch(count)[Symbol.asyncIterator]();
    await thrown.next();
    await assert.rejects(thrown.throw(new Error("given up")), /given up/);
    assert.deepEqual([await thrown.next(), db.liveQueryCount], [done, 0]);
    await assert.rejects(async () => {
      for await (const _ of db.watch(count)) throw new Error("from the loop");
    }, /from the loop/);
    assert.equal(db.liveQueryCount, 0);
    async function* through() {
      yield* db.watch(count);
    }
    const outer = through();
    await outer.next();
    await assert.rejects(outer.throw(new Error("into the generator")), /into the generator/);
    assert.equal(db.liveQueryCount, 0);
    {
      await using held = db.watch(count)[Symbol.asyncIterator]();
      await held.next();
      assert.equal(db.liveQueryCount, 1);
    }
    assert.equal(db.liveQueryCount, 0);
    const unused = db.watch(count)[Symbol.asyncIterator]();
    assert.deepEqual([await unused.return(), await unused.next(), db.liveQueryCount], [done, done, 0]);
  }));

test("LiveQuery keeps the newest results for an iteration that is slower than they come", async () => {
  for (const [buffer, expected] of [[3, [0, 8, 9, 10]], [100, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]] as const) {
    await withDatabase({ readers: 1, policy: "per-commit", buffer }, async (db) => {
      await db.execute("CREATE TABLE t(a)");
      await db.execute("INSERT INTO t VALUES (0)");
      const iterator = db.watch("SELECT a FROM t")[Symbol.asyncIterator]();
      const seen = [(await iterator.next()).value as Rows];
      for (let a = 1; a <= 10; a++) {
        await db.execute("UPDATE t SET a = ?", [a]);
        await quiet(db);
      }
      while (seen.at(-1)![0]!.a !== 10) seen.push((await iterator.next()).value as Rows);
      assert.deepEqual(seen.map(([row]) => row!.a), expected);
      await iterator.return();
    });
  }
});

test("LiveQuery gives an error once and is done when its query fails", () =>
  withTable(async (db) => {
    const failing = db.watch("SELECT * FROM missing")[Symbol.asyncIterator]();
    await assert.rejects(failing.next(), { code: "SQLITE_ERROR", verb: "watch" });
    assert.deepEqual(await failing.next(), { done: true, value: undefined });
    assert.equal(db.liveQueryCount, 0);
  }));

test("LiveQuery ends without an error when the database is closed", async () => {
  using file = tempFile();
  const db = await openDatabase(file.path, { readers: 1 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
  const iterator = db.watch(count)[Symbol.asyncIterator]();
  await iterator.next();
  const pending = iterator.next();
  await db.close();
  assert.deepEqual(await pending, { done: true, value: undefined });
  await assert.rejects(async () => {
    for await (const _ of db.watch(count)) assert.fail("no rows expected");
  }, { code: "CLOSED" });
});

test("LiveQuery.subscribe() tells the others and the process when a listener throws", () =>
  withTable((db) =>
    uncaught(async (next) => {
      using _throwing = db.watch(count).subscribe(() => {
        throw new Error("from a listener");
      });
      using _rejecting = db.watch(count).subscribe(() => Promise.reject(new Error("from a promise")));
      using other = new Emissions(db.watch(count));
      await other.atLeast(1);
      const messages = [await next(), await next()].map((error) => (error as Error).message);
      assert.deepEqual(messages.sort(), ["from a listener", "from a promise"]);
    })
  ));

test("LiveQuery.subscribe() makes an error uncaught when nobody listens for it", () =>
  withTable((db) =>
    uncaught(async (next) => {
      using _silent = db.watch("SELECT * FROM missing").subscribe(() => assert.fail("no rows expected"));
      assert.equal((await next() as EngineError).code, "SQLITE_ERROR");
    })
  ));

test("LiveQuery.subscribe() calls nobody who has left when listeners come and go inside a delivery", () =>
  withTable(async (db) => {
    const log: string[] = [];
    const subscriptions = [
      db.watch(count).subscribe(([row]) => {
        log.push(`first ${row!.c}`);
        subscriptions[1]!.unsubscribe();
        if (row!.c === 0) subscriptions.push(db.watch(count).subscribe(([row]) => log.push(`new ${row!.c}`)));
      }),
      db.watch(count).subscribe(() => log.push("second")),
    ];
    await quiet(db);
    await db.execute("INSERT INTO t(p) VALUES (1)");
    await quiet(db);
    assert.deepEqual(log, ["first 0", "new 0", "first 1", "new 1"]);
    for (const subscription of subscriptions) {
      subscription.unsubscribe();
      subscription.unsubscribe();
    }
    assert.equal(db.liveQueryCount, 0);
  }));

test("LiveQuery.subscribe() leaves nothing behind when 2,000 streams open and close again and again", () =>
  withTable(async (db) => {
    const sql = "SELECT id FROM t WHERE p = ?";
    for (let round = 0; round < 4; round++) {
      const all = Array.from({ length: 2000 }, (_, p) => db.watch(sql, [p]).subscribe(() => {}));
      if (round % 2 === 1) await db.execute("INSERT INTO t(p) VALUES (?)", [round]);
      assert.equal(db.liveQueryCount, 2000);
      for (const subscription of all) subscription.unsubscribe();
      assert.equal(db.liveQueryCount, 0);
    }
    using last = new Emissions(db.watch(sql, [3]));
    await last.atLeast(1);
    await quiet(db);
    assert.deepEqual(last.all, [[{ id: 2 }]]);
  }));

test("LiveQuery.current is what was shown last, the same object, when it is asked again and again", () =>
  withDatabase({ readers: 1, holdMs: 0 }, async (db) => {
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    const query = db.watch<{ a: number }>("SELECT a FROM t");
    assert.equal(query.current, undefined);
    const { subscribe } = query;
    let calls = 0;
    const unsubscribe = subscribe(() => calls++, () => {});
    while (calls < 1) await quiet(db);
    const first = query.current;
    assert.deepEqual(first, [{ a: 1 }]);
    assert.equal(query.current, first);
    // An equal query that nobody has subscribed to yet shows what this one does, at once.
    assert.equal(db.watch("SELECT a FROM t").current, first);
    assert.equal(db.watch("SELECT a AS b FROM t").current, undefined);
    await db.execute("UPDATE t SET a = 2");
    while (calls < 2) await quiet(db);
    assert.deepEqual(query.current, [{ a: 2 }]);
    await db.execute("ALTER TABLE t RENAME TO u");
    const failed = subscribe(() => {}, () => calls++);
    while (calls < 3) await quiet(db);
    assert.deepEqual([query.current, query.error?.code], [undefined, "SQLITE_ERROR"]);
    await db.execute("ALTER TABLE u RENAME TO t");
    while (calls < 4) await quiet(db);
    assert.deepEqual([query.current, query.error], [[{ a: 2 }], undefined]);
    unsubscribe();
    failed.unsubscribe();
    assert.equal(db.liveQueryCount, 0);
    await db.execute("UPDATE t SET a = 3");
    assert.deepEqual(query.current, [{ a: 2 }], "it is no longer told");
    assert.equal(db.watch("SELECT a FROM t").current, undefined);
  }));
