import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import type { SqliteRemoteDatabase } from "drizzle-orm/sqlite-proxy";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Database, openDatabase } from "watchbench/engine";
import { watch, watchliteDrizzle } from "./driver.ts";

const people = sqliteTable("people", {
  id: integer().primaryKey(),
  name: text().notNull(),
  born: integer({ mode: "timestamp" }),
});
const pets = sqliteTable("pets", { id: integer().primaryKey(), owner: integer(), name: text() });

async function withDrizzle(body: (orm: SqliteRemoteDatabase, db: Database) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "watchlite-drizzle-" });
  const db = await openDatabase(`${folder}/a.db`);
  try {
    await db.exec(`CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER);
      CREATE TABLE pets(id INTEGER PRIMARY KEY, owner INTEGER, name TEXT)`);
    await body(watchliteDrizzle(db), db);
  } finally {
    await db.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const born = new Date("1980-05-01T00:00:00Z");

Deno.test("watchliteDrizzle() reads and writes when Drizzle asks, columns of one name in two tables included", () =>
  withDrizzle(async (orm) => {
    await orm.insert(people).values([{ name: "Ann", born }, { name: "Bob" }]);
    assert.deepEqual(await orm.insert(pets).values({ owner: 1, name: "Rex" }).returning(), [
      { id: 1, owner: 1, name: "Rex" },
    ]);
    const joined = await orm.select().from(people).leftJoin(pets, eq(pets.owner, people.id)).orderBy(
      people.name,
    );
    assert.deepEqual(joined, [
      { people: { id: 1, name: "Ann", born }, pets: { id: 1, owner: 1, name: "Rex" } },
      { people: { id: 2, name: "Bob", born: null }, pets: null },
    ]);
    assert.deepEqual(await orm.select().from(people).where(eq(people.id, 2)).get(), {
      id: 2,
      name: "Bob",
      born: null,
    });
    assert.equal(await orm.select().from(people).where(eq(people.id, 9)).get(), undefined);
    const owners = orm.$with("insert").as(orm.select().from(people).where(eq(people.id, 1)));
    const owned = await orm.with(owners).select().from(owners).innerJoin(pets, eq(pets.owner, owners.id));
    assert.deepEqual(owned.map((row) => [row.insert.name, row.pets.name]), [["Ann", "Rex"]]);
    const gone = orm.$with("gone").as(orm.select({ id: pets.id }).from(pets).where(eq(pets.id, 99)));
    const left = orm.with(gone).delete(pets).where(sql`${pets.id} IN (SELECT id FROM ${gone})`).returning();
    assert.deepEqual(await left, []);
    const [added, all] = await orm.batch([
      orm.insert(pets).values({ owner: 2, name: "Tom" }).returning({ id: pets.id }),
      orm.select({ name: pets.name }).from(pets).orderBy(pets.id),
    ]);
    assert.deepEqual([added, all], [[{ id: 2 }], [{ name: "Rex" }, { name: "Tom" }]]);
    await assert.rejects(orm.select({ a: people.name, b: sql`1` }).from(people));
  }));

Deno.test("watchliteDrizzle() keeps a transaction whole when it ends well, throws, or is nested", () =>
  withDrizzle(async (orm) => {
    await orm.transaction(async (tx) => {
      await tx.insert(people).values({ name: "Ann" });
      await assert.rejects(tx.transaction(async (inner) => {
        await inner.insert(people).values({ name: "Bob" });
        inner.rollback();
      }));
      assert.equal((await tx.select().from(people)).length, 1);
      assert.deepEqual(await orm.select().from(people), [], "others do not see it yet");
    });
    await assert.rejects(
      orm.transaction(async (tx) => {
        await tx.delete(people);
        throw new RangeError("mine");
      }),
      RangeError,
    );
    assert.deepEqual((await orm.select().from(people)).map(({ name }) => name), ["Ann"]);
  }));

Deno.test("watch() shows what Drizzle makes of the rows again when its tables are written by Drizzle", () =>
  withDrizzle(async (orm, db) => {
    const query = orm.select({ name: people.name, born: people.born }).from(people).where(eq(people.id, 1));
    const seen: unknown[] = [];
    for await (const rows of watch(db, query)) {
      seen.push(rows);
      if (seen.length === 1) await orm.insert(people).values([{ name: "Ann" }, { name: "Bob" }]);
      else if (seen.length === 2) await orm.update(people).set({ born }).where(eq(people.id, 1));
      else break;
    }
    assert.deepEqual(seen, [[], [{ name: "Ann", born: null }], [{ name: "Ann", born }]]);
  }));
