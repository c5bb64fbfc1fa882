import assert from "node:assert/strict";
import type { Database } from "./database.ts";
import { EngineError } from "./errors.ts";
import { Emissions, quiet, testBehindThreads, withDatabase } from "./testing/fixtures.ts";

const test = testBehindThreads;

async function refusal(promise: Promise<unknown>): Promise<EngineError> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof EngineError);
    return error;
  }
  assert.fail("it was not refused");
}

/** Each write changes what the query shows. */
interface Kind {
  readonly name: string;
  readonly setup: readonly string[];
  readonly query: string;
  readonly writes: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    name: "a table without rowid",
    setup: ["CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID"],
    query: "SELECT k, v FROM w WHERE k >= 'a' ORDER BY k",
    writes: [
      "INSERT INTO w VALUES ('a', 1), ('b', 2)",
      "UPDATE w SET k = 'c' WHERE k = 'a'",
      "REPLACE INTO w VALUES ('c', 3)",
      "DELETE FROM w WHERE k = 'b'",
    ],
  },
  {
    name: "a full-text table",
    setup: ["CREATE VIRTUAL TABLE f USING fts5(body)"],
    query: "SELECT rowid, body FROM f WHERE f MATCH 'red' ORDER BY rank, rowid",
    writes: [
      "INSERT INTO f VALUES ('red green'), ('blue')",
      "UPDATE f SET body = 'red blue' WHERE body = 'blue'",
      "DELETE FROM f WHERE rowid = 1",
    ],
  },
  {
    name: "a full-text table that triggers fill",
    setup: [
      "CREATE TABLE docs(id INTEGER PRIMARY KEY, body TEXT)",
      "CREATE VIRTUAL TABLE f USING fts5(body, content='docs', content_rowid='id')",
      "CREATE TRIGGER docs_insert AFTER INSERT ON docs BEGIN INSERT INTO f(rowid, body) VALUES (NEW.id, NEW.body); END",
    ],
    query: "SELECT rowid FROM f WHERE f MATCH 'red'",
    writes: ["INSERT INTO docs(body) VALUES ('red')", "INSERT INTO docs(body) VALUES ('dark red')"],
  },
  {
    name: "a range tree",
    setup: ["CREATE VIRTUAL TABLE r USING rtree(id, low, high)"],
    query: "SELECT id, low FROM r WHERE high > 1 ORDER BY id",
    writes: [
      "INSERT INTO r VALUES (1, 1, 2), (2, 0, 1)",
      "UPDATE r SET high = 5 WHERE id = 2",
      "DELETE FROM r WHERE id = 1",
    ],
  },
  {
    name: "generated columns",
    setup: ["CREATE TABLE g(id INTEGER PRIMARY KEY, a INT, b INT AS (a * 2) STORED, c INT AS (a + 1))"],
    query: "SELECT b, c FROM g WHERE id = 1",
    writes: ["INSERT INTO g(a) VALUES (4)", "UPDATE g SET a = 5"],
  },
  {
    name: "a strict table",
    setup: ["CREATE TABLE s(id INTEGER PRIMARY KEY, a INT) STRICT"],
    query: "SELECT SUM(a) AS sum FROM s",
    writes: ["INSERT INTO s(a) VALUES (4)", "INSERT INTO s(a) VALUES (5) RETURNING id", "UPDATE s SET a = 1"],
  },
  {
    name: "a view that is written through a trigger",
    setup: [
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
      "CREATE VIEW v AS SELECT id, a FROM t WHERE a > 1",
      "CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN INSERT INTO t(a) VALUES (NEW.a); END",
    ],
    query: "SELECT a FROM v ORDER BY id",
    writes: ["INSERT INTO v(a) VALUES (2)", "UPDATE t SET a = 3", "DELETE FROM t"],
  },
  {
    name: "values inside JSON",
    setup: ["CREATE TABLE j(doc TEXT)"],
    query: "SELECT value FROM j, json_each(j.doc)",
    writes: ["INSERT INTO j VALUES ('[1]')", "UPDATE j SET doc = json_insert(doc, '$[#]', 2)"],
  },
  {
    name: "the schema",
    setup: ["CREATE TABLE t(a)"],
    query: "SELECT name FROM pragma_table_info('t')",
    writes: [
      "ALTER TABLE t ADD COLUMN b",
      "ALTER TABLE t RENAME COLUMN b TO c",
      "ALTER TABLE t DROP COLUMN c",
    ],
  },
  {
    name: "the rowids that SQLite counts by itself",
    setup: ["CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, u UNIQUE)"],
    query: "SELECT name, seq FROM sqlite_sequence",
    writes: [
      "INSERT INTO a(u) VALUES (1)",
      "INSERT OR IGNORE INTO a(id, u) VALUES (40, 2)",
      "UPDATE sqlite_sequence SET seq = 50",
      "DROP TABLE a",
    ],
  },
  {
    name: "the statistics that SQLite gathers by itself",
    setup: ["CREATE TABLE t(a)", "CREATE INDEX t_a ON t(a)", "INSERT INTO t VALUES (1)", "ANALYZE"],
    query: "SELECT tbl, stat FROM sqlite_stat1",
    writes: ["UPDATE sqlite_stat1 SET stat = '9 9'", "ANALYZE", "DELETE FROM sqlite_stat1"],
  },
  {
    name: "a table whose rows are replaced behind a temporary one of the same name",
    setup: [
      "CREATE TABLE t(id INTEGER PRIMARY KEY, code UNIQUE, x)",
      "INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')",
      "CREATE TEMP TABLE t(id, code, x)",
      "INSERT INTO temp.t VALUES (1, 1, 'temporary')",
    ],
    query: "SELECT id, x FROM t WHERE id = 1",
    writes: ["UPDATE OR REPLACE main.t SET code = 1 WHERE id = 2", "INSERT INTO main.t VALUES (1, 7, 'new')"],
  },
  {
    name: "a setting of the file",
    setup: [],
    query: "PRAGMA user_version",
    writes: ["PRAGMA user_version = 4", "PRAGMA user_version = 5"],
  },
  {
    name: "a table that a TEMP trigger and a TEMP table write",
    setup: [
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a)",
      "CREATE TABLE log(a)",
      "CREATE TEMP TABLE staged(a)",
      "CREATE TEMP TRIGGER t_insert AFTER INSERT ON t BEGIN INSERT INTO log VALUES (NEW.a); END",
      "INSERT INTO temp.staged VALUES (1), (2)",
    ],
    query: "SELECT a FROM log",
    writes: ["INSERT INTO t(a) SELECT a FROM temp.staged", "INSERT INTO t(a) VALUES (3)", "DELETE FROM log"],
  },
];

