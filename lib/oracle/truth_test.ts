import assert from "node:assert/strict";
import type { Seed, Table } from "../model/schema.ts";
import { count, insert, type Query, remove, select, sum, update, upsert } from "../model/statement.ts";
import type { Args, Value } from "../model/value.ts";
import type { BoundQuery, Operation } from "../model/workload.ts";
import { expectOf, isFinal, judge, logOf, phaseOf } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

const items: Table = {
  name: "items",
  primaryKey: "id",
  autoKey: true,
  columns: [
    { name: "id", type: "integer" },
    { name: "owner", type: "integer" },
    { name: "ext", type: "integer", unique: true, nullable: true },
    { name: "value", type: "integer" },
  ],
  indexes: [],
};

function seedOf(rowCount: number, onBuilt: () => void = () => {}): Seed {
  return {
    table: "items",
    rowCount,
    firstKey: 1,
    batchSize: 1000,
    row: (index) => {
      onBuilt();
      return { id: index + 1, owner: Math.floor(index / 100), ext: null, value: 0 };
    },
  };
}

const byOwner = select({
  table: "items",
  columns: ["id", "value"],
  where: [{ kind: "equal", column: "owner", operand: { param: "owner" } }],
  orderBy: [{ column: "id", descending: false }],
});
const newest = select({
  table: "items",
  columns: ["id", "value"],
  where: [],
  orderBy: [{ column: "id", descending: true }],
  limit: { value: 50 },
});
const countAll = count({ table: "items", as: "c", where: [] });
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const all = select({
  table: "items",
  columns: ["id", "ext"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

function write(statement: Extract<Operation, { kind: "write" }>["statement"], ...args: Value[]): Operation {
  return { kind: "write", label: "write", statement, args };
}

function watch(query: Query, ...args: Value[]): BoundQuery {
  return { query, args };
}

Deno.test("Truth.read() of keys and ranges builds no other row of a large seed", () => {
  let builtCount = 0;
  const truth = new Truth([items], [seedOf(5_000_000, () => builtCount += 1)]);
  const byKey = select({
    table: "items",
    columns: ["value"],
    where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
    orderBy: [],
  });
  const range = select({
    table: "items",
    columns: ["value"],
    where: [{ kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } }],
    orderBy: [],
    limit: { param: "limit" },
  });
  assert.equal(truth.read(byKey, [4_000_000]).length, 1);
  assert.equal(truth.read(range, [1000, 1500, 500]).length, 500);
  assert.deepEqual(truth.read(countAll, []), [{ c: 5_000_000 }]);
  truth.apply(write(setValue, 7, 1001));
  assert.equal(builtCount, 501);
  assert.equal(truth.rowEvaluations, 501);
});

Deno.test("Truth.apply() replaces a row under a new key or updates it under the old one", () => {
  const columns = ["ext", "owner", "value"];
  const replace = upsert({ table: "items", mode: "replace", conflictColumn: "ext", columns });
  const merge = upsert({ table: "items", mode: "update", conflictColumn: "ext", columns });
  const truth = new Truth([items], []);
  truth.apply(write(insert({ table: "items", columns }), 5, 0, 1));
  truth.apply(write(merge, 5, 0, 2));
  assert.deepEqual(truth.read(all, []), [{ id: 1, ext: 5 }]);
  truth.apply(write(replace, 5, 0, 3));
  assert.deepEqual(truth.read(all, []), [{ id: 2, ext: 5 }]);
  truth.apply(write(replace, 6, 0, 3));
  assert.deepEqual(truth.read(all, []), [{ id: 2, ext: 5 }, { id: 3, ext: 6 }]);
});

Deno.test("Truth.apply() replaces every row that stands in the way of a unique value", () => {
  const columns = ["id", "owner", "ext", "value"];
  const truth = new Truth([items], []);
  for (const id of [1, 2, 3]) truth.apply(write(insert({ table: "items", columns }), id, 0, 10 * id, 0));
  truth.apply(
    write(upsert({ table: "items", mode: "replace", conflictColumn: "ext", columns }), 1, 0, 30, 0),
  );
  assert.deepEqual(truth.read(all, []), [{ id: 1, ext: 30 }, { id: 2, ext: 20 }]);
});

Deno.test("Truth.apply() rejects what every database refuses", () => {
  const truth = new Truth([items], [seedOf(3)]);
  const insertOwner = insert({ table: "items", columns: ["ext", "owner"] });
  assert.throws(() => truth.apply(write(insertOwner, 1, 2)), {
    name: "TypeError",
    message: `Cannot write to table "items" as "value" rejects NULL: current value is null`,
  });
  assert.throws(() => truth.apply(write(setValue, null, 1)), TypeError);
  assert.throws(() => truth.apply(write(setValue)), TypeError);
});

Deno.test("Truth names what is not declared", () => {
  const truth = new Truth([items], [seedOf(3)]);
  const elsewhere = { ...seedOf(1), table: "people" };
  assert.throws(
    () => new Truth([items], [elsewhere]),
    /Cannot find table "people": declared tables are "items"/,
  );
  const unknown = select({ table: "items", columns: ["id", "name"], where: [], orderBy: [] });
  assert.throws(() => truth.read(unknown, []), /"name" is not a column of "items"/);
  assert.throws(() => truth.read(byOwner, []), /expected 1, got 0/);
});

Deno.test("Truth.read() adds up whole numbers that are never NULL, and nothing else", () => {
  const truth = new Truth([items], [seedOf(3)]);
  const total = sum({ table: "items", column: "value", as: "s", where: [] });
  truth.apply(write(setValue, 7, 1));
  truth.apply(write(setValue, -2, 3));
  assert.deepEqual(truth.read(total, []), [{ s: 5 }]);
  assert.throws(() => truth.read(sum({ table: "items", column: "ext", as: "s", where: [] }), []), {
    name: "RangeError",
    message:
      'Cannot add up a column as it must be an integer that is never NULL: "ext" of "items" is a nullable integer',
  });
});

Deno.test("Truth.advance() notices a changed key although the query does not show it", () => {
  const truth = new Truth([items], [seedOf(3)]);
  const values = select({
    table: "items",
    columns: ["value"],
    where: [{ kind: "range", column: "value", below: { value: 10 } }],
    orderBy: [{ column: "value", descending: false }],
  });
  const rekey = update({ table: "items", set: [{ column: "id", param: "id" }], keyColumn: "id" });
  const operations = [write(rekey, 50, 2), write(setValue, 20, 50)];
  const expectation = expectOf(truth, phaseOf({ watches: [watch(values)] }), operations);
  assert.ok(isFinal(expectation, 0, [{ value: 0 }, { value: 0 }]));
});

Deno.test("Truth.advance() keeps arguments of different types apart", () => {
  const truth = new Truth([items], [seedOf(101)]);
  const watches = [watch(byOwner, 1), watch(byOwner, "1"), watch(byOwner, 1n)];
  const expectation = expectOf(truth, phaseOf({ watches }), []);
  assert.ok(isFinal(expectation, 0, [{ id: 101, value: 0 }]));
  assert.ok(isFinal(expectation, 1, []));
  assert.ok(isFinal(expectation, 2, [{ id: 101, value: 0 }]));
});

/** Row evaluations of a phase that writes to rows all over the table, without the evaluations of the first results. */
function workOf(rowCount: number, watches: readonly BoundQuery[], operations: readonly Operation[]): number {
  const truth = new Truth([items], [seedOf(rowCount)]);
  expectOf(truth, phaseOf({ watches }), []);
  const before = truth.rowEvaluations;
  expectOf(truth, phaseOf({ watches }), []);
  const opening = truth.rowEvaluations - before;
  expectOf(truth, phaseOf({ watches }), operations);
  return truth.rowEvaluations - before - 2 * opening;
}

function spreadWrites(writeCount: number, rowCount: number): Operation[] {
  return Array.from({ length: writeCount }, (_, k) => write(setValue, k + 1, (k * 7919) % rowCount + 1));
}

Deno.test("Truth.advance() looks at each written row once per side, however many streams watch other rows", () => {
  const fanOut = (streamCount: number) =>
    Array.from({ length: streamCount }, (_, owner) => watch(byOwner, owner));
  assert.equal(workOf(10_000, fanOut(100), spreadWrites(200, 10_000)), 400);
  assert.equal(workOf(10_000, fanOut(100), spreadWrites(400, 10_000)), 800);
  // Writes to the 90 owners that nobody watches cost nothing.
  assert.equal(workOf(10_000, fanOut(10), spreadWrites(10_000, 10_000)), 2000);
});

Deno.test("Truth.advance() does not evaluate a limited query again for rows inside or outside its window", () => {
  assert.equal(workOf(100_000, [watch(newest)], spreadWrites(200, 100_000)), 400);
  const inside = Array.from({ length: 100 }, (_, k) => write(setValue, k + 1, 100_000 - k % 50));
  assert.equal(workOf(100_000, [watch(newest)], inside), 200);
});

Deno.test("Truth.advance() does no work for writes to columns that nobody watches", () => {
  const setOwner = update({ table: "items", set: [{ column: "ext", param: "ext" }], keyColumn: "id" });
  const writes = Array.from({ length: 100 }, (_, k) => write(setOwner, k, k + 1));
  assert.equal(workOf(1000, [watch(newest), watch(byOwner, 0)], writes), 0);
});

Deno.test("Truth.advance() does not evaluate a join again for writes to columns that it does not read", () => {
  const users: Table = {
    name: "users",
    primaryKey: "id",
    columns: [{ name: "id", type: "integer" }, { name: "name", type: "text" }, {
      name: "seenAt",
      type: "integer",
    }],
    indexes: [],
  };
  const userSeed: Seed = {
    table: "users",
    rowCount: 10,
    firstKey: 0,
    batchSize: 10,
    row: (index) => ({ id: index, name: `user ${index}`, seenAt: 0 }),
  };
  const joined = select({
    table: "items",
    as: "i",
    join: { table: "users", as: "u", left: "i.owner", right: "u.id" },
    columns: ["i.id", "u.name"],
    where: [{ kind: "equal", column: "i.owner", operand: { param: "owner" } }],
    orderBy: [{ column: "i.id", descending: false }],
  });
  const touch = update({ table: "users", set: [{ column: "seenAt", increment: 1 }], keyColumn: "id" });
  const rename = update({ table: "users", set: [{ column: "name", param: "name" }], keyColumn: "id" });
  const truth = new Truth([items, users], [seedOf(1000), userSeed]);
  const phase = phaseOf({ watches: [watch(joined, 3)] });
  expectOf(truth, phase, []);
  const before = truth.rowEvaluations;
  expectOf(truth, phase, [write(touch, 3), write(touch, 4)]);
  assert.equal(truth.rowEvaluations - before, 100);
  const expectation = expectOf(truth, phase, [write(rename, "new", 3)]);
  assert.equal(truth.rowEvaluations - before, 300);
  assert.ok(isFinal(expectation, 0, truth.read(joined, [3])));
  assert.deepEqual(truth.read(joined, [3])[0], { id: 301, name: "new" });
});

Deno.test("Truth.advance() puts a written row into a limited join without evaluating it again", () => {
  const latest = select({
    table: "items",
    as: "i",
    join: { table: "owners", as: "o", left: "i.owner", right: "o.id" },
    columns: ["i.id", "i.value", "o.ext"],
    where: [{ kind: "equal", column: "i.owner", operand: { param: "owner" } }],
    orderBy: [{ column: "i.value", descending: true }],
    limit: { value: 20 },
  });
  const truth = new Truth([items, { ...items, name: "owners" }], [
    seedOf(10_000),
    { ...seedOf(10), table: "owners" },
  ]);
  const spread = Array.from({ length: 100 }, (_, k): Args => [k + 1, 301 + k]);
  truth.apply({ kind: "batch", label: "spread", statement: setValue, rows: spread });
  const add = insert({ table: "items", columns: ["owner", "value"] });
  const writes = Array.from({ length: 200 }, (_, k) => write(add, 3, 1000 + k));
  const before = truth.rowEvaluations;
  const expectation = expectOf(truth, phaseOf({ watches: [watch(latest, 3)] }), writes);
  assert.equal(truth.rowEvaluations - before, 100 + 200);
  assert.ok(isFinal(expectation, 0, truth.read(latest, [3])));
});

Deno.test("Truth.advance() lets rows without a unique value tie", () => {
  const truth = new Truth([items], [seedOf(3)]);
  const byExt = select({
    table: "items",
    columns: ["id"],
    where: [],
    orderBy: [{ column: "ext", descending: false }],
    limit: { value: 2 },
  });
  const expectation = expectOf(truth, phaseOf({ watches: [watch(byExt)] }), []);
  assert.ok(isFinal(expectation, 0, [{ id: 3 }, { id: 1 }]));
});

Deno.test("Truth.apply() increments numbers, bigints and NULL as SQL does", () => {
  const raise = update({ table: "items", set: [{ column: "ext", increment: 2 }], keyColumn: "id" });
  const setExt = update({ table: "items", set: [{ column: "ext", param: "ext" }], keyColumn: "id" });
  const truth = new Truth([items], [seedOf(3)]);
  truth.apply(write(setExt, 2n ** 60n, 1));
  truth.apply(write(setExt, 5, 2));
  for (const id of [1, 2, 3]) truth.apply(write(raise, id));
  assert.deepEqual(truth.read(all, []), [{ id: 1, ext: 2n ** 60n + 2n }, { id: 2, ext: 7 }, {
    id: 3,
    ext: null,
  }]);
});

Deno.test("Truth.advance() looks for the row that follows a removed one without scanning the table", () => {
  const removeItem = remove({ table: "items", keyColumn: "id" });
  const removals = Array.from({ length: 20 }, (_, k) => write(removeItem, 100_000 - k));
  // Each removal is looked at once and the window of 50 once more, with the row that ends the search.
  assert.equal(workOf(100_000, [watch(newest)], removals), 20 * (1 + 51));
});

Deno.test("Truth.advance() counts without looking at rows that were not written", () => {
  const add = insert({ table: "items", columns: ["ext", "owner", "value"] });
  const batches = Array.from({ length: 20 }, (_, k): Operation => ({
    kind: "batch",
    label: "bulk",
    statement: add,
    rows: Array.from({ length: 50 }, (_, i): Args => [50 * k + i, 0, 0]),
  }));
  assert.equal(workOf(10_000, [watch(countAll)], batches), 1000);
});

Deno.test("Truth.advance() evaluates a repeated read once and again only after a write that matters", () => {
  const truth = new Truth([items], [seedOf(1000)]);
  const read = (owner: number): Operation => ({ kind: "read", label: "read", query: byOwner, args: [owner] });
  expectOf(truth, phaseOf({}), [read(3)]);
  const before = truth.rowEvaluations;
  expectOf(truth, phaseOf({}), Array.from({ length: 500 }, () => read(3)));
  assert.equal(truth.rowEvaluations - before, 100);
  expectOf(truth, phaseOf({}), [read(3), write(setValue, 5, 1), read(3), write(setValue, 6, 301), read(3)]);
  assert.equal(truth.rowEvaluations - before, 100 + 100 + 2);
});

Deno.test("Truth.advance() carries the state over into the next phase", () => {
  const truth = new Truth([items], [seedOf(100)]);
  const phase = phaseOf({ watches: [watch(newest)], checks: [watch(countAll)] });
  expectOf(truth, phase, [write(setValue, 5, 100)]);
  const expectation = expectOf(truth, phase, []);
  const rows = truth.read(newest, []);
  assert.deepEqual(rows[0], { id: 100, value: 5 });
  const log = { ...logOf(0, [[{ atNs: 1, rows }]]), finalReads: [rows, [{ c: 100 }]] };
  assert.equal(judge(expectation, log).verdict, "converged");
});
