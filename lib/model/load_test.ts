import { strictEqual } from "node:assert/strict";
import { parseRate } from "./load.ts";

Deno.test("parseRate() reads operations per second with or without their unit", () => {
  strictEqual(parseRate("100"), 100);
  strictEqual(parseRate("100/s"), 100);
  strictEqual(parseRate("2.5/s"), 2.5);
  strictEqual(parseRate("100000"), 100_000);
});

Deno.test("parseRate() is undefined when there is no rate that can be asked", () => {
  for (
    const text of ["", "0", "0.5", "-1", "NaN", "Infinity", "1e12", "1e3", "100001", "100/min", "100 /s"]
  ) {
    strictEqual(parseRate(text), undefined, text);
  }
});
