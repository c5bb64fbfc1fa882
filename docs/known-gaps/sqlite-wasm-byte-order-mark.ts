/**
 * @sqlite.org/sqlite-wasm 3.54.1-build1 gives back text without the U+FEFF that it begins with: its decoder takes it for a
 * byte order mark. https://developer.mozilla.org/docs/Web/API/TextDecoder/ignoreBOM
 *
 *     deno run --no-config --no-lock --allow-read docs/known-gaps/sqlite-wasm-byte-order-mark.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import initialize from "npm:@sqlite.org/sqlite-wasm@3.54.1-build1";

const { oo1 } = await initialize();
const db = new oo1.DB(":memory:");
const [row] = db.exec({
  sql: "SELECT ? AS v, length(CAST(? AS BLOB)) AS bytes",
  bind: ["\uFEFFa", "\uFEFFa"],
  rowMode: "object",
  returnValue: "resultRows",
});
console.log(`stored ${row.bytes} bytes, read ${row.v.length} characters of 2`);
console.log(row.v === "\uFEFFa" ? "The gap is closed" : "The gap is there: the first character is missing");
db.close();
