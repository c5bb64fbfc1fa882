/**
 * BlinkDB 0.14.0: a sorted watched query does not move a row when an update changes the property that it is sorted by.
 * https://github.com/blinkdb-js/blinkdb/blob/main/packages/db/src/core/watch.ts (the branch for rows that matched before
 * and match after an update changes the entity in its place of the list)
 *
 *     deno run --no-config --no-lock docs/known-gaps/blinkdb-sorted-watch.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { createDB, createTable, insertMany, many, update, watch } from "npm:blinkdb@0.14.0";

const table = createTable(createDB(), "scores")({ primary: "id" });
await insertMany(table, [{ id: 1, score: 10 }, { id: 2, score: 20 }, { id: 3, score: 30 }]);
const query = { sort: { key: "score", order: "desc" as const } };
let shown: number[] = [];
await watch(table, query, (rows) => {
  shown = rows.map(({ id }) => id);
});
await update(table, { id: 3, score: 5 });
const read = (await many(table, query)).map(({ id }) => id);
console.log(`read  ${read}`);
console.log(`shown ${shown}`);
console.log(`${read}` === `${shown}` ? "The gap is closed" : "The gap is there: the row kept its place");
