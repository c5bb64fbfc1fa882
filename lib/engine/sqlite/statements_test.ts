import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EngineError } from "../errors.ts";
import { Emissions, quiet, strict, withDatabase } from "../testing/fixtures.ts";
import { Statements } from "./statements.ts";

Deno.test(
  "every verb refuses a text without a statement, however it is blank",
  strict,
  () =>
    withDatabase({ readers: 1 }, async (db) => {
      for (
        const sql of ["", "\ufeff", "\ufeff;", " \v", "\0SELECT 1", "SELECT 1\0", "/**/", "-- x", "\f;\r"]
      ) {
        const calls = [
          () => db.execute(sql),
          () => db.executeBatch(sql, [[]]),
          () => db.select(sql),
          () => db.transaction((tx) => tx.select(sql)),
        ];
        for (const call of calls) await assert.rejects(call(), { code: "MISUSE" }, JSON.stringify(sql));
        using shown = new Emissions(db.watch(sql));
        await shown.atLeast(1);
        assert.equal((shown.last as EngineError).code, "MISUSE");
      }
      assert.deepEqual(await db.select("\ufeff SELECT 1 AS a ; -- \ufeff"), [{ a: 1 }]);
      await assert.rejects(db.select("SELECT 1; \v-"), /another one follows/);
    }),
);

Deno.test(
  "watch() shows what select() gives when the statement follows semicolons or is an EXPLAIN",
  strict,
  () =>
    withDatabase({ readers: 1 }, async (db) => {
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)");
      const queries = [
        ";SELECT 1 AS a",
        "\ufeff;;/**/ SELECT a FROM t WHERE id = 1",
        "EXPLAIN QUERY PLAN SELECT a FROM t WHERE a = 1",
        ";EXPLAIN SELECT 1",
      ];
      using stack = new DisposableStack();
      const all = queries.map((sql) => stack.use(new Emissions(db.watch(sql))));
      const check = async () => {
        await quiet(db);
        for (const [i, sql] of queries.entries()) assert.deepEqual(all[i]!.last, await db.select(sql), sql);
      };
      await check();
      await db.execute(";INSERT INTO t VALUES (1, 1)");
      await check();
      await db.execute("CREATE INDEX t_a ON t(a)");
      await check();
      await db.execute(";; UPDATE t SET a = 2");
      await check();
    }),
);

Deno.test(
  "lastRowid is exact when a rowid is more than a number can hold",
  strict,
  () =>
    withDatabase({ readers: 1 }, async (db) => {
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
      const large = 2n ** 53n + 1n;
      assert.equal((await db.execute("INSERT INTO t VALUES (?)", [large])).lastRowid, large);
      assert.equal(
        (await db.execute("INSERT INTO t VALUES (?) RETURNING id", [large + 2n])).lastRowid,
        large + 2n,
      );
      assert.equal((await db.executeBatch("INSERT INTO t VALUES (?)", [[large + 4n]])).lastRowid, large + 4n);
      const many = Array.from({ length: 20 }, (_, i) => [-large - BigInt(i)]);
      assert.equal((await db.executeBatch("INSERT INTO t VALUES (?)", many)).lastRowid, -large - 19n);
      assert.equal((await db.execute("INSERT INTO t VALUES (7)")).lastRowid, 7);
    }),
);

Deno.test("program() is kept for all params unless SQLite compiles the statement for their values", () => {
  using db = new DatabaseSync(":memory:");
  db.exec(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE); CREATE INDEX names ON t (name)",
  );
  const statements = new Statements(db, "reader", 8);
  const programOf = (sql: string, param: string | number) =>
    statements.program(statements.prepare("watch", sql), [param])!;
  for (const sql of ["SELECT id FROM t WHERE name = ?", "SELECT name FROM t WHERE id > ? ORDER BY name"]) {
    const program = programOf(sql, 1);
    assert.equal(programOf(sql, "a"), program);
    statements.clear();
    assert.notEqual(programOf(sql, 1), program, "the schema may be another one");
  }
  const like = "SELECT id FROM t WHERE name LIKE ?";
  const texts = (param: string) => JSON.stringify(programOf(like, param));
  assert.match(texts("%x"), /"Variable"/);
  assert.match(texts("abc%"), /"ABC"/i);
  assert.match(texts("def%"), /"DEF"/i);
  assert.doesNotMatch(texts("def%"), /"ABC"/i);
});
