import assert from "node:assert/strict";
import type { Database } from "../database.ts";
import { quiet, strict, withDatabase } from "../testing/fixtures.ts";
import { Random } from "../testing/random.ts";
import type { Row } from "../values.ts";
import { changesBetween, type KeyedRows, keyRows, type RowChanges } from "./changes.ts";

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ...strict, fn });

Deno.test("changesBetween() tells exactly what has to be done to the result before when results are random", () => {
  const random = new Random(151);
  const values = [null, 0, 1, "1", 1n << 60n, -0.5, NaN, new Uint8Array([1]), new Uint8Array([2]), ""];
  let before: KeyedRows | null = null;
  for (let round = 0; round < 500; round++) {
    const keys = [1, "1", null, 2, new Uint8Array([1]), 3, "x"].filter(() => random.oneIn(2));
    const made = keys.map((k): Row => ({ k, v: random.pick(values) }));
    const rows = random.oneIn(2) ? made : made.reverse();
    const after = keyRows(rows, ["k"], before, "SQL");
    assert.deepEqual(after.rows, rows);
    const changes = changesBetween(before, after);
    const left: Map<string, Row> = new Map(before?.byKey ?? []);
    const nameOf = (row: Row, { byKey }: KeyedRows) => [...byKey].find(([, each]) => each === row)![0];
    for (const row of changes.removed) assert.ok(left.delete(nameOf(row, before!)));
    for (const { before: old, after: row } of changes.updated) {
      assert.notDeepEqual(old, row);
      assert.equal(left.get(nameOf(row, after)), old);
      left.set(nameOf(row, after), row);
    }
    for (const row of changes.added) {
      assert.ok(!left.has(nameOf(row, after)));
      left.set(nameOf(row, after), row);
    }
    // What was neither added nor updated is the same object as before.
    assert.equal(left.size, after.byKey.size);
    for (const [name, row] of after.byKey) assert.equal(left.get(name), row);
    before = after;
  }
});

interface Task {
  readonly id: number;
  readonly title: string;
}

async function withTasks(body: (db: Database) => Promise<void>): Promise<void> {
  await withDatabase({ readers: 1, holdMs: 0 }, async (db) => {
    await db.exec(
      "CREATE TABLE tasks(id INTEGER PRIMARY KEY, title TEXT); INSERT INTO tasks VALUES (1, 'a'), (2, 'b')",
    );
    await body(db);
  });
}

const all = "SELECT id, title FROM tasks ORDER BY title";

test("watch() tells added, removed and updated rows when it was given a key", () =>
  withTasks(async (db) => {
    const query = db.watch<Task>(all, [], { key: "id" });
    const told: RowChanges<Task>[] = [];
    const shown: (readonly Task[])[] = [];
    using _ = query.subscribe((rows, changes) => void (shown.push(rows), told.push(changes)));
    while (told.length < 1) await quiet(db);
    await db.batch([
      "DELETE FROM tasks WHERE id = 1",
      "INSERT INTO tasks VALUES (3, 'c'), (4, 'd')",
      "UPDATE tasks SET title = 'z' WHERE id = 2",
    ]);
    while (told.length < 2) await quiet(db);
    await db.execute("UPDATE tasks SET title = 'B' WHERE id = 2");
    while (told.length < 3) await quiet(db);
    assert.deepEqual(told, [
      { added: [{ id: 1, title: "a" }, { id: 2, title: "b" }], removed: [], updated: [] },
      {
        added: [{ id: 3, title: "c" }, { id: 4, title: "d" }],
        removed: [{ id: 1, title: "a" }],
        updated: [{ before: { id: 2, title: "b" }, after: { id: 2, title: "z" } }],
      },
      {
        added: [],
        removed: [],
        updated: [{ before: { id: 2, title: "z" }, after: { id: 2, title: "B" } }],
      },
    ]);
    assert.deepEqual(shown[2]!.map(({ id }) => id), [2, 3, 4], "the order is the query's");
    assert.equal(shown[2]![1], shown[1]![0], "a row that has not changed is the same object");
    assert.equal(query.current, shown[2]);
    const late: RowChanges<Task>[] = [];
    using __ = query.subscribe((rows, changes) =>
      void (late.push(changes), assert.equal(rows, query.current))
    );
    while (late.length < 1) await quiet(db);
    assert.equal(late[0]!.added.length, 3, "the first result is all added to a newcomer");
  }));

test("changes() tells what a loop has missed as well when it is slower than the results", () =>
  withTasks(async (db) => {
    await using results = db.watch<Task>(all, undefined, { key: ["id", "title"] }).changes();
    const next = async () => {
      const { done, value } = await results.next();
      return done === true ? assert.fail("the loop has ended") : value;
    };
    assert.equal((await next()).changes.added.length, 2);
    for (const id of [3, 4, 5]) {
      await db.execute("INSERT INTO tasks VALUES (?, 'x')", [id]);
      await quiet(db);
    }
    await db.execute("UPDATE tasks SET title = 'y' WHERE id = 1");
    await quiet(db);
    const { rows, changes } = await next();
    assert.deepEqual(changes.added.map(({ id }) => id), [3, 4, 5, 1]);
    assert.deepEqual([changes.removed, changes.updated], [[{ id: 1, title: "a" }], []]);
    assert.equal(rows.length, 5);
    assert.throws(() => db.watch(all).changes(), /must be given a key/);
  }));

test("watch() tells an error, and recovers, when the key does not tell rows apart", () =>
  withTasks(async (db) => {
    const query = db.watch<Task>(all, [], { key: "title" });
    const told: unknown[] = [];
    using _ = query.subscribe(
      (_, changes) => void told.push(changes),
      (error) => void told.push(error.reason),
    );
    while (told.length < 1) await quiet(db);
    await db.execute("INSERT INTO tasks VALUES (3, 'a')");
    while (told.length < 2) await quiet(db);
    assert.equal(told[1], 'the key title must tell rows apart, two of them have "a"');
    assert.deepEqual([query.current, query.error?.code], [undefined, "MISUSE"]);
    await db.execute("UPDATE tasks SET title = 'c' WHERE id = 3");
    while (told.length < 3) await quiet(db);
    assert.deepEqual(told[2], { added: [{ id: 3, title: "c" }], removed: [], updated: [] });
    assert.deepEqual([query.current?.length, query.error], [3, undefined]);
    await assert.rejects(db.watch(all, [], { key: "nope" }).changes().next(), /must have the column "nope"/);
    for (const key of [[], 1, ["id", null]]) {
      assert.throws(() => db.watch(all, [], { key: key as never }), /key must be a name of a column/);
    }
  }));
