import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { resultsEqual } from "../oracle/value_equality.ts";
import type { RawRow, Row, Value } from "../model/value.ts";
import { Digester, randomDigestKey, setDigest } from "./digester.ts";

const columns = ["a", "b"];
const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  fc.constantFrom(2 ** 53, 2n ** 53n, 2 ** 53 + 2, 2n ** 53n + 1n, -0, 0, 2 ** 60, 2n ** 60n),
  fc.string({ maxLength: 3 }),
  fc.string({ unit: fc.constantFrom("a", "\u0000", "\u00ff", "\u0100", "\u6161", "\ud800"), maxLength: 10 }),
  fc.constantFrom("", "a", "a\u0000", "a ", "é", "e\u0301", "1"),
  fc.uint8Array({ maxLength: 9, max: 2 }),
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
    const behind = new Float64Array(result.length + 2).fill(-1);
    strictEqual(digester.result(result, columns, behind, 1), digest);
    deepStrictEqual(behind, Float64Array.of(-1, ...rowDigests, -1));
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
  const result: Row[] = [{ a: "some text", b: "a long text ".repeat(20) }, { a: null, b: 12n }, {
    a: new Uint8Array([1, 2, 3, 4, 5]),
    b: 2n ** 60n,
  }];
  const digest = digester.result(result, columns);
  const { charCodeAt, slice } = String.prototype;
  const { encodeInto } = TextEncoder.prototype;
  const { imul } = Math;
  const { keys } = Object;
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const length = Object.getOwnPropertyDescriptor(typedArray, "length")!;
  String.prototype.charCodeAt = () => 0;
  String.prototype.slice = () => "";
  TextEncoder.prototype.encodeInto = () => ({ read: 0, written: 0 });
  Math.imul = () => 0;
  Object.keys = () => [];
  Object.defineProperty(typedArray, "length", { ...length, get: () => 0 });
  try {
    strictEqual(digester.result(result, columns), digest);
  } finally {
    String.prototype.charCodeAt = charCodeAt;
    String.prototype.slice = slice;
    TextEncoder.prototype.encodeInto = encodeInto;
    Math.imul = imul;
    Object.keys = keys;
    Object.defineProperty(typedArray, "length", length);
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

Deno.test("Digester.result() tells texts apart whose groups of units make the same words in another place", () => {
  const digester = new Digester({ a: 1, b: 2 });
  // Four narrow units make the word that two wide ones make.
  const groups = ["aaaa", "\u6161\u6161\u6161\u6161"];
  const texts = [""];
  for (let length = 1; length <= 4; length++) {
    for (const text of texts.filter((one) => one.length === 4 * (length - 1))) {
      texts.push(...groups.map((group) => text + group));
    }
  }
  // Fewer than four units are at the end, and those that are missing are no zeros.
  const ends = [
    "",
    "a",
    "a\0",
    "a\0\0",
    "aaa",
    "\u6161",
    "\u6161\0",
    "\u6161\u6161",
    "\u6161\u6161\u6161",
    "aa\u6161",
  ];
  const all = texts.flatMap((text) => ends.map((end) => text + end));
  const digests = all.map((a) => digester.row({ a }, ["a"]));
  strictEqual(new Set(digests).size, all.length);
});

/** The words of a text as the module defines them, each with whether it is the first of two. */
function wordsOf(text: string): { word: number; isMarked: boolean }[] {
  const words: { word: number; isMarked: boolean }[] = [];
  for (let index = 0; index < text.length; index += 4) {
    const [first = 0, second = 0, third = 0, fourth = 0] = Array.from(
      { length: Math.min(4, text.length - index) },
      (_, place) => text.charCodeAt(index + place),
    );
    if (Math.max(first, second, third, fourth) < 256) {
      words.push({ word: first | second << 8 | third << 16 | fourth << 24, isMarked: false });
    } else {
      words.push({ word: first | second << 16, isMarked: true }, {
        word: third | fourth << 16,
        isMarked: false,
      });
    }
  }
  return words;
}

/** Digest of a row that holds a text alone, as the module defines it, word by word. */
function plainDigest(text: string, { a: keyA, b: keyB }: { a: number; b: number }): number {
  const [multiplierA, multiplierB] = [
    Math.imul(keyA, 0x9e3779b1) ^ 0x85ebca6b | 1,
    Math.imul(keyB, 0xc2b2ae3d) ^ 0x27d4eb2d | 1,
  ];
  let [a, b] = [keyA | 0, keyB | 0];
  const mix = (wordA: number, wordB: number) => {
    a = Math.imul(a ^ wordA, multiplierA);
    a ^= a >>> 15;
    b = Math.imul(b + wordB | 0, multiplierB);
    b ^= b >>> 13;
  };
  mix(text.length ^ 0x7feb3528, text.length + 3);
  for (const { word, isMarked } of wordsOf(text)) {
    mix(isMarked ? word ^ 0x6c622728 : word, isMarked ? word + 1 : word);
  }
  const low = Math.imul(b ^ b >>> 16, 0x7feb352d);
  const high = Math.imul(a ^ a >>> 16, 0x846ca68b) >>> 11;
  return high * 2 ** 32 + ((low ^ low >>> 15) >>> 0);
}

Deno.test("Digester.row() digests texts of every length and script as they are defined", () => {
  const key = { a: 0x12345678, b: 0x9abcdef0 };
  const digester = new Digester(key);
  const lengths = [
    0,
    1,
    2,
    3,
    4,
    5,
    31,
    127,
    128,
    129,
    130,
    131,
    132,
    1000,
    16_383,
    16_384,
    16_385,
    16_388,
    50_003,
  ];
  for (const length of lengths) {
    const ascii = "lorem ipsum dolor ".repeat(length).slice(0, length);
    const texts = [
      ascii,
      "\u4e2d\u6587".repeat(length).slice(0, length),
      "\u00e9".repeat(length),
      "\0".repeat(length),
    ];
    // One unit that is not ASCII, in the first piece, at its end and in the last one.
    for (const place of [0, 2, 126, 16_383, 16_384, length - 1]) {
      if (place < 0 || place >= length) continue;
      for (const unit of ["\u007f", "\u0080", "\u0101", "\ud83d"]) {
        texts.push(`${ascii.slice(0, place)}${unit}${ascii.slice(place + 1)}`);
      }
    }
    for (const text of texts) strictEqual(digester.row({ a: text }, ["a"]), plainDigest(text, key));
  }
});

Deno.test("Digester.row() changes both halves with each unit, byte and row", () => {
  const halves = (digest: number) => [Math.floor(digest / 2 ** 32), digest % 2 ** 32] as const;
  const differ = (one: number, other: number) => {
    const [[a, b], [x, y]] = [halves(one), halves(other)];
    ok(a !== x && b !== y, `${one} and ${other}`);
  };
  for (let key = 1; key <= 32; key++) {
    const digester = new Digester({ a: key * 0x9e3779b1, b: key * 0xc2b2ae3d });
    const text = "lorem ipsum dolor sit";
    const bytes = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    const digest = digester.row({ a: text, b: bytes }, columns);
    for (let index = 0; index < text.length; index++) {
      const changed = `${text.slice(0, index)}\u00e0${text.slice(index + 1)}`;
      differ(digester.row({ a: changed, b: bytes }, columns), digest);
      differ(digester.row({ a: text, b: bytes.with(index, 0xe0) }, columns), digest);
    }
    const rows: Row[] = [1, 2, 3].map((a) => ({ a, b: null }));
    const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    const digests = orders.map((order) => digester.result(order.map((index) => rows[index]!), columns));
    for (const other of digests.slice(1)) differ(other, digests[0]!);
    strictEqual(new Set(digests).size, orders.length);
  }
});

Deno.test("Digester.result() is the same however many queries come in turns", () => {
  const key = { a: 5, b: 6 };
  const digester = new Digester(key);
  const queries = Array.from({ length: 20 }, (_, index) => [`c${index}`]);
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, names] of queries.entries()) {
      const rows: Row[] = [{ [names[0]!]: index }];
      strictEqual(digester.result(rows, names), new Digester(key).result(rows, [...names]));
    }
  }
  const digests = queries.map((names) => digester.result([], names));
  strictEqual(new Set(digests).size, queries.length);
});

Deno.test("Digester.result() is the same for rows that are lists of the same values in the columns' order", () => {
  const digester = new Digester(randomDigestKey());
  fc.assert(fc.property(rows, (result) => {
    const digest = digester.result(result, columns);
    const raw = result.map(({ a, b }): RawRow => [a!, b!]);
    strictEqual(digester.result(raw, columns, undefined, 0, [0, 1]), digest);
    if (result.length === 0) return;
    notStrictEqual(
      digester.result([...raw.slice(1), [...raw[0]!, null]], columns, undefined, 0, [0, 1]),
      digest,
    );
    notStrictEqual(
      digester.result([raw[0]!.slice(0, 1), ...raw.slice(1)], columns, undefined, 0, [0, 1]),
      digest,
    );
  }));
});
