import assert from "node:assert/strict";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { TableCondition } from "../protocol.ts";
import { Random } from "../testing/random.ts";
import { type SqlParam, toBindable } from "../values.ts";
import { AccessRecorder } from "./access.ts";
import { explain } from "./explain.ts";
import { proveConditions } from "./prove.ts";
import { Schema } from "./schema.ts";

const db = new DatabaseSync(":memory:");
db.exec(`
  CREATE TABLE t(id INTEGER PRIMARY KEY, p INTEGER, s TEXT, n TEXT COLLATE NOCASE, a, v INTEGER);
  CREATE INDEX t_p ON t(p); CREATE INDEX t_s ON t(s, v); CREATE INDEX t_n ON t(n); CREATE INDEX t_a ON t(a);
  CREATE INDEX t_lower ON t(lower(s));
  CREATE TABLE u(id INTEGER PRIMARY KEY, t INTEGER);
  CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
`);

const cases: readonly (readonly [sql: string, params: SqlParam[], expected: string])[] = [
  ["SELECT * FROM t WHERE id = ?", [5], "t: id in 5"],
  ["SELECT * FROM t WHERE id = 5", [], "t: id in 5"],
  ["SELECT * FROM t WHERE id IN (?, ?)", [5, 7], "t: id in 5,7"],
  ["SELECT * FROM t WHERE p = ?", [5], "t: p in 5"],
  ["SELECT * FROM t WHERE p IN (?, 6, ?)", [5, 7], "t: p in 5,6,7"],
  ["SELECT * FROM t WHERE p = ? ORDER BY id DESC", [5], "t: p in 5"],
  ["SELECT * FROM t WHERE p = ? AND v > ? ORDER BY v", [5, 1], "t: p in 5"],
  ["SELECT * FROM t WHERE p = ? ORDER BY v LIMIT 3", [5], "t: p in 5"],
  ["SELECT v FROM t WHERE s = ? ORDER BY v", ["x"], "t: s in x"],
  ["SELECT v FROM t WHERE s = ? AND v < ? ORDER BY v DESC LIMIT 5", ["x", 4], "t: s in x"],
  ["SELECT SUM(v), COUNT(*) FROM t WHERE p = ?", [5], "t: p in 5"],
  ["SELECT MAX(v) FROM t WHERE s = ?", ["x"], "t: s in x"],
  ["SELECT v, COUNT(*) FROM t WHERE p = ? GROUP BY v", [5], "t: p in 5"],
  ["SELECT DISTINCT v FROM t WHERE p = ?", [5], "t: p in 5"],
  ["SELECT v, row_number() OVER (ORDER BY v) FROM t WHERE p = ?", [5], "t: p in 5"],
  ["SELECT EXISTS (SELECT 1 FROM t WHERE p = ? AND v > 3)", [5], "t: p in 5"],
  ["WITH x AS (SELECT * FROM t WHERE p = ?) SELECT * FROM x", [5], "t: p in 5"],
  ["SELECT * FROM t WHERE id >= ? AND id < ? ORDER BY id", [5, 9], "t: id from 5 to 8"],
  ["SELECT * FROM t WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 3", [5, 9], "t: id from 5 to 8"],
  ["SELECT * FROM t WHERE id > ? ORDER BY id LIMIT 3", [5], "t: id from 6"],
  ["SELECT * FROM t WHERE id <= ? ORDER BY id", [5], "t: id to 5"],
  ["SELECT * FROM t WHERE id < ? ORDER BY id DESC LIMIT 3", [5], "t: id to 4"],
  ["SELECT * FROM t WHERE a = ?", ["x"], "t: a in x"],
  // Not indexed: by the values that are written alone.
  ["SELECT * FROM t WHERE v = ?", [5], "t: v in 5"],
  ["SELECT COUNT(*) FROM t WHERE v = ? AND a > 3", [5], "t: v in 5"],
  ["SELECT * FROM t WHERE v IN (?, ?)", [5, 6], "t: v in 6 or v in 5"],
  ["SELECT * FROM t WHERE v IN (?, ?, ?, ?)", [5, 6, 7, 8], "t: v in 5,6,7,8"],
  ["SELECT * FROM t WHERE v = ? OR a = ?", [5, 6], "t: a in 6 or v in 5"],
  ["SELECT * FROM t WHERE v > ? AND v <= ?", [5, 8], "t: v from 5 to 8"],
  ["SELECT * FROM w WHERE k = ?", ["x"], "w: k in x"],
  ["SELECT * FROM w WHERE v = ?", [4], "w: v in 4"],
  ["SELECT * FROM t WHERE p = ? OR id = ?", [5, 6], "t: id in 6 or p in 5"],
  ["SELECT * FROM t WHERE p = ? UNION ALL SELECT * FROM t WHERE id = ?", [5, 6], "t: p in 5 or id in 6"],
  // Of several tables, each for itself.
  ["SELECT * FROM t a JOIN u ON u.t = a.id WHERE a.p = ?", [5], "t: p in 5"],
  // What is equal to an equal is equal.
  ["SELECT * FROM t a JOIN t b ON b.id = a.p WHERE a.p = ?", [5], "t: id in 5 or p in 5"],
  ["SELECT * FROM u JOIN t ON t.id = u.t WHERE u.id = ?", [5], "u: id in 5"],
  ["SELECT * FROM t WHERE p = ? AND EXISTS (SELECT 1 FROM u WHERE u.t = t.id)", [5], "t: p in 5"],
  ["SELECT *, (SELECT COUNT(*) FROM u) AS c FROM t WHERE p = ?", [5], "t: p in 5"],
  // What must not be taken for a condition.
  ["SELECT * FROM t", [], ""],
  ["SELECT * FROM t WHERE p = ?", [null], ""],
  ["SELECT * FROM t WHERE p = ?", ["5"], ""],
  ["SELECT * FROM t WHERE id = ?", ["5"], ""],
  ["SELECT * FROM t WHERE s = ?", [5], ""],
  ["SELECT * FROM t WHERE n = ?", ["x"], ""],
  ["SELECT * FROM t WHERE lower(s) = ?", ["x"], ""],
  ["SELECT * FROM t WHERE p IS NOT ?", [5], ""],
  ["SELECT * FROM t WHERE p <> ?", [5], ""],
  ["SELECT * FROM t a JOIN t b ON b.id = a.v WHERE a.p = ?", [5], ""],
  ["SELECT * FROM t WHERE p = ? UNION ALL SELECT * FROM t", [5], ""],
  ["SELECT *, (SELECT COUNT(*) FROM t) AS c FROM t WHERE p = ?", [5], ""],
  ["SELECT * FROM u LEFT JOIN t ON t.p = u.t WHERE t.v IS NULL OR t.v = ?", [5], ""],
  ["SELECT COUNT(*) FROM t", [], ""],
  ["SELECT MAX(id) FROM t", [], ""],
  ["SELECT * FROM t WHERE v LIKE ?", ["5%"], ""],
];

