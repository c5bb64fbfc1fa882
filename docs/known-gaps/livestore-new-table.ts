/**
 * @livestore/livestore 0.4.0 shuts its store down over a live query of a table that is not in its schema.
 * https://docs.livestore.dev/reference/state/sql-queries
 *
 *     deno run --config drivers/livestore/deno.json --frozen --allow-all docs/known-gaps/livestore-new-table.ts
 */
// @ts-nocheck: runs with the configuration of the driver, which the repository's own does not know
// deno-lint-ignore-file no-import-prefix
import {
  createStorePromise,
  Events,
  makeSchema,
  queryDb,
  Schema,
  State,
} from "npm:@livestore/livestore@0.4.0";
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

write("CREATE TABLE others(id INTEGER PRIMARY KEY)");
const live = queryDb({ query: "SELECT id FROM others", schema: Schema.Array(Schema.Any), bindValues: [] });
let told = "nothing";
try {
  store.subscribe(live, (rows) => told = `${rows.length} rows`);
  write("INSERT INTO others(id) VALUES (?)", 1);
  await new Promise((resolve) => setTimeout(resolve, 500));
} catch (error) {
  told = String(error.cause ?? error);
}
console.log(`told: ${told}`);
console.log(told === "1 rows" ? "The gap is closed" : "The gap is there");
Deno.exit();
