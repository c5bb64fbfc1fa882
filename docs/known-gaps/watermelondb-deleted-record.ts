/**
 * @nozbe/watermelondb 0.28.0: of several subscribers to one record, every second one is not told that it was deleted.
 * https://github.com/Nozbe/WatermelonDB/blob/master/src/Model/index.js (what happens when a record is destroyed)
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/watermelondb-deleted-record.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { appSchema, Database, Model, tableSchema } from "npm:@nozbe/watermelondb@0.28.0";
import { default as loki } from "npm:@nozbe/watermelondb@0.28.0/adapters/lokijs/index.js";
import lokijs from "npm:lokijs@1.5.12";

class Person extends Model {
  static table = "people";
}
const schema = appSchema({
  version: 1,
  tables: [tableSchema({ name: "people", columns: [{ name: "name", type: "string" }] })],
});
const LokiJSAdapter = loki.default ?? loki;
const adapter = new LokiJSAdapter({
  schema,
  useWebWorker: false,
  useIncrementalIndexedDB: false,
  extraLokiOptions: { adapter: new lokijs.LokiMemoryAdapter(), autosave: false },
});
const database = new Database({ adapter, modelClasses: [Person] });
const people = database.get("people");
const person = await database.write(() => people.create(() => {}));
const told: string[] = [];
for (const name of ["first", "second", "third"]) {
  people.findAndObserve(person.id).subscribe({ next: () => {}, complete: () => told.push(name) });
}
await new Promise((resolve) => setTimeout(resolve, 300));
await database.write(() => person.destroyPermanently());
await new Promise((resolve) => setTimeout(resolve, 300));
console.log(`told of the end: ${told.join(", ") || "nobody"}`);
console.log(told.length === 3 ? "The gap is closed" : "The gap is there: somebody was skipped");
Deno.exit();
