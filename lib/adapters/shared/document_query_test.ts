import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import type { Filter, Query } from "../../model/statement.ts";
import { count, select, sum } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { compareValues, compileDocumentQuery } from "./document_query.ts";

function run(query: Query, args: Args, documents: readonly Row[], joined: readonly Row[] = []): Row[] {
  const compiled = compileDocumentQuery(query);
  const findJoined = (key: Value) => joined.find((document) => document["id"] === key);
  return compiled.result(documents.filter(compiled.matcher(args)), args, findJoined);
}

const param = (name: string) => ({ param: name });
const descending = (column: string) => ({ column, descending: true });
const ascending = (column: string) => ({ column, descending: false });

const messages: Row[] = [
  { id: 1, conv_id: 1, sender_id: 10, sent_at: 5 },
  { id: 2, conv_id: 1, sender_id: 11, sent_at: 6 },
  { id: 3, conv_id: 2, sender_id: 10, sent_at: 7 },
  { id: 4, conv_id: 1, sender_id: 99, sent_at: 8 },
];
const users: Row[] = [{ id: 10, name: "Ada" }, { id: 11, name: "Bo" }];

Deno.test("compileDocumentQuery() joins, filters by alias, orders, limits and drops the aliases", () => {
  const query = select({
    table: "messages",
    as: "m",
    columns: ["m.id", "u.name"],
    join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
    where: [{ kind: "equal", column: "m.conv_id", operand: param("conv_id") }],
    orderBy: [descending("m.sent_at")],
    limit: param("limit"),
  });
  assert.deepEqual(run(query, [1, 9], messages, users), [{ id: 2, name: "Bo" }, { id: 1, name: "Ada" }]);
  assert.deepEqual(run(query, [1, 1], messages, users), [{ id: 2, name: "Bo" }]);
  assert.throws(() => compileDocumentQuery(query).result(messages, [1, 9]), { name: "TypeError" });
});

Deno.test("compileDocumentQuery() looks for partners of the first rows only when the first table decides", () => {
  const joined = {
    table: "messages",
    as: "m",
    columns: ["m.id", "u.name"],
    join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
    where: [],
    orderBy: [descending("m.sent_at")],
  };
  const soughtBy = (query: Query) => {
    const keys: Value[] = [];
    const rows = compileDocumentQuery(query).result(messages, [], (key) => {
      keys.push(key);
      return users.find((user) => user["id"] === key);
    });
    return { keys, rows };
  };
  // The newest message has no partner, and takes no place.
  assert.deepEqual(soughtBy(select({ ...joined, limit: { value: 2 } })), {
    keys: [99, 10, 11],
    rows: [{ id: 3, name: "Ada" }, { id: 2, name: "Bo" }],
  });
  assert.deepEqual(soughtBy(select({ ...joined, limit: { value: 0 } })), { keys: [], rows: [] });
  const byPartner = { ...joined, orderBy: [ascending("u.name"), ascending("m.id")], limit: { value: 2 } };
  assert.deepEqual(soughtBy(select(byPartner)), {
    keys: [10, 11, 10, 99],
    rows: [{ id: 1, name: "Ada" }, { id: 3, name: "Ada" }],
  });
});

Deno.test("compileDocumentQuery() applies conditions on the joined table", () => {
  const query = select({
    table: "messages",
    as: "m",
    columns: ["m.id"],
    join: { table: "users", as: "u", left: "m.sender_id", right: "u.id" },
    where: [{ kind: "equal", column: "u.name", operand: param("name") }],
    orderBy: [ascending("m.id")],
  });
  assert.deepEqual(run(query, ["Ada"], messages, users), [{ id: 1 }, { id: 3 }]);
});

Deno.test("compileDocumentQuery() tells the values that an index can serve", () => {
  const query = select({
    table: "t",
    columns: ["id"],
    where: [
      { kind: "range", column: "n", from: param("from") },
      { kind: "equal", column: "owner", operand: param("owner") },
      { kind: "equal", column: "state", operand: { value: 3 } },
    ],
    orderBy: [],
    limit: { value: 5 },
  });
  const compiled = compileDocumentQuery(query);
  assert.deepEqual([...compiled.equalities([1, 7])], [["owner", 7], ["state", 3]]);
  assert.equal(compiled.limit([1, 7]), 5);
});

