import { strictEqual, throws } from "node:assert/strict";
import { sideValue } from "./side.ts";

Deno.test("sideValue() is not moved by one slow process in five", () => {
  strictEqual(sideValue([10, 12, 11, 900, 9]), 11);
  strictEqual(sideValue([7]), 7);
});

Deno.test("sideValue() needs a block", () => {
  throws(() => sideValue([]), /there must be a sample/);
});
