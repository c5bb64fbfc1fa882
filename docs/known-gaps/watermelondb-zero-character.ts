/**
 * @nozbe/watermelondb 0.28.0 writes the texts of a query's conditions into its SQL, where SQLite takes U+0000 for the end:
 * such a query fails, and a live query that looks for such a text tells nobody.
 * https://sqlite.org/nulinstr.html
 *
 *     deno run --no-config --no-lock --allow-env docs/known-gaps/watermelondb-zero-character.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { DatabaseSync } from "node:sqlite";
import encoder from "npm:@nozbe/watermelondb@0.28.0/adapters/sqlite/encodeValue/index.js";

const encodeValue = encoder.default ?? encoder;
const sql = `SELECT 1 AS n WHERE 'x' <> ${encodeValue("a\0b")}`;
console.log(JSON.stringify(sql));
try {
  new DatabaseSync(":memory:").prepare(sql).get();
  console.log("The gap is closed");
} catch (error) {
  console.log(`The gap is there: ${error instanceof Error ? error.message : error}`);
}
