import assert from "node:assert/strict";
import type { Row } from "../model/value.ts";
import { type Change, ChangedRows } from "./pglite.ts";

function change(
  __op__: Change["__op__"],
  row: Row,
  __after__: number | null,
  changed: string[] = [],
): Change {
  return { ...row, __op__, __changed_columns__: changed, __after__ };
}

Deno.test("ChangedRows keeps the query's order through inserts, moves, updates and deletes", () => {
  const rows = new ChangedRows("id");
  rows.apply([change("INSERT", { id: 1, n: 1 }, null), change("INSERT", { id: 2, n: 2 }, 1)]);
  assert.deepEqual(rows.ordered(), [{ id: 1, n: 1 }, { id: 2, n: 2 }]);
  // The last row leaves and another takes its place: the library tells the insert first.
  rows.apply([change("INSERT", { id: 3, n: 3 }, 1), change("DELETE", { id: 2, n: null }, null)]);
  assert.deepEqual(rows.ordered(), [{ id: 1, n: 1 }, { id: 3, n: 3 }]);
  rows.apply([
    change("UPDATE", { id: 1, n: 9 }, 3, ["n", "__after__"]),
    change("UPDATE", { id: 3, n: null }, null, ["__after__"]),
  ]);
  assert.deepEqual(rows.ordered(), [{ id: 3, n: 3 }, { id: 1, n: 9 }]);
  rows.apply([change("RESET", {}, null), change("INSERT", { id: 7, n: null }, null)]);
  assert.deepEqual(rows.ordered(), [{ id: 7, n: null }]);
});

Deno.test("ChangedRows never changes rows that it has handed out", () => {
  const rows = new ChangedRows("id");
  rows.apply([change("INSERT", { id: 1, n: 1 }, null)]);
  const before = rows.ordered();
  rows.apply([change("UPDATE", { id: 1, n: 2 }, null, ["n"])]);
  assert.deepEqual(before, [{ id: 1, n: 1 }]);
  assert.deepEqual(rows.ordered(), [{ id: 1, n: 2 }]);
});
