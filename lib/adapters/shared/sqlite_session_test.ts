import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { insert, select } from "../../model/statement.ts";
import type { Table } from "../../model/schema.ts";
import { openSqliteSession, sqliteSetup, synchronousName } from "./sqlite_session.ts";

const notes: Table = {
  name: "notes",
  columns: [{ name: "id", type: "integer" }, { name: "body", type: "text" }],
  primaryKey: "id",
  indexes: [{ name: "notes_body", columns: [{ column: "body" }] }],
};
const add = insert({ table: "notes", columns: ["id", "body"] });
const all = select({
  table: "notes",
  columns: ["id", "body"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

Deno.test("sqliteSetup() lists pragmas before tables and indexes", () => {
  assert.deepEqual(sqliteSetup([notes]), [
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE INDEX notes_body ON notes(body)",
  ]);
});

Deno.test("openSqliteSession() rolls a failing batch back and goes on", () => {
  const session = openSqliteSession(new DatabaseSync(":memory:"), [notes]);
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
  }, [notes]);
  session.write(add, [1, "one"]);
  session.batch(add, [[2, "two"], [3, "three"]]);
  assert.deepEqual(prepared, [add.sql]);
  session.close();
});

Deno.test("openSqliteSession() closes the connection when the tables cannot be created", () => {
  const database = new DatabaseSync(":memory:");
  assert.throws(() => openSqliteSession(database, [notes, notes]), /already exists/);
  assert.equal(database.isOpen, false);
});

Deno.test("openSqliteSession() reports the settings as the database sees them", async () => {
  const session = openSqliteSession(new DatabaseSync(":memory:"), [notes]);
  const { sqlite, ...settings } = await session.facts!();
  assert.match(sqlite ?? "", /^3\.\d+\.\d+$/);
  assert.deepEqual(settings, { journal_mode: "memory", synchronous: "normal" });
  session.close();
});

Deno.test("synchronousName() leaves unknown values as they are", () => {
  assert.deepEqual([0, 1, 2n, 3, 9].map(synchronousName), ["off", "normal", "full", "extra", "9"]);
});
