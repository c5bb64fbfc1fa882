/**
 * BlinkDB 0.14.0: updateWhere reads, waits and writes, so that of several calls side by side all but one are lost.
 * https://blinkdb.io/docs/reference/updateWhere
 *
 *     deno run --no-config --no-lock docs/known-gaps/blinkdb-lost-updates.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { createDB, createTable, first, insert, updateWhere } from "npm:blinkdb@0.14.0";

const table = createTable(createDB(), "scores")({ primary: "id" });
await insert(table, { id: 1, score: 0 });
await Promise.all(
  Array.from(
    { length: 40 },
    () => updateWhere(table, { where: { id: 1 } }, (entity) => ({ ...entity, score: entity.score + 1 })),
  ),
);
const { score } = (await first(table, 1))!;
console.log(`40 increments side by side: ${score}`);
console.log(score === 40 ? "The gap is closed" : "The gap is there: increments were lost");
