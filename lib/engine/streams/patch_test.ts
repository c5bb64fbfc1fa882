import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { PatchPlan, RowChange } from "../protocol.ts";
import { Random } from "../testing/random.ts";
import type { Rows, SqlValue } from "../values.ts";
import { patchRows, showSame } from "./patch.ts";

const plan: PatchPlan = {
  table: "t",
  column: "p",
  value: 1,
  key: "id",
  columns: ["v", "id"],
  names: ["value", "id"],
};
const rowColumns = ["id", "p", "v"];
const rows: Rows = [{ value: "a", id: 1 }, { value: "b", id: 4 }];

function patched(...changes: readonly RowChange[]): Rows | null {
  return patchRows(rows, plan, rowColumns, changes);
}

Deno.test("patchRows() keeps the order of the keys when rows come and go", () => {
  assert.deepEqual(patched([null, null, null, 3, 1, "c"]), [rows[0], { value: "c", id: 3 }, rows[1]]);
  assert.deepEqual(patched([null, null, null, -2, 1, "c"], [4, 1, "b", null, null, null]), [
    { value: "c", id: -2 },
    rows[0],
  ]);
  assert.deepEqual(patched([1, 1, "a", 9, 1, "a"]), [rows[1], { value: "a", id: 9 }]);
  assert.deepEqual(patched([1, 1, "a", 1, 2, "a"]), [rows[1]]);
  assert.deepEqual(patched([7, 2, "x", 7, 1, "x"])?.at(-1), { value: "x", id: 7 });
});

Deno.test("patchRows() gives the same array when nothing that is shown has changed", () => {
  assert.equal(patched(), rows);
  assert.equal(patched([1, 1, "a", 1, 1, "a"], [8, 2, "x", 8, 3, "y"]), rows);
});

Deno.test("patchRows() gives null when the changes were made to other rows", () => {
  assert.equal(patched([2, 1, "x", 2, 1, "y"]), null);
  assert.equal(patched([2, 1, "x", null, null, null]), null);
  assert.equal(patched([null, null, null, 4, 1, "x"]), null);
  assert.equal(patchRows(rows, plan, ["id", "p"], []), null);
});

Deno.test("showSame() tells rows apart by every value when they are other objects", () => {
  assert.ok(showSame(rows, rows.map((row) => ({ ...row })), plan.names));
  assert.ok(!showSame(rows, [rows[0]!, { value: "B", id: 4 }], plan.names));
  assert.ok(!showSame(rows, rows.slice(1), plan.names));
});

Deno.test("patchRows() gives what the query gives when changes are random", () => {
  const random = new Random(Number(Deno.env.get("WATCHLITE_SEED") ?? Math.floor(Math.random() * 2 ** 31)));
  using db = new DatabaseSync(":memory:");
  const changes: SqlValue[][] = [];
  db.exec(
    "CREATE TABLE t(id INTEGER PRIMARY KEY, p INT, v); CREATE INDEX t_p ON t(p); PRAGMA recursive_triggers = 1",
  );
  db.function("told", { varargs: true }, (...given: SqlValue[]) => {
    changes.push(given);
    return null;
  });
  const of = (side: string) => rowColumns.map((column) => `${side}.${column}`).join(", ");
  const none = "NULL, NULL, NULL";
  db.exec(`
    CREATE TRIGGER i AFTER INSERT ON t BEGIN SELECT told(${none}, ${of("new")}); END;
    CREATE TRIGGER u AFTER UPDATE ON t BEGIN SELECT told(${of("old")}, ${of("new")}); END;
    CREATE TRIGGER d AFTER DELETE ON t BEGIN SELECT told(${of("old")}, ${none}); END`);
  const writes = [
    "INSERT OR IGNORE INTO t VALUES (?1, ?2, ?3)",
    "REPLACE INTO t VALUES (?1, ?2, ?3)",
    "UPDATE t SET v = ?3 WHERE p = ?2",
    "UPDATE OR IGNORE t SET id = ?1 WHERE p = ?2 AND v <> ?3",
    "UPDATE OR IGNORE t SET p = ?2 WHERE id > ?1 AND v < ?3",
    "DELETE FROM t WHERE id = ?1 AND p <> ?2 AND v <> ?3",
  ];
  const query = db.prepare("SELECT v AS value, id FROM t WHERE p = 1 ORDER BY id");
  let shown: Rows = [];
  for (let step = 0; step < 400; step++) {
    for (let count = 1 + random.below(3); count > 0; count--) {
      db.prepare(random.pick(writes)).run(random.below(12), random.below(3), random.below(5));
    }
    const next = patchRows(shown, plan, rowColumns, changes.splice(0));
    assert.deepEqual(next, query.all().map((row) => ({ ...row })), `step ${step}`);
    shown = next!;
  }
});
