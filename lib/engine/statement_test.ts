import assert from "node:assert/strict";
import type { Database } from "./database.ts";
import { EngineError } from "./errors.ts";
import { sql, type SqlParams, type Statement } from "./statement.ts";
import { Emissions, quiet, strict, withDatabase } from "./testing/fixtures.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

async function withTasks(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1, profile: true, holdMs: 0 }, async (db) => {
    await db.execute("CREATE TABLE tasks(id INTEGER PRIMARY KEY, list INTEGER, title TEXT)");
    await db.execute("CREATE INDEX tasks_list ON tasks(list)");
    await db.executeBatch("INSERT INTO tasks VALUES (:id, $list, @title)", [
      { id: 1, list: 7, title: "a" },
      { ":id": 2, $list: 7, "@title": "b" },
      { id: 3, list: 9, title: "c" },
    ]);
    await body(db);
  });
}

test("every verb binds by name when params are an object", () =>
  withTasks(async (db) => {
    assert.deepEqual(await db.select("SELECT title FROM tasks WHERE id = :id AND :id > 0", { id: 2 }), [
      { title: "b" },
    ]);
    assert.deepEqual(await db.select("SELECT :a AS a, $a AS b, @a AS c", { ":a": 1, $a: 2, "@a": 3 }), [
      { a: 1, b: 2, c: 3 },
    ]);
    assert.deepEqual(await db.select("SELECT :a AS a, $a AS b", { ":a": 1, a: 2 }), [{ a: 1, b: 2 }]);
    assert.deepEqual(await db.select("SELECT ?2 AS a, ?1 AS b, ? AS c", [1, 2, 3]), [{ a: 2, b: 1, c: 3 }]);
    assert.deepEqual(await db.select("SELECT $__proto__ AS a", JSON.parse('{"__proto__": 1}')), [{ a: 1 }]);
    const made = await db.execute("UPDATE tasks SET title = $to WHERE id = $id RETURNING title", {
      id: 1,
      to: 2n ** 60n,
    });
    assert.deepEqual(made.rows, [{ title: String(2n ** 60n) }]);
    await db.transaction(async (tx) => {
      await tx.execute("UPDATE tasks SET title = :to WHERE id = :id", { id: 1, to: "z" });
      await tx.executeBatch("DELETE FROM tasks WHERE id = :id", [{ id: 3 }]);
      assert.deepEqual(await tx.select("SELECT COUNT(*) AS c FROM tasks WHERE title = :t", { t: "z" }), [
        { c: 1 },
      ]);
    });
    assert.deepEqual(await db.select("SELECT id, list, title FROM tasks ORDER BY id"), [
      { id: 1, list: 7, title: "z" },
      { id: 2, list: 7, title: "b" },
    ]);
  }));

test("watch() follows exactly its own rows when it is bound by name or by number out of order", () =>
  withTasks(async (db) => {
    const lists: [sql: string, params: SqlParams][] = [
      ["SELECT id FROM tasks WHERE :n IS NULL AND list = :list AND title > :t", { n: null, list: 7, t: "" }],
      ["SELECT id FROM tasks WHERE ?1 < 5 AND list = ?3 AND title > ?2", [0, "", 7]],
      ["SELECT id FROM tasks WHERE list = $list ORDER BY id", { list: 7 }],
    ];
    for (const [text, params] of lists) {
      using shown = new Emissions(db.watch(text, params));
      await shown.until([{ id: 1 }, { id: 2 }]);
      await quiet(db);
      // Until its table is tracked, a stream is asked again after every commit.
      await db.execute("INSERT INTO tasks VALUES (10, 9, 'other')");
      await quiet(db);
      const before = db.counters();
      await db.execute("INSERT INTO tasks VALUES (11, 9, 'other')");
      await quiet(db);
      assert.equal(db.counters().requery_count, before.requery_count, text);
      await db.execute("UPDATE tasks SET list = 7 WHERE id = 11");
      await shown.until([{ id: 1 }, { id: 2 }, { id: 11 }]);
      await db.execute("DELETE FROM tasks WHERE id > 9");
      await shown.until([{ id: 1 }, { id: 2 }]);
    }
  }));

