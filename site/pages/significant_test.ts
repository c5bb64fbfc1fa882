import assert from "node:assert/strict";
import fc from "fast-check";
import { significant } from "./significant.ts";

Deno.test("significant() keeps that many digits", () => {
  const cases: readonly (readonly [value: number, digits: number, expected: number])[] = [
    [0, 5, 0],
    [123456, 5, 123460],
    [-123456, 4, -123500],
    [99999.9, 5, 100000],
    [1, 5, 1],
    [0.000123456, 5, 0.00012346],
    [1.23456789e-30, 4, 1.235e-30],
    [9.87654e30, 3, 9.88e30],
    [1000, 1, 1000],
  ];
  for (const [value, digits, expected] of cases) assert.equal(significant(value, digits), expected);
});

Deno.test("significant() is within half a digit of the value, short, and keeps what it gave", () => {
  const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
  fc.assert(fc.property(value, fc.integer({ min: 1, max: 9 }), (value, digits) => {
    const cut = significant(value, digits);
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
    assert.ok(value === 0 || unit < 1e-300 || Math.abs(cut - value) <= 0.5000001 * unit, `${value} ${cut}`);
    assert.ok(Number(cut.toPrecision(digits)) === cut, `${value} ${cut}`);
    assert.ok(significant(cut, digits) === cut, `${value} ${cut}`);
  }));
});
