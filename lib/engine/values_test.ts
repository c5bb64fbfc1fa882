import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Database } from "./database.ts";
import { Emissions, quiet, strict, withDatabase } from "./testing/fixtures.ts";
import { Random } from "./testing/random.ts";
import type { SqlParam } from "./values.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

async function withTable(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE v(id INTEGER PRIMARY KEY, x)");
    await body(db);
  });
}

const insert = "INSERT INTO v(id, x) VALUES (?, ?)";

test("select() gives values back as they went in when they pass through the writer", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE v(id INTEGER PRIMARY KEY, x)");
    const values: SqlParam[] = [
      null,
      0,
      -1,
      1.5,
      2 ** 53 - 1,
      2n ** 53n + 1n,
      -(2n ** 63n),
      "",
      "ü€😀",
      "\ufeffbom",
      new Uint8Array([0, 255, 7]),
      new Uint8Array(0),
      1e300,
    ];
    for (const [i, value] of values.entries()) await db.execute("INSERT INTO v VALUES (?, ?)", [i, value]);
    assert.deepEqual((await db.select("SELECT x FROM v ORDER BY id")).map((row) => row.x), values);
    await db.executeBatch("INSERT INTO v VALUES (?, ?)", values.map((value, i) => [100 + i, value]));
    assert.deepEqual(
      (await db.select("SELECT x FROM v WHERE id >= 100 ORDER BY id")).map((row) => row.x),
      values,
    );
    await db.execute("INSERT INTO v VALUES (?, ?)", [200, true]);
    const [typed] = await db.select("SELECT x, typeof(x) AS t, typeof(?) AS p FROM v WHERE id = 200", [7]);
    assert.deepEqual(typed, { x: 1, t: "integer", p: "integer" });
    assert.deepEqual(Object.keys(typed!), ["x", "t", "p"]);
  }));

test("executeBatch() carries strings and blobs of any size when they exceed the ring", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE v(id INTEGER PRIMARY KEY, x, y)");
    const big = "é".repeat(700_000);
    const rows = Array.from({ length: 5 }, (_, i) => [i, big + i, new Uint8Array(300_000).fill(i)]);
    await Promise.all([
      db.executeBatch("INSERT INTO v VALUES (?, ?, ?)", rows),
      ...Array.from(
        { length: 50 },
        (_, i) => db.execute("INSERT INTO v VALUES (?, ?, NULL)", [100 + i, "z".repeat(50_000)]),
      ),
    ]);
    const [last] = await db.select("SELECT x, y FROM v WHERE id = 4");
    assert.equal(last!.x, `${big}4`);
    assert.deepEqual(last!.y, new Uint8Array(300_000).fill(4));
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM v"), [{ c: 55 }]);
  }));

test("checkParams() refuses texts with U+0000 when they are bound by any verb", () =>
  withTable(async (db) => {
    const refused = { code: "MISUSE", sql: insert, message: /param 2 must not hold the character U\+0000/ };
    await assert.rejects(db.execute(insert, [1, "ab\0cd"]), { ...refused, verb: "execute" });
    await db.transaction(async (tx) => {
      await assert.rejects(tx.execute(insert, [1, "\0"]), refused);
      await assert.rejects(tx.select("SELECT ? AS x", ["\0"]), /param 1 must not hold/);
      await assert.rejects(tx.executeBatch(insert, [[1, "a\0"]]), { code: "MISUSE", sql: insert });
      await tx.execute(insert, [1, "kept"]);
    });
    await assert.rejects(db.select("SELECT ? AS x", ["\0"]), /param 1 must not hold/);
    assert.throws(() => db.watch("SELECT ? AS x", ["\0"]), /param 1 must not hold/);
    const strings: SqlParam[][] = Array.from({ length: 100 }, (_, i) => [i + 10, `text ${i}`]);
    const inBatch = (x: SqlParam) => db.executeBatch(insert, strings.with(70, [80, x]));
    const inRow = {
      code: "MISUSE",
      verb: "executeBatch",
      sql: insert,
      message: /param 2 of row 71 must not/,
    };
    await assert.rejects(inBatch("a\0b"), inRow);
    strings[3] = [13, null];
    await assert.rejects(inBatch("a\0b"), inRow);
    await inBatch(new Uint8Array([97, 0, 98]));
    assert.deepEqual(await db.select("SELECT x FROM v WHERE id = 80"), [{ x: new Uint8Array([97, 0, 98]) }]);
    assert.deepEqual(await db.select("SELECT x FROM v WHERE id = 1"), [{ x: "kept" }]);
  }));

// When this fails, texts with U+0000 need not be refused any more.
test("checkParams() has to refuse U+0000 when the runtime reads texts only up to there", () =>
  withTable(async (db) => {
    await db.execute("INSERT INTO v(id, x) VALUES (1, 'ab' || char(0) || 'cd')");
    assert.deepEqual(await db.select("SELECT x, hex(x) AS h, CAST(x AS BLOB) AS b FROM v"), [
      { x: "ab", h: "6162006364", b: new TextEncoder().encode("ab\0cd") },
    ]);
  }));

