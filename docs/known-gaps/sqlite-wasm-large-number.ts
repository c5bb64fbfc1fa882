/**
 * @sqlite.org/sqlite-wasm 3.54.1-build1 binds large numbers without a fraction as other values: they are taken for
 * integers of 64 bits.
 * https://sqlite.org/wasm/doc/trunk/api-oo1.md#stmt-bind
 *
 *     deno run --no-config --no-lock --allow-read docs/known-gaps/sqlite-wasm-large-number.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import initialize from "npm:@sqlite.org/sqlite-wasm@3.54.1-build1";

const { oo1 } = await initialize();
const db = new oo1.DB(":memory:");
db.exec("CREATE TABLE t(v REAL)");
let isThere = false;
for (const number of [1e18, 1e19, 1e300, Number.MAX_VALUE]) {
  db.exec({ sql: "DELETE FROM t; INSERT INTO t VALUES (?)", bind: [number] });
  const v = db.selectValue("SELECT v FROM t");
  console.log(`${number} became ${v}`);
  isThere ||= v !== number;
}
console.log(isThere ? "The gap is there: another number was stored" : "The gap is closed");
db.close();
