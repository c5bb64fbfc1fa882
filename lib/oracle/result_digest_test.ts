import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row } from "../model/value.ts";
import { digestRow, ResultDigester } from "./result_digest.ts";

const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
);
const rows = fc.array(fc.record({ a: value, b: value }), { maxLength: 8 });

function copy(result: readonly Row[]): Row[] {
  return result.map((row) => Object.fromEntries(Object.entries(row).reverse()));
}

Deno.test("ResultDigester.digest() is the same for equal results, whatever came before", () => {
  fc.assert(fc.property(fc.array(rows, { minLength: 1 }), (results) => {
    const used = new ResultDigester(["a", "b"], { ordered: true });
    for (const result of results) {
      const fresh = new ResultDigester(["a", "b"], { ordered: true });
      assert.equal(used.digest(result), fresh.digest(copy(result)));
    }
  }));
});

Deno.test("ResultDigester.digest() reuses rows that moved without mixing them up", () => {
  fc.assert(
    fc.property(
      rows,
      fc.nat(8),
      fc.record({ a: value, b: value }),
      fc.boolean(),
      (result, at, row, removes) => {
        const used = new ResultDigester(["a", "b"], { ordered: true });
        used.digest(result);
        const next = result.toSpliced(at, removes ? 1 : 0, ...removes ? [] : [row]);
        assert.equal(used.digest(next), new ResultDigester(["a", "b"], { ordered: true }).digest(copy(next)));
      },
    ),
  );
});

Deno.test("ResultDigester.digest() reads each row object once while results share their rows", () => {
  let readCount = 0;
  const row = (id: number): Row => ({
    get id() {
      readCount += 1;
      return id;
    },
  });
  const digester = new ResultDigester(["id"], { ordered: true });
  const first = Array.from({ length: 100 }, (_, id) => row(id));
  const inserted = first.toSpliced(40, 0, row(100));
  const replaced = inserted.with(70, row(101));
  for (const result of [first, first.slice(), inserted, replaced, replaced.toSpliced(5, 1)]) {
    digester.digest(result);
  }
  assert.equal(readCount, 102);
});

Deno.test("ResultDigester.digest() sees order when asked to", () => {
  const forwards = [{ a: 1 }, { a: 2 }];
  const backwards = [{ a: 2 }, { a: 1 }];
  const ordered = new ResultDigester(["a"], { ordered: true });
  assert.notEqual(ordered.digest(forwards), ordered.digest(backwards));
  const unordered = new ResultDigester(["a"], { ordered: false });
  assert.equal(unordered.digest(forwards), unordered.digest(backwards));
});

Deno.test("digestRow() lets numbers meet equal bigints and tells other values apart", () => {
  assert.equal(digestRow({ a: 5 }, ["a"]), digestRow({ a: 5n }, ["a"]));
  assert.equal(digestRow({ a: 2 ** 53 }, ["a"]), digestRow({ a: 2n ** 53n }, ["a"]));
  assert.equal(digestRow({ a: 0 }, ["a"]), digestRow({ a: -0 }, ["a"]));
  const digests = [1, 2, 1.5, 1e300, "1", "2", "", null, undefined, new Uint8Array([1]), new Uint8Array([2])]
    .map((each) => digestRow({ a: each } as Row, ["a"]));
  assert.equal(new Set(digests).size, digests.length);
});

Deno.test("ResultDigester.digest() spreads similar results", () => {
  const digester = new ResultDigester(["id", "value"], { ordered: true });
  const digests = new Set<number>();
  for (let i = 0; i < 20_000; i += 1) {
    digests.add(digester.digest([{ id: i % 100, value: i }, { id: 7, value: "x" }]));
  }
  // Twenty thousand of four billion: about 0.05 collisions are expected.
  assert.ok(digests.size >= 19_998);
});
