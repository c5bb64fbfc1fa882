import assert from "node:assert/strict";
import fc from "fast-check";
import { changePoints } from "./change_points.ts";

/** Values around a level that differ by up to 2 %, the same on every call. */
function around(level: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => level * (1 + 0.02 * Math.sin(index * 12.9898)));
}

Deno.test("changePoints() finds each change of level once and tells its size", () => {
  const changes = changePoints([...around(100, 12), ...around(150, 10), ...around(90, 9)]);
  assert.deepEqual(changes.map(({ at }) => at), [12, 22]);
  assert.ok(Math.abs(changes[0]!.ratio - 1.5) < 0.03);
  assert.ok(changes[0]!.lower > 1 && changes[0]!.upper < 1.6);
  assert.ok(Math.abs(changes[1]!.ratio - 0.6) < 0.03);
});

Deno.test("changePoints() is not led astray by an outlier or by a change too small to matter", () => {
  const outlier = around(100, 20);
  outlier[10] = 500;
  assert.deepEqual(changePoints(outlier), []);
  assert.deepEqual(changePoints([...around(100, 15), ...around(102, 15)]), []);
});

Deno.test("changePoints() needs five runs on either side, and values above zero", () => {
  assert.deepEqual(changePoints([...around(100, 20), ...around(300, 4)]), []);
  assert.equal(changePoints([...around(100, 5), ...around(300, 5)]).length, 1);
  assert.deepEqual(changePoints([...around(100, 10), 0, ...around(300, 10)]), []);
  assert.deepEqual(changePoints([]), []);
});

Deno.test("changePoints() does not depend on the unit", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { maxLength: 60 }),
    fc.constantFrom(1e-3, 2, 1e6),
    (values, factor) => {
      const places = (series: readonly number[]): number[] => changePoints(series).map(({ at }) => at);
      assert.deepEqual(places(values.map((value) => value * factor)), places(values));
    },
  ));
});

Deno.test("changePoints() rarely sees a change in noise", () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const series = Array.from(
    { length: 200 },
    () => Array.from({ length: 30 }, () => 100 * (1 + 0.3 * random())),
  );
  assert.ok(series.filter((values) => changePoints(values).length > 0).length <= 20);
});
