/**
 * @livestore/livestore 0.4.0 answers a query from what it kept, after a trigger has written to the table: it looks at the
 * tables that the event names. https://docs.livestore.dev/building-with-livestore/state/materializers/
 *
 *     deno run --config drivers/livestore/deno.json --frozen --allow-all docs/known-gaps/livestore-trigger.ts
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

write("CREATE TABLE log(id INTEGER PRIMARY KEY)");
write("CREATE TRIGGER note AFTER INSERT ON items BEGIN INSERT INTO log(id) VALUES (new.id); END");
const count = () => store.query({ query: "SELECT count(*) AS n FROM log", bindValues: [] })[0].n;
const before = count();
write("INSERT INTO items(id) VALUES (?)", 7);
const after = count();
console.log(`${before} rows before, ${after} after a trigger has written one`);
console.log(after === 1 ? "The gap is closed" : "The gap is there");
await store.shutdownPromise();
Deno.exit();
