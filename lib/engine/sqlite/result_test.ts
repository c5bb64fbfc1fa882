import assert from "node:assert/strict";
import type { SqlValue } from "../values.ts";
import { makeHashKey, ResultHasher, toRows } from "./result.ts";

const key = [0x01234567, -0x76543211] as const;
const hashOf = (rows: SqlValue[][], names: readonly string[] = ["a"]) =>
  new ResultHasher(key).hash(names, rows).join();

Deno.test("ResultHasher gives results that differ in anything another hash", () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  const results: SqlValue[][][] = [
    [],
    [[]],
    [[null]],
    [[0]],
    [[-0]],
    [[1]],
    [[1n]],
    [["1"]],
    [["1", ""]],
    [["", "1"]],
    [["1"], [""]],
    [[bytes(49)]],
    [[bytes(49, 0)]],
    [[bytes(49, 0, 0, 0)]],
    [[bytes(49, 0, 0, 0, 0)]],
    [["11"]],
    [["1\u0000"]],
    [["111"]],
    [["\u0001\u0002"]],
    [["\u0002\u0001"]],
    [[1, 2]],
    [[2, 1]],
    [[1], [2]],
    [[2n ** 40n]],
    [[2n ** 62n]],
    // What shared a hash until November 2026.
    [[614.06330854209568]],
    [[824.15903074248251]],
  ];
  const hashes = new Set(results.map((rows) => hashOf(rows)));
  assert.equal(hashes.size, results.length);
  assert.notEqual(hashOf([[1]], ["a"]), hashOf([[1]], ["b"]));
  assert.notEqual(hashOf([[1, 1]], ["a", "bc"]), hashOf([[1, 1]], ["ab", "c"]));
});

Deno.test("ResultHasher sees every unit and byte when values are longer than its block", () => {
  const length = 20_001;
  const text = "x".repeat(length);
  const whole = hashOf([[text, new Uint8Array(length)]]);
  for (const at of [0, 1, 8190, 8191, 8192, 16_383, length - 1]) {
    assert.notEqual(hashOf([[`${text.slice(0, at)}y${text.slice(at + 1)}`, new Uint8Array(length)]]), whole);
    assert.notEqual(hashOf([[text, new Uint8Array(length).fill(1, at, at + 1)]]), whole);
  }
  assert.equal(hashOf([[text, new Uint8Array(length)]]), whole);
  const hasher = new ResultHasher(key);
  assert.equal(
    hasher.hash(["a"], [[text]]).join(),
    hasher.hash(["a"], [[text]]).join(),
    "nothing is left over",
  );
});

Deno.test("makeHashKey() gives each process another hash of the same result", () => {
  const hashes = [makeHashKey(), makeHashKey(), key].map((each) =>
    new ResultHasher(each).hash(["a"], [[1]]).join()
  );
  assert.equal(new Set(hashes).size, 3);
});

Deno.test("toRows() keeps a column by any name when objects inherit one", () => {
  const names = ["__proto__", "constructor", "toString", "a"];
  const [row] = toRows({ names, rowCount: 1, columns: names.map((_, i) => [i]) });
  assert.deepEqual(Object.keys(row!), names);
  assert.deepEqual(names.map((name) => Object.getOwnPropertyDescriptor(row, name)!.value), [0, 1, 2, 3]);
  assert.equal(Object.getPrototypeOf(row), Object.prototype);
  const twice = toRows({ names: ["__proto__", "__proto__"], rowCount: 1, columns: [[1], [2]] });
  assert.equal(Object.getOwnPropertyDescriptor(twice[0], "__proto__")!.value, 2);
});
