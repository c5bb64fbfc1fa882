import { ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { type BarCharacters, drawBar } from "./bar_chart.ts";

const ROWS: readonly [lower: number, upper: number, unicode: string, ascii: string][] = [
  [10, 10, "██████████", "##########"],
  [5, 5, "█████", "#####"],
  [5, 8, "█████░░░", "#####---"],
  [2.5, 6, "██▌░░░", "###---"],
  [0, 4, "░░░░", "----"],
  [0, 0, "", ""],
  [0.01, 0.01, "▏", "#"],
  [0.01, 3, "▏░░", "#--"],
];

for (const [lower, upper, unicode, ascii] of ROWS) {
  Deno.test(`drawBar() draws ${lower} to ${upper} of 10 over ten columns`, () => {
    strictEqual(drawBar({ lower, upper }, 10, 10, "unicode"), unicode);
    strictEqual(drawBar({ lower, upper }, 10, 10, "ascii"), ascii);
  });
}

Deno.test("drawBar() stays within its width, is never empty for a value, and grows with it", () => {
  const value = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
  fc.assert(fc.property(
    fc.tuple(value, value, value).map((values) => values.toSorted((a, b) => a - b)),
    fc.integer({ min: 1, max: 200 }),
    fc.constantFrom<BarCharacters>("unicode", "ascii"),
    ([lower, upper, largest], width, characters) => {
      const bar = drawBar({ lower: lower!, upper: upper! }, largest!, width, characters);
      ok(bar.length >= 1 && bar.length <= width, `${bar.length} columns of ${width}`);
      ok(drawBar({ lower: largest!, upper: largest! }, largest!, width, characters).length >= bar.length);
    },
  ));
});

Deno.test("drawBar() uses nothing but ASCII where that is asked for", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
    ok(/^[\x20-\x7e]*$/.test(drawBar({ lower: share / 2, upper: share }, 1, 40, "ascii")));
  }));
});