async function follow(db: Database, { setup, query, writes }: Kind): Promise<void> {
  for (const sql of setup) await db.execute(sql);
  using shown = new Emissions(db.watch(query));
  await shown.atLeast(1);
  for (const sql of writes) {
    const before = shown.last;
    await db.execute(sql);
    await quiet(db);
    assert.deepEqual(shown.last, await db.select(query), sql);
    assert.notDeepEqual(shown.last, before, `"${sql}" must change what is shown`);
  }
}

for (const kind of kinds) {
  test(`watch() follows ${kind.name} when it is written`, () => withDatabase({}, (db) => follow(db, kind)));
}

test("executeBatch() and transactions write every kind of table when asked to", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE VIRTUAL TABLE f USING fts5(body)");
    await db.execute("CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID");
    using texts = new Emissions(db.watch("SELECT body FROM f WHERE f MATCH 'red'"));
    using keys = new Emissions(db.watch("SELECT COUNT(*) AS c FROM w"));
    await db.executeBatch("INSERT INTO f VALUES (?)", Array.from({ length: 40 }, () => ["red"]));
    await db.transaction(async (tx) => {
      await tx.executeBatch("INSERT INTO w VALUES (?, ?)", [["a", 1], ["b", 2]]);
      assert.deepEqual(await tx.select("SELECT COUNT(*) AS c FROM f WHERE f MATCH 'red'"), [{ c: 40 }]);
    });
    await quiet(db);
    assert.deepEqual(texts.last, await db.select("SELECT body FROM f WHERE f MATCH 'red'"));
    assert.deepEqual(keys.last, [{ c: 2 }]);
  }));

