import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { COLUMN_GAP, fitColumns, wrapWords } from "./fit_columns.ts";

Deno.test("fitColumns() keeps a table whole when it fits", () => {
  deepStrictEqual(fitColumns([8, 10, 10], 1, 32), [[0, 1, 2]]);
});

Deno.test("fitColumns() repeats the key columns in each part", () => {
  deepStrictEqual(fitColumns([8, 10, 10, 4], 1, 31), [[0, 1], [0, 2, 3]]);
});

Deno.test("fitColumns() gives a column that is too wide a part of its own", () => {
  deepStrictEqual(fitColumns([8, 100, 4, 4], 1, 30), [[0, 1], [0, 2, 3]]);
});

Deno.test("fitColumns() draws a table of keys alone", () => {
  deepStrictEqual(fitColumns([8, 3], 2, 5), [[0, 1]]);
});

Deno.test("fitColumns() shows every column once and exceeds the width by single columns only", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 1, max: 200 }),
    (widths, keys, width) => {
      const keyCount = Math.min(keys, widths.length);
      const parts = fitColumns(widths, keyCount, width);
      deepStrictEqual(
        parts.flatMap((part) => part.slice(keyCount)),
        widths.map((_, index) => index).slice(keyCount),
      );
      for (const part of parts) {
        const total = part.reduce((sum, index) => sum + widths[index]! + COLUMN_GAP, -COLUMN_GAP);
        ok(total <= width || part.length <= keyCount + 1);
      }
    },
  ));
});

Deno.test("wrapWords() breaks at spaces and indents what follows", () => {
  strictEqual(wrapWords("1. one two three", 10, 3), "1. one two\n   three");
});

Deno.test("wrapWords() keeps the spaces at the beginning", () => {
  strictEqual(wrapWords("  one two three", 10, 4), "  one two\n    three");
});

Deno.test("wrapWords() leaves text alone without a width", () => {
  strictEqual(wrapWords("one two three", undefined), "one two three");
});

Deno.test("wrapWords() loses no word and exceeds the width by single words only", () => {
  fc.assert(fc.property(
    fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { maxLength: 30 }),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 0, max: 4 }),
    (words, width, indent) => {
      const wrapped = wrapWords(words.join(" "), width, indent);
      strictEqual(wrapped.split(/\s+/).filter(Boolean).join(" "), words.join(" "));
      for (const line of wrapped.split("\n")) ok(line.length <= width || !line.trim().includes(" "), line);
    },
  ));
});
