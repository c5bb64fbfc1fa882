/** Functions of the user's: the same in every thread, and none of their failures breaks anything. */

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { openDatabase as open } from "../database.ts";
import type { EngineError } from "../errors.ts";
import type { SqlFunctions } from "./functions.ts";
import { Emissions, quiet, tempFile, testEverywhere, withDatabase } from "../testing/fixtures.ts";

const functions = new URL("../testing/functions.ts", import.meta.url);
const options = { functions, readers: 2, holdMs: 0 };

testEverywhere(
  "openDatabase() makes functions known to every verb and every thread when it is given a module",
  () =>
    withDatabase(options, async (db) => {
      await db.exec(`
      CREATE TABLE notes(id INTEGER PRIMARY KEY, title, slug, double GENERATED ALWAYS AS (twice(id)));
      CREATE INDEX notes_twice ON notes(twice(id));
      CREATE TRIGGER named AFTER INSERT ON notes BEGIN UPDATE notes SET slug = slug(title) WHERE id = new.id; END`);
      await db.execute("INSERT INTO notes(title) VALUES (?)", ["To Do"]);
      await db.executeBatch("INSERT INTO notes(title) VALUES (upper(slug(?)))", [["A b"], ["C d"], ["E f"]]);
      await db.batch(["UPDATE notes SET title = slug(title) WHERE twice(id) = 4"]);
      await db.transaction(async (tx) => {
        assert.deepEqual(await tx.select("SELECT slug('In It') AS s"), [{ s: "in-it" }]);
      });
      const rows = [
        { slug: "to-do", double: 2 },
        { slug: "a-b", double: 4 },
        { slug: "c-d", double: 6 },
        { slug: "e-f", double: 8 },
      ];
      const sql = "SELECT slug, double FROM notes ORDER BY id";
      assert.deepEqual(await Promise.all([db.select(sql), db.select(sql)]), [rows, rows]);
      const seen: unknown[] = [];
      for await (const { p } of db.iterate("SELECT product(id) AS p FROM notes GROUP BY id > 2")) {
        seen.push(p);
      }
      assert.deepEqual(seen, [2, 12]);
      assert.deepEqual(await db.select("SELECT product(id) AS p FROM notes WHERE 0"), [{ p: 1 }]);
    }),
);

testEverywhere(
  "watch() follows the rows of its tables when its conditions call functions",
  () =>
    withDatabase(options, async (db) => {
      await db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, name); CREATE INDEX t_twice ON t(twice(id))");
      await db.executeBatch("INSERT INTO t VALUES (?, ?)", [[1, "A"], [2, "B"], [4, "C"]]);
      using byKey = new Emissions(db.watch("SELECT name FROM t WHERE id = twice(?)", [2]));
      using byIndex = new Emissions(db.watch("SELECT name FROM t WHERE twice(id) = ?", [2]));
      using byText = new Emissions(db.watch("SELECT id FROM t WHERE slug(name) = ? ORDER BY id", ["a"]));
      await byKey.until([{ name: "C" }]);
      await byIndex.until([{ name: "A" }]);
      await byText.until([{ id: 1 }]);
      await db.execute("UPDATE t SET name = 'a' WHERE id = 4");
      await byKey.until([{ name: "a" }]);
      await byText.until([{ id: 1 }, { id: 4 }]);
      await db.execute("DELETE FROM t WHERE id = 1");
      await byIndex.until([]);
      await byText.until([{ id: 4 }]);
    }),
);

testEverywhere(
  "a function is given, and gives, values as they are stored",
  () =>
    withDatabase(options, async (db) => {
      assert.deepEqual(
        await db.select("SELECT kinds(1, 2.5, 'a', x'01', NULL, 9007199254740993, 2) AS k, kinds() AS none"),
        [{ k: "number,number,string,object,null,bigint,number", none: "" }],
      );
      const gift = (which: number) => db.select("SELECT gift(?) AS g, typeof(gift(?)) AS t", [which, which]);
      const given = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(gift));
      assert.deepEqual(given.map(([row]) => [row!.g, row!.t]), [
        [null, "null"],
        [null, "null"],
        [7, "integer"],
        [2n ** 60n, "integer"],
        [0.5, "real"],
        ["é", "text"],
        [new Uint8Array([1, 2]), "blob"],
        [1, "integer"],
      ]);
      await assert.rejects(db.select("SELECT slug('a', 'b')"), {
        code: "SQLITE_ERROR",
        reason: /wrong number of arguments to function slug\(\)/,
      });
    }),
);