test("every verb refuses params when they and the placeholders do not belong together", () =>
  withTasks(async (db) => {
    for (
      const [text, params, rule] of [
        ["SELECT :n, ?", [1, 2], /all named or all numbered, there are 1 numbered ones and :n/],
        ["SELECT :n, ?2", { n: 1 }, /all named or all numbered/],
        ["SELECT :n", [1], /params must be an object with a value for each of :n, got an array/],
        ["SELECT :n", undefined, /must be an object with a value for each of :n/],
        ["SELECT ?", { a: 1 }, /must be an array as the placeholders have no names/],
        ["SELECT :n, :m", { n: 1 }, /must hold a value for :m, there are n/],
        ["SELECT :n", { n: undefined }, /must hold a value for :n, there are n/],
        ["SELECT :n", { n: 1, m: 2 }, /must hold nothing but :n, there is "m"/],
        ["SELECT :n", { n: 1, ":n": 2 }, /must hold nothing but :n, there is "n"/],
        ["SELECT 1", { n: 1 }, /must hold nothing but none, there is "n"/],
        ["SELECT :toString", {}, /must hold a value for :toString, there are none/],
        ["SELECT :n", new Map([["n", 1]]), /or an object of values by name, got Map/],
        ["SELECT :n", new Uint8Array(2), /or an object of values by name, got Uint8Array/],
        ["SELECT :n", "text", /got string/],
        ["SELECT :n", { n: {} }, /param 1 must be null, number/],
      ] as const
    ) {
      const given = params as unknown as SqlParams;
      for (const call of [db.select(text, given), db.execute(text, given)]) {
        await assert.rejects(call, (error) => error instanceof EngineError && rule.test(error.reason), text);
      }
      assert.throws(() => db.watch(text, given), rule, text);
    }
    const insert = "INSERT INTO tasks(id) VALUES (:id)";
    await assert.rejects(
      db.executeBatch(insert, [{ id: 20 }, { ix: 21 }]),
      /row 2 must hold a value for :id/,
    );
    await assert.rejects(db.executeBatch(insert, [{ id: 20 }, [21]]), /row 2 must be an object/);
    await assert.rejects(db.select({ sql: "SELECT 1", params: [] }, []), /must be those of the statement/);
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM tasks"), [{ c: 3 }]);
  }));

test("sql binds values, quotes names and takes other statements in when it makes a statement", () =>
  withTasks(async (db) => {
    const evil = "'; DROP TABLE tasks; --";
    assert.deepEqual(sql`SELECT ${evil} AS a`, { sql: "SELECT ? AS a", params: [evil] });
    const inner = sql`list = ${7} AND title IN ${sql.list(["a", "b"])}`;
    const found = sql<{ id: number }>`SELECT ${sql.id("id")} FROM ${
      sql.id("tasks")
    } WHERE ${inner} AND id > ${1}`;
    const rows = await db.select(found);
    const ids: number[] = rows.map((row) => row.id);
    assert.deepEqual(ids, [2]);
    assert.equal(sql`${sql.id('a"b')}`.sql, '"a""b"');
    using shown = new Emissions(db.watch(sql`SELECT COUNT(*) AS c FROM tasks WHERE list = ${9}`));
    await shown.until([{ c: 1 }]);
    await db.execute(sql`INSERT INTO tasks(list) VALUES (${9})`);
    await shown.until([{ c: 2 }]);
    await db.transaction(async (tx) => {
      await tx.execute(sql`DELETE FROM tasks WHERE list = ${9}`);
      assert.deepEqual(await tx.select(sql`SELECT COUNT(*) AS c FROM tasks`), [{ c: 2 }]);
    });
    assert.deepEqual(await db.select(sql`SELECT 1 IN ${sql.list([])} AS a`), [{ a: 0 }]);
    // What a query builder compiles has this form, too.
    assert.deepEqual(await db.select({ sql: "SELECT :a AS a", params: { a: 5 } }), [{ a: 5 }]);
  }));

Deno.test("sql refuses a template when a value cannot be bound where it stands", () => {
  const rule = /each value must stand where SQLite takes one/;
  assert.throws(() => sql`SELECT '${1}'`, rule);
  assert.throws(() => sql`SELECT 1 -- ${1}`, rule);
  assert.throws(() => sql`SELECT ?, ${1}`, rule);
  assert.throws(() => sql`SELECT :a, ${1}`, rule);
  assert.throws(() => sql`SELECT ${1}, ${{ sql: "?2, ?1", params: [1, 2] }}`, rule);
  assert.throws(() => sql`SELECT ${{ sql: ":a", params: { a: 1 } }}`, rule);
  assert.throws(() => sql`SELECT "${1}"`, { verb: "sql", code: "MISUSE" });
});

Deno.test("select(), watch() and sql carry the type of rows when they are told one", () => {
  interface Task {
    readonly id: number;
    readonly title: string | null;
  }
  // Compiled, never called: a type that were lost would be an error of the compiler.
  async function compiled(db: Database): Promise<void> {
    const [first] = await db.select<Task>("SELECT id, title FROM tasks");
    first!.title satisfies string | null;
    // @ts-expect-error: there is no such column
    first!.nothing;
    for await (const rows of db.watch<Task>("SELECT id, title FROM tasks")) rows[0]!.id satisfies number;
    db.watch<Task>("SELECT 1").subscribe((rows) => rows[0]!.id satisfies number);
    const statement: Statement<Task> = sql<Task>`SELECT id, title FROM tasks`;
    for await (const rows of db.watch(statement)) rows[0]!.id satisfies number;
    (await db.execute(statement)).rows[0]!.title satisfies string | null;
    await db.transaction(async (tx) => (await tx.select(statement))[0]!.id satisfies number);
    (await db.select("SELECT 1"))[0]!["any"];
  }
  assert.equal(typeof compiled, "function");
});
