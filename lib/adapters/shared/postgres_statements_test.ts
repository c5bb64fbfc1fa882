import assert from "node:assert/strict";
import type { Table } from "../../model/schema.ts";
import { insert, upsert } from "../../model/statement.ts";
import { bulkSql, integerOf, PostgresStatements } from "./postgres_statements.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "payload", type: "text" }],
  primaryKey: "id",
  indexes: [],
};
const columns = ["id", "payload"];
const insertItem = insert({ table: "items", columns });
const upsertItem = upsert({ table: "items", columns, conflictColumn: "id", mode: "replace" });

Deno.test("bulkSql() hands over one array per column", () => {
  assert.equal(
    bulkSql(insertItem, items),
    "INSERT INTO items(id, payload) SELECT * FROM unnest($1::bigint[], $2::text[])",
  );
  assert.equal(
    bulkSql(upsertItem, items),
    "INSERT INTO items(id, payload) SELECT * FROM unnest($1::bigint[], $2::text[]) " +
      "ON CONFLICT(id) DO UPDATE SET payload = excluded.payload",
  );
});

Deno.test("bulkInsert() keeps the last row of each key for upserts and every row for inserts", () => {
  const statements = new PostgresStatements({ database: "new", tables: [items] });
  const rows = [[1, "a"], [2, "b"], [1, "c"]];
  assert.deepEqual(statements.bulkInsert(upsertItem, rows).columns, [[1, 2], ["c", "b"]]);
  assert.deepEqual(statements.bulkInsert(insertItem, rows).columns, [[1, 2, 1], ["a", "b", "c"]]);
  // NULL conflicts with nothing.
  assert.deepEqual(
    statements.bulkInsert(upsertItem, [[null, "a"], [3, "b"], [null, "c"]]).columns,
    [[null, 3, null], ["a", "b", "c"]],
  );
});

Deno.test("sequenceRepair() asks once after keys were brought along, for assigned keys only", () => {
  const statements = new PostgresStatements({ database: "new", tables: [{ ...items, autoKey: true }] });
  const insertPayload = insert({ table: "items", columns: ["payload"] });
  assert.equal(statements.sequenceRepair(insertPayload), undefined);
  assert.equal(statements.sequenceRepair(insertItem), undefined);
  assert.equal(
    statements.sequenceRepair(insertPayload),
    "SELECT setval(pg_get_serial_sequence('items', 'id'), max(id)) FROM items",
  );
  assert.equal(statements.sequenceRepair(insertPayload), undefined);
  const ownKeys = new PostgresStatements({ database: "new", tables: [items] });
  assert.equal(ownKeys.sequenceRepair(insertPayload), undefined);
});

Deno.test("sequenceRepair() asks once for each table of an existing database that assigns keys", () => {
  const tables = [{ ...items, autoKey: true }];
  const statements = new PostgresStatements({ database: "existing", tables });
  const insertPayload = insert({ table: "items", columns: ["payload"] });
  assert.match(statements.sequenceRepair(insertPayload)!, /setval/);
  assert.equal(statements.sequenceRepair(insertPayload), undefined);
  const ownKeys = new PostgresStatements({ database: "existing", tables: [items] });
  assert.equal(ownKeys.sequenceRepair(insertPayload), undefined);
});

Deno.test("integerOf() keeps every integer exact, as a number where that can hold it", () => {
  assert.equal(integerOf("-7"), -7);
  assert.equal(integerOf("9007199254740991"), Number.MAX_SAFE_INTEGER);
  assert.equal(integerOf("-9007199254740991"), Number.MIN_SAFE_INTEGER);
  assert.equal(integerOf("9007199254740993"), 9007199254740993n);
  assert.equal(integerOf("-9223372036854775808"), -(2n ** 63n));
});
