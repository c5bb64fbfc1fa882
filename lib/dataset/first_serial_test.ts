import assert from "node:assert/strict";
import { firstSerial } from "./first_serial.ts";

Deno.test("firstSerial() numbers every write once when iterations and blocks follow each other", () => {
  const serials: number[] = [];
  for (const blockIndex of [0, 1, 2]) {
    for (const iterationIndex of [0, 1]) {
      const first = firstSerial({ blockIndex, iterationIndex, iterationCount: 2, writeCount: 3 });
      serials.push(first, first + 1, first + 2);
    }
  }
  assert.deepEqual(serials, Array.from({ length: 18 }, (_, index) => index + 1));
});
