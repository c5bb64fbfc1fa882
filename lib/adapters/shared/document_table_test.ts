import assert from "node:assert/strict";
import type { Table } from "../../model/schema.ts";
import { update } from "../../model/statement.ts";
import {
  assignedColumns,
  DocumentTable,
  indexedColumns,
  keyArgument,
  updatedColumns,
} from "./document_table.ts";

const items: Table = {
  name: "items",
  columns: [
    { name: "id", type: "integer" },
    { name: "external_id", type: "integer", unique: true, nullable: true },
    { name: "payload", type: "text" },
  ],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};

Deno.test("DocumentTable keys documents by the unique column only where the database assigns keys", () => {
  assert.equal(new DocumentTable(items).keyColumn, "external_id");
  assert.equal(new DocumentTable({ ...items, autoKey: false }).keyColumn, "id");
  const [id, , payload] = items.columns;
  assert.equal(new DocumentTable({ ...items, columns: [id!, payload!] }).keyColumn, "id");
});

Deno.test("document() assigns the largest key so far plus one", () => {
  const documents = new DocumentTable(items);
  assert.deepEqual(documents.document(["external_id", "payload"], [7, "a"]), {
    id: 1,
    external_id: 7,
    payload: "a",
  });
  assert.deepEqual(documents.document(["id", "payload"], [40, "b"]), {
    id: 40,
    external_id: null,
    payload: "b",
  });
  assert.equal(documents.document(["id", "payload"], [3, "c"])["id"], 3);
  assert.equal(documents.document(["payload"], ["d"])["id"], 41);
});

Deno.test("continueAfter() moves assigned keys forward and never back", () => {
  const documents = new DocumentTable(items);
  documents.continueAfter(9);
  documents.continueAfter(4);
  assert.equal(documents.document(["payload"], ["a"])["id"], 10);
});

Deno.test("document() leaves an absent key alone when inserts bring their own", () => {
  assert.equal(new DocumentTable({ ...items, autoKey: false }).document(["payload"], ["a"])["id"], null);
});

Deno.test("assignedColumns() reads parameters in order and adds increments", () => {
  const statement = update({
    table: "items",
    set: [{ column: "a", param: "a" }, { column: "n", increment: -2 }, { column: "b", param: "b" }],
    keyColumn: "id",
  });
  assert.deepEqual(assignedColumns(statement, ["x", "y", 9], { n: 5 }), { a: "x", n: 3, b: "y" });
  assert.deepEqual(assignedColumns(statement, ["x", "y", 9], { n: null }), { a: "x", n: null, b: "y" });
  assert.equal(keyArgument(["x", "y", 9]), 9);
});

Deno.test("updatedColumns() leaves the conflict column out", () => {
  assert.deepEqual(updatedColumns(["external_id", "payload"], "external_id", [7, "x"]), { payload: "x" });
});

Deno.test("indexedColumns() holds keys, unique columns and the first column of each index", () => {
  const index = { name: "by_payload", columns: [{ column: "payload" }, { column: "external_id" }] };
  assert.deepEqual(Array.from(indexedColumns(items)), ["id", "external_id"]);
  assert.deepEqual(Array.from(indexedColumns({ ...items, columns: [items.columns[0]!], indexes: [index] })), [
    "id",
    "payload",
  ]);
});
