import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { EngineError } from "../errors.ts";
import { strict, withDatabase } from "../testing/fixtures.ts";
import { multiRowSql } from "./multi_row.ts";

Deno.test("multiRowSql() repeats the values of a plain insert, and keeps what stands around them", () => {
  assert.equal(multiRowSql("INSERT INTO t VALUES (?, ?)", 2, 2), "INSERT INTO t VALUES (?, ?), (?, ?)");
  assert.equal(
    multiRowSql(`insert or ignore into main."VALUES (?)"(x)values(?) ; `, 1, 3),
    `insert or ignore into main."VALUES (?)"(x)values(?), (?), (?) `,
  );
  assert.equal(
    multiRowSql("REPLACE INTO [t](a, `b`)\nVALUES (?,?)", 2, 2),
    "REPLACE INTO [t](a, `b`)\nVALUES (?,?), (?,?)",
  );
  const upsert =
    "INSERT INTO t(a, b) VALUES (?, ?)% ON CONFLICT(a) DO UPDATE SET b = excluded.b + t.b WHERE b > 3";
  assert.equal(multiRowSql(upsert.replace("%", ""), 2, 2), upsert.replace("%", ", (?, ?)"));
});

Deno.test("multiRowSql() gives null for what must go row by row", () => {
  for (
    const sql of [
      `INSERT INTO "a""b" VALUES (?, ?)`,
      "INSERT INTO t VALUES (?1, ?2)",
      "INSERT INTO t VALUES (:a, :b)",
      "INSERT INTO t VALUES (?, ? + 1)",
      "INSERT INTO t VALUES (?, (SELECT max(a) FROM t), ?)",
      "INSERT INTO t SELECT ?, ?",
      "INSERT INTO t(a, b) VALUES (?, ?), (?, ?)",
      "INSERT INTO t(a, b) VALUES (?, ?) RETURNING a",
      "INSERT INTO t(a, b) VALUES (?, ?) ON CONFLICT(a) DO UPDATE SET b = ?",
      "INSERT INTO t(a, b) VALUES (?, ?) ON CONFLICT(a) DO UPDATE SET b = (SELECT 1)",
      "INSERT INTO t(a, b) VALUES (?, ?) ON CONFLICT(a) DO UPDATE SET b = 'x'",
      "INSERT INTO t(a, b) VALUES (?, ?) -- why",
      "WITH c AS (SELECT 1) INSERT INTO t(a, b) VALUES (?, ?)",
      "UPDATE t SET a = ? WHERE b = ?",
    ]
  ) assert.equal(multiRowSql(sql, 2, 8), null, sql);
  assert.equal(multiRowSql("INSERT INTO t VALUES (?, ?)", 1, 8), null, "another number of params");
  assert.equal(multiRowSql("INSERT INTO t VALUES (?, ?)", 2, 2000), null, "too many params for one step");
});

Deno.test(
  "executeBatch() binds what is missing as NULL when the same text was run with all params before",
  strict,
  () =>
    withDatabase({}, async (db) => {
      await db.execute("CREATE TABLE t(a, b)");
      const sql = "INSERT INTO t(a, b) VALUES (?, ?)";
      await db.executeBatch(sql, Array.from({ length: 32 }, (_, i) => [i, i]));
      await db.execute("DELETE FROM t");
      await db.executeBatch(sql, Array.from({ length: 32 }, (_, i) => [i]));
      const rows = await db.select("SELECT a, b FROM t ORDER BY a");
      assert.deepEqual(rows, Array.from({ length: 32 }, (_, a) => ({ a, b: null })));
    }),
);

Deno.test(
  "executeBatch() refuses what row by row is refused when a later row would make it good",
  strict,
  () =>
    withDatabase({}, async (db) => {
      for (
        const sql of [
          "CREATE TABLE n(id INTEGER PRIMARY KEY, parent INT REFERENCES n(id))",
          "CREATE TABLE p(id INTEGER PRIMARY KEY, u UNIQUE)",
          "CREATE TABLE c(p REFERENCES p(id))",
          "CREATE TABLE counted(x DEFAULT (total_changes()), y)",
        ]
      ) await db.execute(sql);
      const violated = { code: "SQLITE_CONSTRAINT_FOREIGNKEY" };
      for (const length of [3, 4, 16, 17, 40]) {
        const rows = Array.from({ length }, (_, i) => [i + 1, i === 0 ? 2 : null]);
        await assert.rejects(
          db.executeBatch("INSERT INTO n VALUES (?, ?)", rows),
          violated,
          `${length} rows`,
        );
        await db.execute("DELETE FROM c");
        await db.execute("DELETE FROM p");
        await db.execute("INSERT INTO p VALUES (1, 'a')");
        await db.execute("INSERT INTO c VALUES (1)");
        // The first row replaces the parent that a later row puts back.
        const parents = Array.from({ length }, (_, i) => [i === 0 ? 99 : i, i === 0 ? "a" : `u${i}`]);
        await assert.rejects(db.executeBatch("REPLACE INTO p VALUES (?, ?)", parents), violated);
        const children = Array.from({ length }, (_, i) => [i + 100, `v${i}`]);
        assert.equal((await db.executeBatch("INSERT INTO p VALUES (?, ?)", children)).changes, length);
        await db.executeBatch("INSERT INTO counted(y) VALUES (?)", Array.from({ length }, (_, i) => [i]));
        const steps = await db.select("SELECT COUNT(DISTINCT x) AS n FROM counted WHERE rowid > ?", [0]);
        assert.deepEqual(steps, [{ n: length }]);
        await db.execute("DELETE FROM counted");
      }
    }),
);

