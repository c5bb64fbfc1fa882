import { ok, strictEqual } from "node:assert/strict";
import { DartRandom } from "../../lib/dataset/mod.ts";
import { machineSpread } from "./machine_spread.ts";

/** Normal, by the sum of twelve. */
function noise(random: DartRandom): number {
  let sum = -6;
  for (let index = 0; index < 12; index++) sum += random.nextDouble();
  return sum;
}

Deno.test("machineSpread() finds the spread that times were made with", () => {
  const random = new DartRandom(1);
  const groups = Array.from({ length: 60 }, () => {
    const own = 0.1 * noise(random);
    return Array.from({ length: 20 }, () => Math.exp(own + 0.05 * noise(random)));
  });
  const { betweenShare, withinShare } = machineSpread(groups)!;
  ok(Math.abs(betweenShare - 0.1) < 0.02, String(betweenShare));
  ok(Math.abs(withinShare - 0.05) < 0.005, String(withinShare));
});

Deno.test("machineSpread() finds nothing between machines that are the same", () => {
  const random = new DartRandom(2);
  const groups = Array.from(
    { length: 10 },
    () => Array.from({ length: 30 }, () => Math.exp(0.1 * noise(random))),
  );
  ok(machineSpread(groups)!.betweenShare < 0.03);
});

Deno.test("machineSpread() knows machines with unequal counts, by hand", () => {
  // Logarithms 0, 2 and 3, 5, 7: means 1 and 5, grand mean 3.4; within (2 + 8) / 3, between 19.2, size 2.4.
  const { betweenShare, withinShare } = machineSpread([[0, 2].map(Math.exp), [3, 5, 7].map(Math.exp)])!;
  ok(Math.abs(withinShare - Math.sqrt(10 / 3)) < 1e-12);
  ok(Math.abs(betweenShare - Math.sqrt((19.2 - 10 / 3) / 2.4)) < 1e-12);
});

Deno.test("machineSpread() says nothing where two blocks on two machines are not there", () => {
  strictEqual(machineSpread([[1, 2, 3]]), undefined);
  strictEqual(machineSpread([[1, 2, 3], [2]]), undefined);
  strictEqual(machineSpread([]), undefined);
});
