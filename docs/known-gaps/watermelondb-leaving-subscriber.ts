/**
 * @nozbe/watermelondb 0.28.0: of several subscribers to a query, the one behind whoever leaves while it is told is not told.
 * https://github.com/Nozbe/WatermelonDB/issues/1973
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/watermelondb-leaving-subscriber.ts
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
const query = database.get("people").query();
const counts = { leaving: 0, behind: 0 };
await new Promise((resolve) => {
  const leaving = query.observe().subscribe(() => {
    counts.leaving += 1;
    if (counts.leaving === 2) leaving.unsubscribe();
  });
  query.observe().subscribe(() => {
    counts.behind += 1;
  });
  setTimeout(resolve, 300);
});
await database.write(() => database.get("people").create(() => {}));
await new Promise((resolve) => setTimeout(resolve, 300));
console.log(`whoever leaves was told ${counts.leaving} times, the one behind it ${counts.behind} times`);
console.log(counts.behind === 2 ? "The gap is closed" : "The gap is there: it was skipped");
Deno.exit();