const statements = [
  "INSERT INTO t(id, a) VALUES (?, ?)",
  "INSERT OR IGNORE INTO t(id, a) VALUES (?, ?)",
  "INSERT OR REPLACE INTO t(id, a) VALUES (?, ?)",
  "REPLACE INTO t(id, a) VALUES (?, ?)",
  "INSERT OR FAIL INTO t(id, a) VALUES (?, ?)",
  "INSERT OR ROLLBACK INTO t(id, a) VALUES (?, ?)",
  "INSERT INTO t(id, a) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET a = a + excluded.a",
  "INSERT INTO t(id, a) VALUES (?, ?) ON CONFLICT DO NOTHING",
  "INSERT INTO v(id, a) VALUES (?, ?)",
];
const schemas = [
  "CREATE TABLE t(id INTEGER PRIMARY KEY, a, u INTEGER DEFAULT 7)",
  "CREATE TABLE t(id INTEGER PRIMARY KEY, a UNIQUE CHECK (a < 95)); CREATE INDEX i ON t(a)",
  "CREATE TABLE t(id INTEGER PRIMARY KEY, a); " +
  "CREATE TRIGGER g BEFORE INSERT ON t WHEN NEW.a % 5 = 0 BEGIN SELECT RAISE(IGNORE); END",
  "CREATE TABLE t(id INTEGER PRIMARY KEY, a); CREATE TABLE log(x); " +
  "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log SELECT count(*) + last_insert_rowid() FROM t; END",
];

Deno.test("executeBatch() leaves what row by row leaves when rows share a step", strict, async () => {
  const row = fc.tuple(
    fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(null)),
    fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.double({ noNaN: true, min: 0, max: 90 }),
      fc.constant("94"),
    ),
  );
  const rows = fc.array(row, { maxLength: 200, size: "max" });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...schemas),
      fc.constantFrom(...statements),
      rows,
      rows,
      async (schema, sql, ...batches) => {
        const view = "CREATE VIEW v AS SELECT id, a FROM t; CREATE TRIGGER vi INSTEAD OF INSERT ON v " +
          "BEGIN INSERT OR IGNORE INTO t(id, a) VALUES (NEW.id, NEW.a); END";
        using plain = new DatabaseSync(":memory:");
        plain.exec(`${schema}; ${view}`);
        await withDatabase({}, async (db) => {
          for (const each of `${schema}; ${view}`.split(/;\s*(?=CREATE)/)) await db.execute(each);
          for (const batch of batches) {
            const expected = runRowByRow(plain, sql, batch);
            const actual = await db.executeBatch(sql, batch).then(
              ({ changes, lastRowid }) => ({ changes, lastRowid }),
              (error: EngineError) => error.sqliteCode,
            );
            assert.deepEqual(actual, expected);
            const tables = ["t", ...(schema.includes("log") ? ["log"] : [])];
            for (const table of tables) {
              const state = `SELECT *, typeof(${
                table === "t" ? "a" : "x"
              }) AS type FROM ${table} ORDER BY rowid`;
              assert.deepEqual(
                await db.select(state),
                plain.prepare(state).all().map((each) => ({ ...each })),
              );
            }
          }
        });
      },
    ),
    { numRuns: 25 },
  );
});

function runRowByRow(db: DatabaseSync, sql: string, rows: readonly (readonly (number | string | null)[])[]) {
  const statement = db.prepare(sql);
  let changes = 0;
  let lastRowid: number | bigint = 0;
  db.exec("BEGIN");
  try {
    for (const params of rows) {
      const made = statement.run(
        ...params.map((value) => Number.isSafeInteger(value) ? BigInt(value!) : value),
      );
      changes += Number(made.changes);
      lastRowid = made.lastInsertRowid;
    }
    db.exec("COMMIT");
    return { changes, lastRowid };
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    return (error as { errcode: number }).errcode;
  }
}
