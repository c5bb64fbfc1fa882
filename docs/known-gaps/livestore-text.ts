/**
 * @livestore/livestore 0.4.0 gives back text up to the first U+0000, and without the U+FEFF that it begins with.
 * https://docs.livestore.dev/reference/state/sql-queries https://sqlite.org/nulinstr.html
 *
 *     deno run --config drivers/livestore/deno.json --frozen --allow-all docs/known-gaps/livestore-text.ts
 */
// @ts-nocheck: runs with the configuration of the driver, which the repository's own does not know
// deno-lint-ignore-file no-import-prefix
import { createStorePromise, Events, makeSchema, Schema, State } from "npm:@livestore/livestore@0.4.0";
import { makeAdapter } from "npm:@livestore/adapter-node@0.4.0";

const written = Events.synced({
  name: "v1.Written",
  schema: Schema.Struct({
    sql: Schema.String,
    args: Schema.Array(Schema.Union(Schema.Number, Schema.String)),
  }),
});
const items = State.SQLite.table({
  name: "items",
  columns: { id: State.SQLite.integer({ primaryKey: true }), body: State.SQLite.text({ nullable: true }) },
});
const materializers = State.SQLite.materializers({ written }, {
  "v1.Written": ({ sql, args }) => ({ sql, bindValues: Array.from(args), writeTables: new Set(["items"]) }),
});
const state = State.SQLite.makeState({ tables: { items }, materializers });
const store = await createStorePromise({
  adapter: makeAdapter({ storage: { type: "in-memory" } }),
  schema: makeSchema({ events: { written }, state }),
  storeId: "gap",
});
const write = (sql, ...args) => store.commit(written({ sql, args }));

const texts = ["a\0b", "\uFEFFa"];
for (const [index, text] of texts.entries()) write("INSERT INTO items(id, body) VALUES (?, ?)", index, text);
const rows = store.query({ query: "SELECT body FROM items ORDER BY id", bindValues: [] });
const isRight = rows.map(({ body }) => body === texts.shift());
console.log(`read ${JSON.stringify(rows)}`);
console.log(isRight.every(Boolean) ? "The gap is closed" : "The gap is there");
await store.shutdownPromise();
Deno.exit();
