import assert from "node:assert/strict";
import { type Generated, Kysely, sql } from "kysely";
import { type Database, openDatabase } from "watchbench/engine";
import { watch, WatchliteDialect } from "./dialect.ts";

interface Schema {
  people: { id: Generated<number>; name: string };
  pets: { id: Generated<number>; owner: number; name: string };
}

async function withKysely(body: (kysely: Kysely<Schema>, db: Database) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "watchlite-kysely-" });
  const db = await openDatabase(`${folder}/a.db`);
  const kysely = new Kysely<Schema>({ dialect: new WatchliteDialect(db) });
  try {
    await kysely.schema.createTable("people")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull()).execute();
    await kysely.schema.createTable("pets")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("owner", "integer", (column) => column.references("people.id"))
      .addColumn("name", "text").execute();
    await body(kysely, db);
  } finally {
    await kysely.destroy();
    await db.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("WatchliteDialect reads, writes, streams and looks at the schema when Kysely asks", () =>
  withKysely(async (kysely) => {
    const made = await kysely.insertInto("people").values([{ name: "Ann" }, { name: "Bob" }])
      .executeTakeFirst();
    assert.deepEqual([made.numInsertedOrUpdatedRows, made.insertId], [2n, 2n]);
    const returned = await kysely.insertInto("pets").values({ owner: 1, name: "Rex" }).returningAll()
      .execute();
    assert.deepEqual(returned, [{ id: 1, owner: 1, name: "Rex" }]);
    const joined = kysely.selectFrom("people").leftJoin("pets", "pets.owner", "people.id")
      .select(["people.name", "pets.name as pet"]).orderBy("people.id");
    assert.deepEqual(await joined.execute(), [{ name: "Ann", pet: "Rex" }, { name: "Bob", pet: null }]);
    const streamed: unknown[] = [];
    for await (const row of joined.stream()) streamed.push(row);
    assert.deepEqual(streamed, await joined.execute());
    assert.equal((await kysely.deleteFrom("pets").executeTakeFirst()).numDeletedRows, 1n);
    const { rows } = await sql<{ c: number }>`SELECT COUNT(*) AS c FROM people WHERE name <> ${"Bob"}`
      .execute(kysely);
    assert.deepEqual(rows, [{ c: 1 }]);
    assert.deepEqual((await kysely.introspection.getTables()).map(({ name }) => name), ["people", "pets"]);
  }));

Deno.test("WatchliteDialect keeps a transaction whole when it ends well, when it throws, and when COMMIT is refused", () =>
  withKysely(async (kysely) => {
    const names = async () =>
      (await kysely.selectFrom("people").select("name").execute()).map(({ name }) => name);
    await kysely.transaction().execute(async (trx) => {
      await trx.insertInto("people").values({ name: "Ann" }).execute();
      assert.equal((await trx.selectFrom("people").selectAll().execute()).length, 1);
      assert.deepEqual(await names(), [], "others do not see it yet");
    });
    assert.deepEqual(await names(), ["Ann"]);
    await assert.rejects(
      kysely.transaction().execute(async (trx) => {
        await trx.deleteFrom("people").execute();
        throw new RangeError("mine");
      }),
      RangeError,
    );
    assert.deepEqual(await names(), ["Ann"]);
    await assert.rejects(
      kysely.transaction().execute(async (trx) => {
        await sql`PRAGMA defer_foreign_keys = ON`.execute(trx);
        await trx.insertInto("pets").values({ owner: 9, name: "Rex" }).execute();
      }),
      { code: "SQLITE_CONSTRAINT_FOREIGNKEY" },
    );
    assert.deepEqual(await kysely.selectFrom("pets").selectAll().execute(), []);
  }));

Deno.test("watch() shows what Kysely compiles again when its tables are written by Kysely", () =>
  withKysely(async (kysely, db) => {
    const query = kysely.selectFrom("people").select(["id", "name"]).where("name", "like", "A%").orderBy(
      "id",
    );
    const seen: string[][] = [];
    for await (const rows of watch(db, query)) {
      seen.push(rows.map(({ name }) => name));
      if (seen.length === 1) {
        await kysely.insertInto("people").values([{ name: "Ann" }, { name: "Bob" }]).execute();
      } else if (seen.length === 2) {
        await kysely.updateTable("people").set({ name: "Al" }).where("id", "=", 2).execute();
      } else break;
    }
    assert.deepEqual(seen, [[], ["Ann"], ["Ann", "Al"]]);
  }));