testEverywhere(
  "a function that fails is an error with its reason, keeps nothing, and leaves the database well",
  () =>
    withDatabase(options, async (db) => {
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      await db.execute("INSERT INTO t VALUES (1, 1)");
      const failure = (reason: RegExp) => ({ name: "EngineError", code: "SQLITE_ERROR", reason });
      const thrown = failure(/the function spoil\(\) has thrown: it is spoilt/);
      await assert.rejects(db.select("SELECT spoil(NULL) AS s FROM t"), thrown);
      await assert.rejects(db.execute("INSERT INTO t(x) VALUES (1), (spoil(NULL))"), thrown);
      await assert.rejects(db.executeBatch("INSERT INTO t(x) VALUES (spoil(?))", [[null], [null]]), thrown);
      await assert.rejects(
        db.batch(["INSERT INTO t(x) VALUES (5)", "SELECT spoil(NULL)"]),
        /statement 2: .*spoilt/,
      );
      await assert.rejects(async () => {
        for await (const _ of db.iterate("SELECT spoil(NULL) AS s")) assert.fail("no rows");
      }, thrown);
      const reasons = [/U\+0000/, /64 bits/, /got Object/, /got symbol/, /got Promise/];
      for (const [which, reason] of reasons.entries()) {
        await assert.rejects(db.select("SELECT spoil(?) AS s", [which]), failure(reason));
      }
      await assert.rejects(
        db.select("SELECT product(x) AS p FROM (SELECT 2 AS x UNION ALL SELECT 13 UNION ALL SELECT 3)"),
        {
          code: "SQLITE_ERROR",
          reason: /product\(\) has thrown: unlucky/,
        },
      );
      // The reason of one failure is not given to the next error.
      await assert.rejects(db.select("SELECT missing FROM t"), /no such column: missing/);
      using shown = new Emissions(
        db.watch("SELECT slug(x) AS s, spoil(x) IS NULL AS n FROM t WHERE x IS NOT 5"),
      );
      await shown.atLeast(1);
      assert.match((shown.last as EngineError).reason, /64 bits/);
      await db.execute("DELETE FROM t");
      await shown.until([]);
      await quiet(db);
      assert.equal(shown.all.length, 2);
    }),
);

Deno.test("openDatabase() rejects when the functions cannot be had, or are none", async () => {
  using file = tempFile();
  const misuse = (reason: RegExp) => ({ verb: "open", code: "MISUSE", reason });
  const from = (address: unknown) => open(":memory:", { functions: address as string });
  let count = 0;
  const written = (text: string) => {
    const path = `${file.path}${count++}.mjs`;
    Deno.writeTextFileSync(path, text);
    return pathToFileURL(path);
  };
  await assert.rejects(from(new URL("../testing/no_such_module.ts", import.meta.url)), {
    verb: "open",
    code: "RUNTIME",
    reason: /no_such_module/,
  });
  const faults: readonly (readonly [text: string, reason: RegExp])[] = [
    ["export const slug = 1", /default export .* must be an object of functions, got undefined/],
    ["export default { a: 1 }", /"a" must be a function/],
    ["export default { a: { start: () => 1 } }", /start, step and result/],
    ["export default { a: { call: () => 1 } }", /"a" must be a function, or an object with compute/],
    ["export default { Abs: () => 1 }", /not taken by SQLite or the engine, got "Abs"/],
    ["export default { watchlite_row: () => 1 }", /not taken by SQLite or the engine/],
  ];
  for (const [text, reason] of faults) await assert.rejects(from(written(text)), misuse(reason));
  const good = written("export default { one: () => 1 }");
  await using db = await from(good.href);
  assert.deepEqual(await db.select("SELECT one() AS one"), [{ one: 1 }]);
  for (const none of ["./functions.ts", "https://example.com/functions.js", 5]) {
    await assert.rejects(from(none), TypeError);
  }
});

Deno.test("SqlFunctions gives arguments their types when a function is told more about", () => {
  const functions = {
    plain: (x) => typeof x,
    told: {
      deterministic: true,
      compute: (x) => {
        // @ts-expect-error: a value of SQL has no such property; anything would have
        assert.equal(x.nothing, undefined);
        return typeof x;
      },
    },
  } satisfies SqlFunctions;
  assert.deepEqual([functions.plain(1), functions.told.compute("a")], ["number", "string"]);
});
