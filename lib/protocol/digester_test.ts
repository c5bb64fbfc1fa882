import { notStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { resultsEqual } from "../oracle/value_equality.ts";
import type { Row, Value } from "../model/value.ts";
import { Digester, randomDigestKey, setDigest } from "./digester.ts";

const columns = ["a", "b"];
const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  fc.constantFrom(2 ** 53, 2n ** 53n, 2 ** 53 + 2, 2n ** 53n + 1n, -0, 0, 2 ** 60, 2n ** 60n),
  fc.string({ maxLength: 3 }),
  fc.constantFrom("", "a", "a\u0000", "a ", "é", "e\u0301", "1"),
  fc.uint8Array({ maxLength: 3 }),
);
const rows = fc.array(fc.record({ a: scalar, b: scalar }), { maxLength: 4 });

Deno.test("Digester.result() is equal for equal results and for no others", () => {
  const digester = new Digester(randomDigestKey());
  fc.assert(
    fc.property(rows, rows, (one, other) => {
      for (const [x, y] of [[one, other], [one, one.map((row) => ({ b: row.b, a: row.a }))]] as const) {
        const isSame = digester.result(x, columns) === digester.result(y, columns);
        strictEqual(isSame, resultsEqual(x, y, columns));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("Digester.ofRows() gives the digest of the result from those of its rows", () => {
  const digester = new Digester(randomDigestKey());
  fc.assert(fc.property(rows, (result) => {
    const rowDigests = new Float64Array(result.length);
    const digest = digester.result(result, columns, rowDigests);
    strictEqual(digester.ofRows(rowDigests, columns), digest);
    for (const [index, row] of result.entries()) strictEqual(digester.row(row, columns), rowDigests[index]);
  }));
});

Deno.test("Digester.result() tells missing columns, extra columns and other names from the right ones", () => {
  const digester = new Digester(randomDigestKey());
  const digest = digester.result([{ a: 1, b: null }], columns);
  const wrong: Row[] = [{ a: 1 }, { a: 1, b: null, c: 2 }, { a: 1, c: null }, { b: 1, a: null }];
  for (const row of wrong) notStrictEqual(digester.result([row], columns), digest);
  notStrictEqual(digester.result([{ n: 1 }], ["n"]), digester.result([{ c: 1 }], ["c"]));
  notStrictEqual(digester.result([], columns), digester.result([{} as Row], columns));
});

Deno.test("Digester.result() differs from key to key", () => {
  const digests = Array.from(
    { length: 100 },
    () => new Digester(randomDigestKey()).result([{ a: 1, b: 2 }], columns),
  );
  strictEqual(new Set(digests).size, 100);
  ok(digests.every((digest) => Number.isSafeInteger(digest) && digest >= 0));
});

Deno.test("Digester.result() has no collision among many short texts and small numbers", () => {
  const digester = new Digester({ a: 123, b: 456 });
  const seen = new Set<number>();
  const count = 300_000;
  for (let i = 0; i < count; i++) seen.add(digester.row({ a: i, b: `text ${i % 1000}` }, columns));
  strictEqual(seen.size, count);
});

Deno.test("Digester.result() asks no prototype that an adapter could have changed", () => {
  const digester = new Digester({ a: 1, b: 2 });
  const result: Row[] = [{ a: "some text", b: 12n }];
  const digest = digester.result(result, columns);
  const { charCodeAt } = String.prototype;
  const { imul } = Math;
  String.prototype.charCodeAt = () => 0;
  Math.imul = () => 0;
  try {
    strictEqual(digester.result(result, columns), digest);
  } finally {
    String.prototype.charCodeAt = charCodeAt;
    Math.imul = imul;
  }
});

Deno.test("setDigest() knows no order, and how often a row is there", () => {
  const digests = [5, 2 ** 53 - 1, 2 ** 52 + 7];
  strictEqual(setDigest(digests), setDigest(digests.toReversed()));
  notStrictEqual(setDigest([...digests, 5]), setDigest(digests));
  ok(Number.isSafeInteger(setDigest(Array(1000).fill(2 ** 53 - 1))));
});

Deno.test("Digester.result() tells kinds of values apart whose words are alike", () => {
  const digester = new Digester({ a: 1, b: 2 });
  const numbers = Array.from({ length: 64 }, (_, bit) => bit < 32 ? 1 << bit : ~(1 << bit));
  const values: (Value | undefined)[] = [
    ...new Set(numbers),
    0,
    null,
    undefined,
    0.5,
    2n ** 60n,
    "",
    "\u0000",
    "\u0000\u0000",
    new Uint8Array(0),
    new Uint8Array(1),
    new Uint8Array(2),
  ];
  const digests = values.map((a) => digester.row({ a } as Row, ["a"]));
  strictEqual(new Set(digests).size, values.length);
});

Deno.test("Digester.result() sees columns nobody asked for in the first and the last row, and none that is inherited", () => {
  const digester = new Digester({ a: 1, b: 2 });
  const right = (): Row => ({ a: 1, b: null });
  const more: Row = { a: 1, b: null, c: 2 };
  const digest = digester.result([right(), right(), right()], columns);
  notStrictEqual(digester.result([more, right(), right()], columns), digest);
  notStrictEqual(digester.result([right(), right(), more], columns), digest);
  const lent = Object.assign(Object.create({ c: 2 }), right()) as Row;
  strictEqual(digester.result([lent, right(), lent], columns), digest);
});
