import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { SqlParam } from "../values.ts";
import { AccessRecorder } from "./access.ts";
import { explain } from "./explain.ts";
import { planPatch } from "./patch_plan.ts";
import { proveConditions } from "./prove.ts";
import { Schema } from "./schema.ts";

const db = new DatabaseSync(":memory:");
db.exec(`
  CREATE TABLE t(id INTEGER PRIMARY KEY, p INTEGER, s TEXT, n TEXT COLLATE NOCASE, v REAL, w);
  CREATE INDEX t_p ON t(p); CREATE INDEX t_s ON t(s); CREATE INDEX t_n ON t(n); CREATE INDEX t_v ON t(v, w);
  CREATE TABLE parent(id INTEGER PRIMARY KEY, x); CREATE TABLE child(id INTEGER PRIMARY KEY, p REFERENCES parent);
  CREATE TABLE tree(id INTEGER PRIMARY KEY, up REFERENCES tree);
  CREATE TABLE made(id INTEGER PRIMARY KEY, x, y AS (x + 1));
  CREATE TABLE bare(x, y); CREATE INDEX bare_x ON bare(x);
  CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
  CREATE VIEW shown AS SELECT id, v FROM t;
`);

const cases: readonly (readonly [sql: string, params: readonly SqlParam[], expected: string])[] = [
  ["SELECT * FROM t WHERE id = ?", [5], "t.id = 5: id, p, s, n, v, w"],
  ["SELECT v AS value FROM t WHERE id = ?", [5], "t.id = 5: v as value"],
  ["SELECT v FROM shown WHERE id = 5", [], "t.id = 5: v"],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id", [5], "t.p = 5: id, v"],
  ["SELECT v, w, id FROM t WHERE p = :p", [5], "t.p = 5: v, w, id"],
  ["SELECT id FROM t WHERE p = ? ORDER BY id", [5], "t.p = 5: id"],
  ["SELECT id, p FROM t WHERE s = ? ORDER BY id", ["x"], "t.s = x: id, p"],
  ["SELECT rowid, v FROM t WHERE p = 7", [], "t.p = 7: id, v"],
  ["SELECT id, x FROM child JOIN parent USING (id) WHERE id = ?", [5], ""],
  ["SELECT v FROM t WHERE p = ? ORDER BY id", [5], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id DESC", [5], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY v, id", [5], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id LIMIT 3", [5], ""],
  ["SELECT id, v FROM t WHERE p = ? AND w = 1 ORDER BY id", [5], ""],
  ["SELECT id, v FROM t WHERE p IN (?, 6) ORDER BY id", [5], ""],
  ["SELECT id, v + 1 AS v FROM t WHERE p = ? ORDER BY id", [5], ""],
  ["SELECT id, lower(s) AS s FROM t WHERE p = ? ORDER BY id", [5], ""],
  ["SELECT id, 1 AS one FROM t WHERE p = ? ORDER BY id", [5], ""],
  ["SELECT id, v, v FROM t WHERE p = ? ORDER BY id", [5], ""],
  ["SELECT COUNT(*) AS c FROM t WHERE p = ?", [5], ""],
  // SQLite knows that rows with their keys are distinct.
  ["SELECT DISTINCT v, id FROM t WHERE p = ? ORDER BY id", [5], "t.p = 5: v, id"],
  ["SELECT DISTINCT v FROM t WHERE p = ?", [5], ""],
  ["SELECT id, s FROM t WHERE n = ? ORDER BY id", ["x"], ""],
  ["SELECT id, w FROM t WHERE v = ? ORDER BY id", [5], ""],
  ["SELECT id, v FROM t WHERE w = ? ORDER BY id", [5], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id", [null], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id", ["5"], ""],
  ["SELECT id, v FROM t WHERE p = ? ORDER BY id", [4.5], ""],
  ["SELECT id, v FROM t WHERE s = ? ORDER BY id", ["\uFFFD"], ""],
  ["SELECT * FROM t WHERE id = ? UNION ALL SELECT * FROM t WHERE id = 6", [5], ""],
  ["SELECT *, (SELECT COUNT(*) FROM bare) AS c FROM t WHERE id = ?", [5], ""],
  ["SELECT * FROM parent WHERE id = ?", [5], ""],
  ["SELECT * FROM tree WHERE id = ?", [5], ""],
  ["SELECT * FROM made WHERE id = ?", [5], ""],
  ["SELECT * FROM bare WHERE x = ?", [5], ""],
  ["SELECT * FROM keyed WHERE k = ?", ["x"], ""],
];

for (const [sql, params, expected] of cases) {
  Deno.test(`planPatch() gives ${expected || "nothing"} when the query is ${sql} [${params}]`, () => {
    const schema = new Schema(db, new AccessRecorder(db, "writer"));
    const program = explain(db, sql, params)!;
    const names = db.prepare(sql).columns().map(({ name }) => name);
    const plan = planPatch(program, names, proveConditions(program, params, schema).conditions, schema);
    const columns = plan?.columns.map((column, i) =>
      column === plan.names[i] ? column : `${column} as ${plan.names[i]}`
    );
    assert.equal(
      plan === null ? "" : `${plan.table}.${plan.column} = ${plan.value}: ${columns!.join(", ")}`,
      expected,
    );
  });
}
