/**
 * @nozbe/watermelondb 0.28.0: a record that is asked for while the write that creates it is under way cannot be read:
 * the database takes it for known, and the cache does not have it yet.
 * https://watermelondb.dev/docs/Implementation/Architecture
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/watermelondb-watch-during-write.ts
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
const errors: unknown[] = [];
for (let turns = 0; turns < 12; turns++) {
  const written = database.write(async () => {
    await database.batch(people.prepareCreateFromDirtyRaw({ id: `p${turns}`, name: "new" }));
  });
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  people.query().observe().subscribe({ next: () => {}, error: (error) => errors.push(error) });
  await people.find(`p${turns}`).catch((error) => errors.push(error));
  await written;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(errors.map(String).join("\n") || "no errors");
console.log(errors.length === 0 ? "The gap is closed" : "The gap is there: it could not be read");
Deno.exit();
