import assert from "node:assert/strict";
import { normalCdf } from "./normal.ts";

Deno.test("normalCdf() agrees with published values", () => {
  const expected: [z: number, share: number][] = [
    [0, 0.5],
    [1, 0.8413447460685429],
    [1.959963984540054, 0.975],
    [-3, 0.0013498980316300946],
    [-6, 9.865876450376981e-10],
    [9, 1],
    [-9, 0],
  ];
  for (const [z, share] of expected) assert.ok(Math.abs(normalCdf(z) - share) < 1e-15, `z=${z}`);
});
