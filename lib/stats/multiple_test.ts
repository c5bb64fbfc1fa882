import assert from "node:assert/strict";
import fc from "fast-check";
import { benjaminiHochberg, holm } from "./multiple.ts";

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005, 0.5), method)
const RAW = [0.01, 0.04, 0.03, 0.005, 0.5];

function near(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[index]!) < 1e-12, `${index}: ${value} is not ${expected[index]}`);
  }
}

Deno.test("holm() agrees with R's p.adjust", () => near(holm(RAW), [0.04, 0.09, 0.09, 0.025, 0.5]));

Deno.test("benjaminiHochberg() agrees with R's p.adjust", () =>
  near(benjaminiHochberg(RAW), [0.025, 0.05, 0.05, 0.025, 0.5]));

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

Deno.test("holm() and benjaminiHochberg() keep the order, never lower a value, and Holm is the stricter one", () => {
  fc.assert(fc.property(pValues, (raw) => {
    const strict = holm(raw);
    const loose = benjaminiHochberg(raw);
    for (const [i, value] of raw.entries()) {
      assert.ok(value <= loose[i]! + 1e-15 && loose[i]! <= strict[i]! + 1e-15 && strict[i]! <= 1);
      for (const [j, other] of raw.entries()) {
        if (value > other) continue;
        assert.ok(strict[i]! <= strict[j]! && loose[i]! <= loose[j]!);
      }
    }
  }));
});

Deno.test("holm() of one value is that value, and of none is none", () => {
  assert.deepEqual(holm([0.2]), [0.2]);
  assert.deepEqual([holm([]), benjaminiHochberg([])], [[], []]);
});

Deno.test("holm() refuses what is no probability", () => {
  assert.throws(() => holm([0.5, 1.5]), /must be from 0 to 1: value 1 is 1.5/);
  assert.throws(() => benjaminiHochberg([NaN]), RangeError);
});