Deno.test("compileDocumentQuery() does not change the documents that it is handed", () => {
  const documents = [{ id: 2 }, { id: 1 }];
  const query = select({ table: "t", columns: ["id"], where: [], orderBy: [ascending("id")] });
  const rows = run(query, [], documents);
  assert.deepEqual(documents, [{ id: 2 }, { id: 1 }]);
  assert.notEqual(rows[0], documents[1]);
});

Deno.test("compareValues() orders NULL first", () => {
  assert.ok(compareValues(null, 0) < 0);
  assert.ok(compareValues("a", null) > 0);
  assert.equal(compareValues(null, null), 0);
  assert.ok(compareValues("Z", "a") < 0);
});

Deno.test("compileDocumentQuery() answers what SQLite answers", () => {
  const value = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
  const filter: fc.Arbitrary<[Filter, Value[]]> = fc.oneof(
    value.map((v): [Filter, Value[]] => [{ kind: "equal", column: "a", operand: param("a") }, [v]]),
    fc.tuple(value, value).map(([from, below]): [Filter, Value[]] => [
      { kind: "range", column: "b", from: param("from"), below: param("below") },
      [from, below],
    ]),
    value.map((below): [Filter, Value[]] => [{ kind: "range", column: "b", below: param("below") }, [below]]),
    fc.tuple(value, value).map(([a, b]): [Filter, Value[]] => [
      { kind: "before", columns: ["a", "b"], operands: [param("a"), param("b")] },
      [a, b],
    ]),
    fc.integer({ min: 0, max: 4 }).map((v): [Filter, Value[]] => [
      { kind: "equal", column: "b", operand: { value: v } },
      [],
    ]),
  );
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)");
  const insert = database.prepare("INSERT INTO t VALUES (?, ?, ?)");
  fc.assert(fc.property(
    fc.array(fc.tuple(value, value), { maxLength: 12 }),
    fc.array(filter, { maxLength: 3 }),
    fc.boolean(),
    fc.integer({ min: 0, max: 14 }),
    (pairs, filters, isDescending, limit) => {
      const documents = pairs.map(([a, b], index): Row => ({ id: index + 1, a, b }));
      database.exec("DELETE FROM t");
      for (const { id, a, b } of documents) insert.run(id as number, a as number, b as number);
      const where = filters.map(([condition]) => condition);
      const args = filters.flatMap(([, values]) => values);
      const rows = select({
        table: "t",
        columns: ["id", "b"],
        where,
        orderBy: [{ column: "a", descending: isDescending }, descending("id")],
        limit: param("limit"),
      });
      const total = count({ table: "t", as: "c", where });
      const keys = sum({ table: "t", column: "id", as: "s", where });
      const expected = (query: Query, values: Args) =>
        database.prepare(query.sql).all(...values as number[]).map((row) => ({ ...row }));
      assert.deepEqual(run(rows, [...args, limit], documents), expected(rows, [...args, limit]));
      assert.deepEqual(run(total, args, documents), expected(total, args));
      assert.deepEqual(run(keys, args, documents), expected(keys, args));
    },
  ));
  database.close();
});

Deno.test("columnMatcher() judges by one column, and is absent when no condition is about it", () => {
  const query = select({
    table: "wide",
    columns: ["id"],
    where: [
      { kind: "range", column: "id", from: { param: "from" }, below: { param: "below" } },
      { kind: "equal", column: "owner", operand: { param: "owner" } },
    ],
    orderBy: [],
  });
  const compiled = compileDocumentQuery(query);
  const isInRange = compiled.columnMatcher("id", [10, 20, 7])!;
  assert.deepEqual([9, 10, 19, 20].map(isInRange), [false, true, true, false]);
  assert.deepEqual([6, 7].map(compiled.columnMatcher("owner", [10, 20, 7])!), [false, true]);
  assert.equal(compiled.columnMatcher("body", [10, 20, 7]), undefined);
});

Deno.test("compileDocumentQuery() passes over an offset, and asks for as many rows more", () => {
  const query = select({
    table: "messages",
    columns: ["id"],
    where: [{ kind: "equal", column: "conv_id", operand: param("conversation") }],
    orderBy: [descending("id")],
    limit: param("limit"),
    offset: param("offset"),
  });
  assert.equal(compileDocumentQuery(query).limit([1, 1, 1]), 2);
  assert.deepEqual(run(query, [1, 1, 1], messages), [{ id: 2 }]);
  assert.deepEqual(run(query, [1, 5, 2], messages), [{ id: 1 }]);
  assert.deepEqual(run(query, [1, 5, 3], messages), []);
});