function describe({ table, any }: TableCondition): string {
  const each = any.map(({ column, equals, lower, upper }) =>
    equals !== null
      ? `${column} in ${equals}`
      : `${column}${lower === null ? "" : ` from ${lower}`}${upper === null ? "" : ` to ${upper}`}`
  );
  return `${table}: ${each.join(" or ")}`;
}

/** True when the condition tells nothing of any of these rows. */
function isSpared({ any }: TableCondition, rows: readonly (Record<string, unknown> | undefined)[]): boolean {
  return rows.every((row) =>
    row === undefined || any.every(({ column, equals, lower, upper }) => {
      const value = row[column];
      if (equals !== null) return !equals.includes(value as number);
      if (typeof value !== "number") return value === null || upper !== null;
      return value < (lower ?? -Infinity) || value > (upper ?? Infinity);
    })
  );
}

Deno.test("proveConditions() spares a query no row that changes its result when rows are random", () => {
  const random = new Random(Number(Deno.env.get("WATCHLITE_SEED") ?? Math.floor(Math.random() * 2 ** 31)));
  const values = () =>
    random.pick([null, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 4.5, "5", "x", "y", new Uint8Array([5])]);
  const schema = new Schema(db, new AccessRecorder(db, "writer"));
  const shapes = cases.map(([sql, params]) => [sql, params] as const);
  const filters = [
    "p = ?",
    "v = ?",
    "id < ?",
    "a = ?",
    "s = ?",
    "v IN (?, 6)",
    "id BETWEEN ? AND 8",
    "v > ?",
    "p IN (?, 7)",
    "a IS ?",
    "v <= ?",
    "id >= ?",
    "NOT v = ?",
    "v = ? COLLATE NOCASE",
  ];
  const sources = [
    "t",
    "t LEFT JOIN u ON u.t = t.id",
    "u JOIN t ON t.id = u.t",
    "t JOIN w ON w.v = t.v",
    "u LEFT JOIN t ON t.p = u.t",
  ];
  const heads = [
    "t.*",
    "COUNT(*)",
    "DISTINCT t.v, t.p",
    "SUM(t.v), MAX(t.id)",
    "t.v, COUNT(t.id)",
    "t.id, row_number() OVER (ORDER BY t.v, t.id)",
  ];
  for (let i = 0; i < 400; i++) {
    const where = [random.pick(filters), random.pick(filters)].slice(random.below(2)).map((each) =>
      each.replace(/\b(id|v|a|p|s)\b/, "t.$1")
    ).join(random.pick([" AND ", " OR "]));
    const head = random.pick(heads);
    const group = head.startsWith("t.v, C") ? " GROUP BY t.v" : "";
    const tail = random.pick(["", " LIMIT 2", " ORDER BY t.id DESC LIMIT 3", " ORDER BY t.v, t.id"]);
    const sql = `SELECT ${head} FROM ${random.pick(sources)} WHERE ${where}${group}${
      group || head.includes("(") || head.startsWith("D") ? "" : tail
    }`;
    shapes.push([sql, Array.from(sql.match(/\?/g) ?? [], () => random.pick([1, 4, 5, 6, "x", "5"]))]);
  }
  let spared = 0;
  for (const [sql, params] of shapes) {
    db.exec("DELETE FROM t; DELETE FROM u; DELETE FROM w");
    for (let id = 1; id <= 9; id++) {
      db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)").run(
        id,
        values(),
        values(),
        values(),
        values(),
        values(),
      );
      db.prepare("INSERT INTO u VALUES (?, ?)").run(id, random.below(10));
      db.prepare("INSERT OR IGNORE INTO w VALUES (?, ?)").run(random.pick(["x", "y", "z"]), values());
    }
    const { conditions } = proveConditions(explain(db, sql, params)!, params, schema);
    const condition = conditions.find(({ table }) => table === "t");
    if (condition === undefined) continue;
    const statement = db.prepare(sql);
    const bound = params.map(toBindable) as SQLInputValue[];
    const read = () => JSON.stringify(statement.all(...bound));
    for (let change = 0; change < 12; change++) {
      const id = 1 + random.below(11);
      const row = () => db.prepare("SELECT * FROM t WHERE id = ?").get(id);
      const [shownBefore, before] = [read(), row()];
      if (random.oneIn(4)) db.prepare("DELETE FROM t WHERE id = ?").run(id);
      else {db.prepare("REPLACE INTO t VALUES (?, ?, ?, ?, ?, ?)").run(
          id,
          values(),
          values(),
          values(),
          values(),
          values(),
        );}
      if (!isSpared(condition, [before, row()])) continue;
      spared++;
      assert.equal(
        read(),
        shownBefore,
        `${sql} [${params}] by ${JSON.stringify(condition)}: ${JSON.stringify([before, row()])}`,
      );
    }
  }
  assert.ok(spared > 500, `${spared} rows spared`);
});

for (const [sql, params, expected] of cases) {
  Deno.test(`proveConditions() gives ${expected || "nothing"} when the query is ${sql} [${params}]`, () => {
    const schema = new Schema(db, new AccessRecorder(db, "writer"));
    const { conditions } = proveConditions(explain(db, sql, params)!, params, schema);
    assert.equal(conditions.map(describe).join("; "), expected);
  });
}
