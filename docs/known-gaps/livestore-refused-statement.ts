/**
 * @livestore/livestore 0.4.0: a commit whose statement SQLite refuses tells no error. The store is shut down instead, and
 * every later call fails. https://docs.livestore.dev/building-with-livestore/store/
 *
 *     deno run --config drivers/livestore/deno.json --frozen --allow-all docs/known-gaps/livestore-refused-statement.ts
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

write("INSERT INTO items(id) VALUES (?)", 1);
let told = "nothing";
try {
  write("INSERT INTO items(id) VALUES (?)", 1);
} catch (error) {
  told = String(error.cause ?? error);
}
await new Promise((resolve) => setTimeout(resolve, 500));
let later = "nothing";
try {
  write("INSERT INTO items(id) VALUES (?)", 2);
} catch (error) {
  later = String(error.cause ?? error);
}
console.log(`a second row with key 1: ${told}; a row with key 2 behind it: ${later}`);
console.log(told !== "nothing" && later === "nothing" ? "The gap is closed" : "The gap is there");
Deno.exit();
