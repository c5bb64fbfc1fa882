import assert from "node:assert/strict";
import { insert, remove } from "../../model/statement.ts";
import type { Table } from "../../model/schema.ts";
import { DocumentTable } from "./document_table.ts";
import { ResumedKeys } from "./resumed_keys.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "payload", type: "text" }],
  primaryKey: "id",
  autoKey: true,
  indexes: [],
};
const addItem = insert({ table: "items", columns: ["payload"] });

Deno.test("ResumedKeys.ready() lets assigned keys go on behind the rows that are there, read once", async () => {
  const documents = new DocumentTable(items);
  const read: string[] = [];
  const keys = new ResumedKeys((table) => {
    read.push(table);
    return Promise.resolve([{ id: 3 }, { id: 41 }, { id: 7 }]);
  });
  await Promise.all([keys.ready(documents, addItem), keys.ready(documents, addItem)]);
  await keys.ready(documents, addItem);
  assert.deepEqual(read, ["items"]);
  assert.equal(documents.document(["payload"], ["a"])["id"], 42);
});

Deno.test("ResumedKeys.ready() reads nothing when no key will be assigned", async () => {
  const keys = new ResumedKeys(() => Promise.reject(new Error("read")));
  await keys.ready(new DocumentTable(items), remove({ table: "items", keyColumn: "id" }));
  await keys.ready(new DocumentTable({ ...items, autoKey: false }), addItem);
});
