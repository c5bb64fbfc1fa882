/**
 * @livestore/livestore 0.4.0 tells nobody of a live query that fails, and shuts its store down.
 * https://docs.livestore.dev/reference/state/sql-queries
 *
 *     deno run --config drivers/livestore/deno.json --frozen --allow-all docs/known-gaps/livestore-live-error.ts
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

const live = queryDb({
  query: "SELECT sum(id) AS total FROM items",
  schema: Schema.Array(Schema.Any),
  bindValues: [],
});
const told = [];
store.subscribe(live, (rows) => told.push(String(rows[0].total)));
let later = "nothing";
try {
  for (const id of [1, 2, 3]) {
    write(`INSERT INTO items(id) VALUES (9223372036854775807 - ${id})`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
} catch (error) {
  later = String(error.cause ?? error);
}
console.log(`the subscriber was told ${told.join(" then ")}; a write behind it: ${later}`);
console.log(
  later === "nothing" ? "The gap is closed" : "The gap is there: the sum is too large for an integer",
);
Deno.exit();