test("execute() and select() leave no trace of a statement when they refuse it", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(a)");
    // SQLite sets these while it compiles them.
    for (
      const [sql, verb] of [["PRAGMA query_only = 1", "execute"], [
        "PRAGMA main.synchronous = OFF",
        "execute",
      ]] as const
    ) {
      assert.match((await refusal(db[verb](sql))).reason, /belongs to the engine and cannot be set/);
    }
    assert.match((await refusal(db.execute("PRAGMA busy_timeout = 0"))).reason, /belongs to the engine/);
    assert.equal((await refusal(db.execute("EXPLAIN PRAGMA query_only(1)"))).code, "MISUSE");
    await db.execute("INSERT INTO t VALUES ('a')");
    assert.deepEqual((await db.execute("PRAGMA synchronous")).rows, [{ synchronous: 1 }]);
    assert.match((await refusal(db.select("PRAGMA case_sensitive_like = 1"))).reason, /set with execute\(\)/);
    assert.deepEqual(await db.select("SELECT 'A' LIKE 'a' AS is_like"), [{ is_like: 1 }]);
    assert.equal((await db.select("PRAGMA table_info(t)")).length, 1);
    for (const verb of ["execute", "select"] as const) {
      assert.match((await refusal(db[verb]("BEGIN"))).reason, /use transaction\(\)/);
    }
    assert.match(
      (await refusal(db.transaction((tx) => tx.execute("COMMIT")))).reason,
      /use transaction\(\) instead/,
    );
  }));

test("execute() names the permission when VACUUM is denied the file it needs, and vacuums when it is not", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(a)");
    await db.executeBatch("INSERT INTO t VALUES (?)", [[1], [2], [3]]);
    await db.execute("DELETE FROM t WHERE a = 2");
    using rowids = new Emissions(db.watch("SELECT rowid AS id, a FROM t"));
    await rowids.atLeast(1);
    const everything = await Promise.all(
      (["read", "write", "env", "sys", "run", "ffi", "net", "import"] as const).map((name) =>
        Deno.permissions.query({ name })
      ),
    );
    if (everything.every(({ state }) => state === "granted")) await db.execute("VACUUM");
    else {
      const error = await refusal(db.execute("VACUUM"));
      assert.match(error.message, /^Cannot execute "VACUUM": VACUUM needs the permission --allow-all/);
    }
    await quiet(db);
    assert.deepEqual(rowids.last, await db.select("SELECT rowid AS id, a FROM t"));
    const inside = await refusal(db.transaction((tx) => tx.execute("VACUUM")));
    assert.match(inside.reason, /within a transaction/);
  }));

test("select() gives floats back as they went in when they are infinite, and NULL for what is no number", () =>
  withDatabase({ readers: 1 }, async (db) => {
    const params = [Infinity, -Infinity, NaN, Number.MIN_VALUE, -Number.MAX_VALUE];
    const sql = "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e";
    const row = { a: Infinity, b: -Infinity, c: null, d: Number.MIN_VALUE, e: -Number.MAX_VALUE };
    assert.deepEqual({ ...(await db.select(sql, params))[0] }, row);
    assert.deepEqual({ ...(await db.execute(sql, params)).rows[0] }, row);
    for (
      const value of [new Date(NaN), { a: 1 }, [1], Symbol("x"), new Float64Array(1), new ArrayBuffer(1)]
    ) {
      const got = typeof value === "symbol" ? "symbol" : value.constructor.name;
      const { reason } = await refusal(db.select("SELECT ? AS a", [value as never]));
      assert.match(reason, new RegExp(`^param 1 must be null, number, .* got ${got}$`));
    }
  }));

test("execute() counts no rows that SQLite tidies up in its own tables when the schema changes", () =>
  withDatabase({}, async (db) => {
    await db.execute("CREATE TABLE t(a)");
    await db.execute("CREATE INDEX t_a ON t(a)");
    await db.execute("INSERT INTO t VALUES (1)");
    await db.execute("ANALYZE");
    assert.equal((await db.execute("DROP INDEX t_a")).changes, 0);
    assert.equal((await db.execute("DELETE FROM t")).changes, 1);
  }));
