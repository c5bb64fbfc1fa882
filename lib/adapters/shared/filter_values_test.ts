import assert from "node:assert/strict";
import type { Table } from "../../model/schema.ts";
import { count, type Filter, select } from "../../model/statement.ts";
import { comparesNullable, decidesByFirstTable, filterValues, firstTableFilters } from "./filter_values.ts";

const table: Table = {
  name: "t",
  columns: [{ name: "id", type: "integer" }, { name: "note", type: "text", nullable: true }],
  primaryKey: "id",
  indexes: [],
};
const counting = (...where: Filter[]) => count({ table: "t", as: "n", where });

Deno.test("filterValues() gives each condition its operands and takes literals as they are", () => {
  const query = select({
    table: "t",
    columns: ["id"],
    where: [
      { kind: "equal", column: "note", operand: { param: "note" } },
      { kind: "range", column: "id", from: { value: 3 }, below: { param: "below" } },
      { kind: "before", columns: ["note", "id"], operands: [{ param: "note" }, { param: "id" }] },
    ],
    orderBy: [],
    limit: { param: "limit" },
  });
  assert.deepEqual(filterValues(query, ["a", 9, "b", 4, 100]), [["a"], [3, 9], ["b", 4]]);
});

Deno.test("firstTableFilters() leaves out what looks at the joined table", () => {
  const query = select({
    table: "t",
    as: "m",
    columns: ["m.id"],
    join: { table: "u", as: "u", left: "m.note", right: "u.id" },
    where: [
      { kind: "equal", column: "u.name", operand: { param: "name" } },
      { kind: "equal", column: "m.id", operand: { param: "id" } },
    ],
    orderBy: [],
  });
  assert.deepEqual(firstTableFilters(query, ["a", 4]), [{ filter: query.where[1], values: [4] }]);
  assert.equal(decidesByFirstTable(query), false);
  assert.equal(decidesByFirstTable({ ...query, where: query.where.slice(1) }), true);
  assert.equal(
    decidesByFirstTable({ ...query, where: [], orderBy: [{ column: "u.id", descending: true }] }),
    false,
  );
});

Deno.test("firstTableFilters() ends a cursor before its first NULL, unless that stands first", () => {
  const operands = [{ param: "id" }, { param: "note" }];
  const query = counting({ kind: "before", columns: ["id", "note"], operands });
  assert.deepEqual(firstTableFilters(query, [4, "a"]), [{ filter: query.where[0], values: [4, "a"] }]);
  assert.deepEqual(firstTableFilters(query, [4, null]), [{
    filter: { kind: "before", columns: ["id"], operands: operands.slice(0, 1) },
    values: [4],
  }]);
  assert.deepEqual(firstTableFilters(query, [null, "a"]), [{ filter: query.where[0], values: [null, "a"] }]);
});

Deno.test("comparesNullable() looks at ranges and cursors only", () => {
  assert.equal(
    comparesNullable(counting({ kind: "equal", column: "note", operand: { value: 1 } }), table),
    false,
  );
  assert.equal(
    comparesNullable(counting({ kind: "range", column: "id", below: { value: 1 } }), table),
    false,
  );
  assert.equal(
    comparesNullable(counting({ kind: "range", column: "note", below: { value: 1 } }), table),
    true,
  );
  const operands = [{ value: 1 }, { value: 2 }];
  assert.equal(
    comparesNullable(counting({ kind: "before", columns: ["id", "note"], operands }), table),
    true,
  );
});
