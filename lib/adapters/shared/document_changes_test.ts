import assert from "node:assert/strict";
import type { Table } from "../../model/schema.ts";
import { insert, remove, update, upsert } from "../../model/statement.ts";
import type { Row, Value } from "../../model/value.ts";
import { documentChanges, sought } from "./document_changes.ts";
import { DocumentTable } from "./document_table.ts";

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "code", type: "text", unique: true },
    { name: "n", type: "integer", nullable: true },
  ],
  primaryKey: "id",
  indexes: [],
};
const rows: readonly Row[] = [
  { id: 1, code: "a", n: 10, $meta: "kept by the library" },
  { id: 2, code: "b", n: 20, $meta: "kept by the library" },
];
const find = (column: string, value: Value) => rows.find((row) => row[column] === value);
const changesOf = (...[statement, args]: [Parameters<typeof documentChanges>[1], Value[][]]) =>
  documentChanges(new DocumentTable(items), statement, args, find);

Deno.test("documentChanges() makes whole documents of inserts without looking", () => {
  const statement = insert({ table: "items", columns: ["id", "code"] });
  const { inserted, updated, removed } = documentChanges(
    new DocumentTable(items),
    statement,
    [[3, "c"], [4, "d"]],
    () => assert.fail("an insert meets nothing"),
  );
  assert.deepEqual(inserted, [{ id: 3, code: "c", n: null }, { id: 4, code: "d", n: null }]);
  assert.deepEqual([updated.size, removed.size], [0, 0]);
});

Deno.test("documentChanges() folds updates of one document and passes over missing ones", () => {
  const statement = update({
    table: "items",
    set: [{ column: "n", increment: 3 }, { column: "code", param: "code" }],
    keyColumn: "id",
  });
  const { updated } = changesOf(statement, [["x", 1], ["y", 9], ["z", 1]]);
  assert.deepEqual(Array.from(updated), [[1, { n: 16, code: "z" }]]);
});

Deno.test("documentChanges() finds by unique columns but changes by key", () => {
  const statement = update({ table: "items", set: [{ column: "n", param: "n" }], keyColumn: "code" });
  assert.deepEqual(Array.from(changesOf(statement, [[7, "b"]]).updated), [[2, { n: 7 }]]);
  const deletion = remove({ table: "items", keyColumn: "code" });
  assert.deepEqual(Array.from(changesOf(deletion, [["b"], ["b"], ["none"]]).removed), [2]);
});

Deno.test("documentChanges() updates what an upsert meets and inserts the rest once", () => {
  const statement = upsert({ table: "items", mode: "update", conflictColumn: "id", columns: ["id", "n"] });
  const { inserted, updated, removed } = changesOf(statement, [[1, 5], [3, 6], [1, 7], [3, 8]]);
  assert.deepEqual(Array.from(updated), [[1, { n: 7 }]]);
  assert.deepEqual(inserted, [{ id: 3, code: null, n: 8 }]);
  assert.equal(removed.size, 0);
});

Deno.test("documentChanges() replaces whole documents in mode replace", () => {
  const statement = upsert({ table: "items", mode: "replace", conflictColumn: "id", columns: ["id", "n"] });
  assert.deepEqual(Array.from(changesOf(statement, [[1, 5]]).updated), [[1, { id: 1, code: null, n: 5 }]]);
});

Deno.test("documentChanges() puts another document in the place of one whose key changes", () => {
  const columns = ["id", "code"];
  const merge = upsert({ table: "items", mode: "update", conflictColumn: "code", columns });
  const merged = changesOf(merge, [[8, "a"]]);
  assert.deepEqual([...merged.removed], [1]);
  assert.deepEqual(merged.inserted, [{ id: 8, code: "a", n: 10 }], "without what the library keeps");
  const replace = upsert({ table: "items", mode: "replace", conflictColumn: "code", columns });
  assert.deepEqual(changesOf(replace, [[8, "a"]]).inserted, [{ id: 8, code: "a", n: null }]);
});

Deno.test("sought() names what a statement may meet", () => {
  assert.equal(sought(insert({ table: "items", columns: ["id"] }), [[1]]), undefined);
  const statement = upsert({
    table: "items",
    mode: "update",
    conflictColumn: "code",
    columns: ["id", "code"],
  });
  assert.deepEqual(sought(statement, [[1, "a"], [2, "b"]]), { column: "code", values: ["a", "b"] });
  const change = update({ table: "items", set: [{ column: "n", param: "n" }], keyColumn: "id" });
  assert.deepEqual(sought(change, [[5, 1], [6, 2]]), { column: "id", values: [1, 2] });
});
