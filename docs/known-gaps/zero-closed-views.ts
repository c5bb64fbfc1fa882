/**
 * @rocicorp/zero 1.9.0: each view that was destroyed leaves some 5 KiB on the heap.
 * https://zero.rocicorp.dev/docs/queries
 *
 *     deno run --no-config --no-lock --allow-env --v8-flags=--expose-gc docs/known-gaps/zero-closed-views.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { createBuilder, createSchema, number, table, Zero } from "npm:@rocicorp/zero@1.9.0";

const scores = table("scores").columns({ id: number(), score: number() }).primaryKey("id");
const schema = createSchema({ tables: [scores] });
const zql = createBuilder(schema);
const zero = new Zero({ server: null, userID: "gap", kvStore: "mem", schema, logSink: { log: () => {} } });
const COUNT = 1000;
async function churn() {
  for (let index = 0; index < COUNT; index++) {
    const view = zero.materialize(zql.scores.where("id", "=", index % 10), { ttl: "none" });
    await new Promise<void>((resolve) => view.addListener(() => resolve()));
    view.destroy();
  }
}
async function heapBytes() {
  for (let round = 0; round < 3; round++) {
    (globalThis as unknown as { gc(): void }).gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Deno.memoryUsage().heapUsed;
}
await churn();
const before = await heapBytes();
await churn();
const each = Math.round((await heapBytes() - before) / COUNT);
console.log(`${COUNT} views opened and destroyed: ${each} bytes each`);
console.log(each < 1024 ? "The gap is closed" : "The gap is there: memory grows");
await zero.close();
Deno.exit();