test("checkParams() names the param and its row when a value cannot be bound", () =>
  withTable(async (db) => {
    const rows: unknown[][] = [[1, "a"], [2, "b"], [3, undefined]];
    await assert.rejects(
      db.executeBatch(insert, rows as SqlParam[][]),
      /param 2 of row 3 must be null, number/,
    );
    await assert.rejects(db.executeBatch(insert, [[1, 2n ** 63n]]), /param 2 of row 1 must fit into 64 bits/);
    await assert.rejects(
      db.executeBatch(insert, [[1, 2], null] as never),
      /row 2 must be an array, or an object of values by name, got null/,
    );
    await assert.rejects(db.executeBatch(insert, "rows" as never), /rows must be an array, got string/);
    await assert.rejects(
      db.execute(insert, { id: 1 } as never),
      /params must be an array as the placeholders/,
    );
    await assert.rejects(db.execute(insert, [1, new Date(0)] as never), /param 2 must be .*, got Date/);
    const tooMany = { code: "SQLITE_RANGE", message: /there are more params/ };
    await assert.rejects(db.execute(insert, [1, 2, 3]), tooMany);
    await assert.rejects(db.executeBatch(insert, [[1, 2, 3]]), tooMany);
    await assert.rejects(db.select("SELECT 1", [1]), tooMany);
  }));

test("execute() binds what was given when the caller changes it while a transaction holds the call back", () =>
  withTable(async (db) => {
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const open = db.transaction(async (tx) => {
      await tx.execute(insert, [1, "inside"]);
      started.resolve();
      await go.promise;
    });
    await started.promise;
    const bytes = new Uint8Array([1]);
    const params: SqlParam[] = [2, bytes];
    const rows: SqlParam[][] = [[3, bytes], [4, "before"]];
    const held = [db.execute(insert, params), db.executeBatch(insert, rows)];
    bytes[0] = 9;
    params[0] = 20;
    rows[1]![1] = {} as never;
    rows.length = 1;
    go.resolve();
    await Promise.all([open, ...held]);
    assert.deepEqual(await db.select("SELECT id, x FROM v WHERE id > 1 ORDER BY id"), [
      { id: 2, x: new Uint8Array([1]) },
      { id: 3, x: new Uint8Array([1]) },
      { id: 4, x: "before" },
    ]);
  }));

test("watch() goes on asking for the bytes it was given when a Buffer or a view of shared memory changes later", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE b(k BLOB, v)");
    await db.execute("INSERT INTO b VALUES (x'01', 'one'), (x'02', 'two')");
    for (const bytes of [Buffer.from([1]), new Uint8Array(new SharedArrayBuffer(1))]) {
      bytes[0] = 1;
      using shown = new Emissions(db.watch("SELECT v FROM b WHERE k = ?", [bytes]));
      await shown.atLeast(1);
      bytes[0] = 2;
      await db.execute("UPDATE b SET v = v || '!'");
      await quiet(db);
      assert.deepEqual(shown.last, await db.select("SELECT v FROM b WHERE k = x'01'"));
    }
    const late = Buffer.from([1]);
    const read = db.select("SELECT hex(?) AS h", [late]);
    late[0] = 2;
    assert.deepEqual(await read, [{ h: "01" }]);
  }));

test("blobs come back byte for byte when they are copied, handed over, or both in one result", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE b(id INTEGER PRIMARY KEY, x, y)");
    const r = new Random(5);
    const lengths = [0, 1, 3, 4, 5, 255, 16_383, 16_384, 16_385, 16_387, 70_001];
    const blob = () => {
      const made = new Uint8Array(lengths[r.below(lengths.length)]!);
      for (let i = 0; i < made.length; i += 1 + r.below(99)) made[i] = r.below(256);
      return made;
    };
    for (let round = 0; round < 15; round++) {
      await db.execute("DELETE FROM b");
      const rows = Array.from({ length: 1 + r.below(12) }, (_, id): [number, SqlParam, SqlParam] => {
        const x = blob();
        return [id, x, r.oneIn(3) ? x : r.oneIn(3) ? "text" : blob()];
      });
      await db.executeBatch("INSERT INTO b VALUES (?, ?, ?)", rows);
      const wanted = rows.map(([id, x, y]) => ({ id, x, y }));
      const sql = "SELECT id, x, y FROM b ORDER BY id";
      // Twice: nothing that was handed over may be read again.
      for (let time = 0; time < 2; time++) assert.deepEqual(await db.select(sql), wanted);
      for await (const shown of db.watch(sql)) {
        assert.deepEqual(shown, wanted);
        break;
      }
      assert.deepEqual(await db.transaction((tx) => tx.select(sql)), wanted);
      assert.deepEqual((await db.execute("UPDATE b SET id = id RETURNING id, x, y")).rows, wanted);
    }
  }));

test("watch() shows a blob again when any one of its bytes changes", () =>
  withDatabase({ readers: 1 }, async (db) => {
    for (const length of [1, 4, 7, 16_387]) {
      await db.execute("DROP TABLE IF EXISTS b");
      await db.execute("CREATE TABLE b(x)");
      const bytes = new Uint8Array(length);
      await db.execute("INSERT INTO b VALUES (?)", [bytes]);
      using shown = new Emissions(db.watch("SELECT x FROM b"));
      await shown.atLeast(1);
      for (const at of [0, length >> 1, length - 2, length - 1]) {
        if (at < 0) continue;
        bytes[at]! ^= 1 << at % 8;
        await db.execute("UPDATE b SET x = ?", [bytes]);
        await quiet(db);
        assert.deepEqual(shown.last, [{ x: bytes }]);
      }
    }
  }));
