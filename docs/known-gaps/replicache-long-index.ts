/**
 * Replicache 15.3.0: once an indexed text has 20,000 characters, updates of other rows that leave the index fail with
 * "Expected string. Got object".
 * https://doc.replicache.dev/api/type-aliases/IndexDefinition
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/replicache-long-index.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { Replicache } from "npm:replicache@15.3.0";

const db = new Replicache({
  name: "gap",
  kvStore: "mem",
  pullInterval: null,
  logSinks: [],
  indexes: { city: { prefix: "people/", jsonPointer: "/city", allowEmpty: true } },
  mutators: {
    set: (tx, { key, value }) => tx.set(key, value),
  },
});
for (const [id, city] of ["x".repeat(20_000), "Oslo", "Bonn"].entries()) {
  await db.mutate.set({ key: `people/${id}`, value: { city } });
}
try {
  await db.mutate.set({ key: "people/1", value: { city: "Rome" } });
  await db.mutate.set({ key: "people/1", value: { name: "in no index" } });
  console.log("The gap is closed");
} catch (error) {
  console.log(`The gap is there: ${error instanceof Error ? error.message : error}`);
}
await db.close();
Deno.exit();
