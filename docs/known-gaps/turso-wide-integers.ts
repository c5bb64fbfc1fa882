/**
 * Turso Database 0.7.2 rounds integers beyond 53 bits unless `safeIntegers` is asked for, which makes every integer of a
 * statement a bigint.
 * https://github.com/tursodatabase/turso/blob/main/docs/javascript-api-reference.md
 *
 *     deno run --no-config --no-lock --allow-all docs/known-gaps/turso-wide-integers.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { connect } from "npm:@tursodatabase/database@0.7.2";

const db = await connect(":memory:");
await db.exec("CREATE TABLE t(n INTEGER); INSERT INTO t VALUES (9007199254740993)");
const plain = await db.prepare("SELECT n FROM t").get();
const safe = await db.prepare("SELECT n FROM t").safeIntegers(true).get();
console.log(`stored 9007199254740993, read ${plain.n}, with safeIntegers ${safe.n}`);
console.log(
  String(plain.n) === "9007199254740993" ? "The gap is closed" : "The gap is there: the integer was rounded",
);
await db.close();
