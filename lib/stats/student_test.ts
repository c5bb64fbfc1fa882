import { ok, strictEqual } from "node:assert/strict";
import { studentTails, welchPValue } from "./student.ts";

// Tables of Student's distribution.
for (
  const [t, freedom, tails] of [
    [12.7062047364, 1, 0.05],
    [4.3026527297, 2, 0.05],
    [2.2281388520, 10, 0.05],
    [3.1692726726, 10, 0.01],
    [4.5868938587, 10, 0.001],
    [1.9839715185, 100, 0.05],
    [0, 7, 1],
  ] as const
) {
  Deno.test(`studentTails() is ${tails} beyond ${t} with ${freedom} degrees of freedom`, () => {
    ok(Math.abs(studentTails(t, freedom) - tails) < 1e-9, `${studentTails(t, freedom)}`);
  });
}

Deno.test("welchPValue() takes the spreads of both sets, and does not care which comes first", () => {
  // t = 3 / sqrt(1 / 3 + 4 / 3), 2.94 degrees of freedom; in logarithms.
  const [a, b] = [[1, 2, 3], [3, 5, 7]].map((logs) => logs.map(Math.exp)) as [number[], number[]];
  const p = welchPValue(a, b);
  ok(Math.abs(p - studentTails(3 / Math.sqrt(5 / 3), (5 / 3) ** 2 / (1 / 18 + 16 / 18))) < 1e-12, `${p}`);
  ok(Math.abs(welchPValue(b, a) - p) < 1e-12);
});

Deno.test("welchPValue() is sure where nothing scatters, and knows nothing of a single value", () => {
  strictEqual(welchPValue([5, 5, 5], [5, 5, 5]), 1);
  strictEqual(welchPValue([5, 5, 5], [6, 6, 6]), 0);
  strictEqual(welchPValue([5], [6, 7, 8]), 1);
});
