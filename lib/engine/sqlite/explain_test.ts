import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { SqlParam } from "../values.ts";
import { AccessRecorder } from "./access.ts";
import { explain, proveCondition } from "./explain.ts";
import { Schema } from "./schema.ts";

const db = new DatabaseSync(":memory:");
db.exec(`
  CREATE TABLE t(id INTEGER PRIMARY KEY, p INTEGER, s TEXT, n TEXT COLLATE NOCASE, a, v INTEGER);
  CREATE INDEX t_p ON t(p); CREATE INDEX t_s ON t(s, v); CREATE INDEX t_n ON t(n); CREATE INDEX t_a ON t(a);
  CREATE INDEX t_lower ON t(lower(s));
  CREATE TABLE u(id INTEGER PRIMARY KEY, t INTEGER);
  CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
`);

const none = null;
const cases: readonly (readonly [sql: string, params: SqlParam[], expected: string | null])[] = [
  ["SELECT * FROM t WHERE id = ?", [5], "id = 5"],
  ["SELECT * FROM t WHERE id = 5", [], "id = 5"],
  ["SELECT * FROM t WHERE p = ?", [5], "p = 5"],
  ["SELECT * FROM t WHERE p = ? ORDER BY id DESC", [5], "p = 5"],
  ["SELECT * FROM t WHERE p = ? AND v > ? ORDER BY v", [5, 1], "p = 5"],
  ["SELECT v FROM t WHERE s = ? ORDER BY v", ["x"], "s = x"],
  ["SELECT SUM(v), COUNT(*) FROM t WHERE p = ?", [5], "p = 5"],
  ["SELECT * FROM t WHERE id >= ? AND id < ? ORDER BY id", [5, 9], "5 <= id <= 8"],
  ["SELECT * FROM t WHERE id > ? ORDER BY id", [5], "6 <= id <= null"],
  ["SELECT * FROM t WHERE id <= ? ORDER BY id", [5], "null <= id <= 5"],
  ["SELECT * FROM t WHERE a = ?", ["x"], "a = x"],
  // Could be proved, and is not: the best rows are kept in a table of their own.
  ["SELECT * FROM t WHERE p = ? ORDER BY v LIMIT 3", [5], none],
  // What must not be taken for a condition.
  ["SELECT * FROM t", [], none],
  ["SELECT * FROM t WHERE p = ?", [null], none],
  ["SELECT * FROM t WHERE p = ?", ["5"], none],
  ["SELECT * FROM t WHERE s = ?", [5], none],
  ["SELECT * FROM t WHERE n = ?", ["x"], none],
  ["SELECT * FROM t WHERE lower(s) = ?", ["x"], none],
  ["SELECT * FROM t WHERE v = ?", [5], none],
  ["SELECT * FROM t WHERE p = ? OR id = ?", [5, 6], none],
  ["SELECT * FROM t WHERE p IN (?, ?)", [5, 6], none],
  ["SELECT * FROM t WHERE p = ? AND EXISTS (SELECT 1 FROM u WHERE u.t = t.id)", [5], none],
  ["SELECT * FROM t a JOIN t b ON b.id = a.p WHERE a.p = ?", [5], none],
  ["SELECT * FROM t WHERE p = ? UNION ALL SELECT * FROM t WHERE p = ?", [5, 6], none],
  ["SELECT *, (SELECT COUNT(*) FROM t) AS c FROM t WHERE p = ?", [5], none],
  ["SELECT * FROM t WHERE p > ?", [5], none],
  ["SELECT * FROM w WHERE k = ?", ["x"], none],
  ["SELECT COUNT(*) FROM t", [], none],
  ["SELECT MAX(id) FROM t", [], none],
];

for (const [sql, params, expected] of cases) {
  Deno.test(`proveCondition() gives ${expected ?? "nothing"} when the query is ${sql} [${params}]`, () => {
    const schema = new Schema(db, new AccessRecorder(db, "writer"));
    const found = proveCondition(explain(db, sql, params)!, params, schema);
    const shown = found === null
      ? null
      : found.equals !== null
      ? `${found.column} = ${found.equals}`
      : `${found.lower} <= ${found.column} <= ${found.upper}`;
    assert.equal(shown, expected);
  });
}
