/**
 * BlinkDB 0.14.0: sorting by a number puts null behind all numbers, where SQLite puts NULL before them, ascending.
 * https://github.com/blinkdb-js/blinkdb/blob/main/packages/db/src/query/sort.ts (how items are compared)
 *
 *     deno run --no-config --no-lock docs/known-gaps/blinkdb-null-order.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { createDB, createTable, insertMany, many } from "npm:blinkdb@0.14.0";

const table = createTable(createDB(), "weights")({ primary: "id" });
await insertMany(table, [{ id: 0, weight: 0 }, { id: 1, weight: null }]);
const sorted = await many(table, { sort: { key: "weight", order: "asc" } });
const order = sorted.map(({ weight }) => String(weight)).join(" ");
console.log(`ascending ${order}`);
console.log(order === "null 0" ? "The gap is closed" : "The gap is there: null comes last");
