import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { DartRandom } from "../dataset/mod.ts";
import { levelChanges } from "./e_divisive.ts";

/** Values around levels, each `[count, level]`, with a spread of `share`. */
function series(levels: readonly (readonly [number, number])[], share: number, seed: number): number[] {
  const random = new DartRandom(seed);
  return levels.flatMap(([count, level]) =>
    Array.from({ length: count }, () => {
      let noise = -6;
      for (let index = 0; index < 12; index++) noise += random.nextDouble();
      return level * Math.exp(share * noise);
    })
  );
}

function isNear(found: number, planted: number, within: number): boolean {
  return Math.abs(found - planted) <= within;
}

Deno.test("levelChanges() finds a planted change, its place and its size", () => {
  for (let seed = 0; seed < 20; seed++) {
    const changes = levelChanges(series([[60, 100], [60, 120]], 0.05, seed));
    strictEqual(changes.length, 1, JSON.stringify(changes));
    ok(isNear(changes[0]!.at, 60, 2), `${seed}: ${changes[0]!.at}`);
    ok(isNear(changes[0]!.ratio, 1.2, 0.04), `${seed}: ${changes[0]!.ratio}`);
    ok(changes[0]!.pValue < 1e-6);
  }
});

Deno.test("levelChanges() finds every one of several changes, also a level that lasted briefly in a long series", () => {
  const planted = [200, 420, 440, 800];
  for (let seed = 0; seed < 10; seed++) {
    const changes = levelChanges(
      series([[200, 100], [220, 130], [20, 200], [360, 130], [200, 90]], 0.05, seed),
    );
    strictEqual(changes.length, planted.length, `${seed}: ${JSON.stringify(changes)}`);
    changes.forEach(({ at }, index) => ok(isNear(at, planted[index]!, 3), `${seed}: ${at}`));
  }
});

Deno.test("levelChanges() finds a small step that no window shows", () => {
  let foundCount = 0;
  for (let seed = 0; seed < 20; seed++) {
    const changes = levelChanges(series([[500, 100], [500, 104]], 0.08, seed));
    if (changes.length === 1 && isNear(changes[0]!.at, 500, 60)) foundCount++;
  }
  ok(foundCount >= 17, String(foundCount));
});

Deno.test("levelChanges() finds nothing where nothing changed", () => {
  let falseCount = 0;
  for (let seed = 0; seed < 200; seed++) {
    falseCount += Number(levelChanges(series([[200, 100]], 0.1, seed)).length > 0);
  }
  ok(falseCount <= 4, String(falseCount));
});

Deno.test("levelChanges() takes no outlier for a level", () => {
  const values = series([[100, 100]], 0.03, 3);
  values[40] = 500;
  values[70] = 20;
  deepStrictEqual(levelChanges(values), []);
});

Deno.test("levelChanges() leaves changes alone that are smaller than was asked", () => {
  const values = series([[400, 100], [400, 105]], 0.01, 1);
  strictEqual(levelChanges(values).length, 1);
  deepStrictEqual(levelChanges(values, { leastShare: 0.1 }), []);
});

Deno.test("levelChanges() knows constant series, short series and steps without noise", () => {
  deepStrictEqual(levelChanges([]), []);
  deepStrictEqual(levelChanges([1, 2, 3, 4, 5]), []);
  deepStrictEqual(levelChanges(new Array(100).fill(7)), []);
  const [change] = levelChanges([...new Array(30).fill(1), ...new Array(30).fill(2)]);
  strictEqual(change!.at, 30);
  ok(isNear(change!.ratio, 2, 1e-9));
  throws(() => levelChanges([1, 2, 0, 4, 5, 6, 7]), RangeError);
});

Deno.test("levelChanges() says the same of a series that is read twice, and mirrors one that is turned around", () => {
  const values = series([[80, 100], [80, 115]], 0.04, 9);
  deepStrictEqual(levelChanges(values), levelChanges(values));
  const [turned] = levelChanges(values.toReversed());
  ok(isNear(160 - turned!.at, levelChanges(values)[0]!.at, 1));
});
