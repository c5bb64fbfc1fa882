import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { insert, select, upsert } from "../../model/statement.ts";
import type { Table } from "../../model/schema.ts";
import { defaultOptions } from "../../model/adapter.ts";
import { nodeSqlite } from "../node_sqlite.ts";
import {
  openSqliteSession,
  SQLITE_PRAGMAS,
  SQLITE_TUNING_OPTIONS,
  sqliteSetup,
  sqliteTuning,
  synchronousName,
} from "./sqlite_session.ts";

const notes: Table = {
  name: "notes",
  columns: [{ name: "id", type: "integer" }, { name: "body", type: "text" }],
  primaryKey: "id",
  indexes: [{ name: "notes_body", columns: [{ column: "body" }] }],
};
const contents = { database: "new", tables: [notes] } as const;
const add = insert({ table: "notes", columns: ["id", "body"] });
const all = select({
  table: "notes",
  columns: ["id", "body"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

Deno.test("sqliteSetup() lists pragmas before tables and indexes", () => {
  assert.deepEqual(sqliteSetup(contents), [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE INDEX notes_body ON notes(body)",
  ]);
});

Deno.test("sqliteSetup() creates nothing when the file holds the tables already", () => {
  assert.deepEqual(sqliteSetup({ ...contents, database: "existing" }), SQLITE_PRAGMAS);
});

Deno.test("openSqliteSession() rolls a failing batch back and goes on", () => {
  const session = openSqliteSession(new DatabaseSync(":memory:"), contents);
  session.write(add, [1, "one"]);
  assert.throws(() => session.batch(add, [[2, "two"], [1, "again"]]), /UNIQUE/);
  session.batch(add, [[3, "three"]]);
  const rows = session.read(all, []) as readonly Record<string, unknown>[];
  assert.deepEqual(rows.map((row) => row["id"]), [1, 3]);
  session.close();
});

Deno.test("openSqliteSession() prepares each text once", () => {
  const database = new DatabaseSync(":memory:");
  const prepared: string[] = [];
  const session = openSqliteSession({
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      prepared.push(sql);
      return database.prepare(sql);
    },
    close: () => database.close(),
  }, contents);
  session.write(add, [1, "one"]);
  session.batch(add, [[2, "two"], [3, "three"]]);
  assert.deepEqual(prepared, [add.sql]);
  session.close();
});

Deno.test("openSqliteSession() writes the same rows whatever the rows per step", () => {
  const put = upsert({ table: "notes", columns: ["id", "body"], conflictColumn: "id", mode: "update" });
  const states = [1, 2, 3, 16].map((rowsPerStep) => {
    const session = openSqliteSession(new DatabaseSync(":memory:"), contents, SQLITE_PRAGMAS, {
      rowsPerStep,
    });
    session.batch(add, Array.from({ length: 7 }, (_, id) => [id, `new ${id}`]));
    // The third row meets the first one of its own batch.
    session.batch(put, [[1, "a"], [9, "b"], [1, "c"], [3, "d"]]);
    assert.throws(() => session.batch(add, [[20, "x"], [21, "x"], [22, "x"], [20, "again"]]), /UNIQUE/);
    session.batch(add, []);
    const rows = session.read(all, []) as readonly Record<string, unknown>[];
    session.close();
    return rows.map((row) => `${row["id"]} ${row["body"]}`).join();
  });
  assert.deepEqual(new Set(states), new Set(["0 new 0,1 c,2 new 2,3 d,4 new 4,5 new 5,6 new 6,9 b"]));
});

Deno.test("openSqliteSession() steps several rows at once and the rest one by one", () => {
  const database = new DatabaseSync(":memory:");
  const steps: unknown[][] = [];
  const session = openSqliteSession(
    {
      exec: (sql) => database.exec(sql),
      prepare(sql) {
        const statement = database.prepare(sql);
        return {
          run: (...args) => {
            steps.push(args);
            return statement.run(...args);
          },
          all: (...args) => statement.all(...args),
        };
      },
      close: () => database.close(),
    },
    contents,
    SQLITE_PRAGMAS,
    { rowsPerStep: 2 },
  );
  session.batch(add, [[1, "a"], [2, "b"], [3, "c"], [4, "d"], [5, "e"]]);
  assert.deepEqual(steps, [[1, "a", 2, "b"], [3, "c", 4, "d"], [5, "e"]]);
  session.close();
});

Deno.test("sqliteTuning() reads the options, and leaves SQLite's own checkpoint alone by default", () => {
  assert.deepEqual(sqliteTuning({}), { rowsPerStep: 1, checkpointPages: undefined });
  assert.deepEqual(
    sqliteTuning(defaultOptions({ ...nodeSqlite, options: SQLITE_TUNING_OPTIONS })),
    sqliteTuning({}),
  );
  const chosen = sqliteTuning({ rowsPerStep: "16", checkpointPages: "16000" });
  assert.deepEqual(chosen, { rowsPerStep: 16, checkpointPages: 16000 });
  const database = new DatabaseSync(":memory:");
  const session = openSqliteSession(database, contents, SQLITE_PRAGMAS, chosen);
  assert.deepEqual({ ...database.prepare("PRAGMA wal_autocheckpoint").get() }, { wal_autocheckpoint: 16000 });
  session.close();
});

Deno.test("openSqliteSession() closes the connection when the tables cannot be created", () => {
  const database = new DatabaseSync(":memory:");
  assert.throws(() => openSqliteSession(database, { ...contents, tables: [notes, notes] }), /already exists/);
  assert.equal(database.isOpen, false);
});

Deno.test("openSqliteSession() reports the settings as the database sees them", async () => {
  const session = openSqliteSession(new DatabaseSync(":memory:"), contents);
  const { sqlite, ...settings } = await session.facts!();
  assert.match(sqlite ?? "", /^3\.\d+\.\d+$/);
  assert.deepEqual(settings, { journal_mode: "memory", synchronous: "normal" });
  session.close();
});

Deno.test("synchronousName() leaves unknown values as they are", () => {
  assert.deepEqual([0, 1, 2n, 3, 9].map(synchronousName), ["off", "normal", "full", "extra", "9"]);
});
