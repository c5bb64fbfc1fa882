import assert from "node:assert/strict";
import type { Migration } from "./migrate.ts";
import { Emissions, openDatabase, tempFile, testBehindThreads, withDatabase } from "./testing/fixtures.ts";
import { output, spawn } from "./testing/program.ts";

const test = testBehindThreads;

const first: Migration = `
  CREATE TABLE lists(id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE items(id INTEGER PRIMARY KEY, list INTEGER REFERENCES lists ON DELETE CASCADE);
  INSERT INTO lists VALUES (1, 'a');
  INSERT INTO items VALUES (10, 1);`;
/** SQLite's way to change what ALTER TABLE cannot: a new table under the old name. */
const rebuild: Migration = `
  CREATE TABLE lists_new(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  INSERT INTO lists_new SELECT id, name FROM lists;
  DROP TABLE lists;
  ALTER TABLE lists_new RENAME TO lists;`;

test("migrate() runs what the file has not seen, once, when it is called again with more", () =>
  withDatabase({}, async (db) => {
    assert.deepEqual(await db.migrate([]), { from: 0, to: 0 });
    assert.deepEqual(await db.migrate([first]), { from: 0, to: 1 });
    using shown = new Emissions(db.watch("SELECT name FROM lists"));
    await shown.until([{ name: "a" }]);
    let calls = 0;
    const fill: Migration = async (tx) => {
      calls++;
      const [row] = await tx.select("SELECT COUNT(*) AS c FROM lists");
      await tx.execute("INSERT INTO lists VALUES (2, ?)", [`b${row!["c"]}`]);
    };
    assert.deepEqual(await db.migrate([first, rebuild, fill]), { from: 1, to: 3 });
    assert.deepEqual(await db.migrate([first, rebuild, fill]), { from: 3, to: 3 });
    assert.equal(calls, 1);
    await shown.until([{ name: "a" }, { name: "b1" }]);
    assert.deepEqual(
      await db.select("SELECT id FROM items"),
      [{ id: 10 }],
      "not taken by the table made anew",
    );
    await assert.rejects(db.execute("INSERT INTO items VALUES (11, 9)"), /FOREIGN KEY/, "enforced again");
  }));

test("migrate() undoes the failing migration and keeps those before it when one fails", () =>
  withDatabase({}, async (db) => {
    const bad: Migration = "CREATE TABLE extra(a); CREATE TABLE extra(a)";
    await assert.rejects(db.migrate([first, bad]), {
      verb: "exec",
      reason: /statement 2: table extra already/,
    });
    await assert.rejects(
      db.migrate([first, async () => {
        throw new RangeError("mine");
      }]),
      RangeError,
    );
    await assert.rejects(db.migrate([first, "DELETE FROM lists"]), {
      verb: "migrate",
      code: "SQLITE_CONSTRAINT_FOREIGNKEY",
      reason: /migration 2 must leave no row without its parent, "items" has one without "lists"/,
    });
    assert.deepEqual(await db.select("PRAGMA user_version"), [{ user_version: 1 }]);
    assert.deepEqual(await db.select("SELECT name FROM sqlite_schema WHERE name = 'extra'"), []);
    await assert.rejects(db.execute("INSERT INTO items VALUES (11, 9)"), /FOREIGN KEY/, "enforced again");
    assert.deepEqual(await db.migrate([first, "CREATE TABLE extra(a)"]), { from: 1, to: 2 });
  }));

test("migrate() refuses a file that is newer, and what is no migration", () =>
  withDatabase({ foreignKeys: false }, async (db) => {
    await db.migrate([first, rebuild]);
    await assert.rejects(db.migrate([first]), { code: "MISUSE", reason: /its user_version is 2/ });
    await assert.rejects(
      db.migrate([first, rebuild, 3 as never]),
      /migration 3 must be a script or a function/,
    );
    await assert.rejects(db.migrate([first, rebuild, "SELECT ?"]), /no placeholders/);
    await assert.rejects(db.migrate("x" as never), /must be an array/);
    await db.migrate([first, rebuild, "DELETE FROM lists"]);
    assert.deepEqual(
      await db.select("SELECT COUNT(*) AS c FROM items"),
      [{ c: 1 }],
      "they were not enforced before",
    );
  }));

test("migrate() runs each migration once when several processes start at the same time", async () => {
  using file = tempFile();
  const program = `
    await using db = await openDatabase(${JSON.stringify(file.path)});
    await db.migrate(["CREATE TABLE t(a)", ...Array.from({ length: 20 }, (_, i) => "INSERT INTO t VALUES (" + i + ")")]);
  `;
  await Promise.all([spawn(program), spawn(program), spawn(program)].map(output));
  await using db = await openDatabase(file.path);
  assert.deepEqual(await db.select("SELECT COUNT(*) AS c, COUNT(DISTINCT a) AS d FROM t"), [{
    c: 20,
    d: 20,
  }]);
});
