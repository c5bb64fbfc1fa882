import { deepStrictEqual, throws } from "node:assert/strict";
import { assignLanes } from "./assign_lanes.ts";

Deno.test("assignLanes() keeps a group in one lane, and evens lanes out", () => {
  deepStrictEqual(Array.from(assignLanes(Int32Array.of(0, 1, 0, 2, 0, 1), 2)), [0, 1, 0, 1, 0, 1]);
});

Deno.test("assignLanes() puts reads wherever there is room", () => {
  deepStrictEqual(Array.from(assignLanes(Int32Array.of(0, 0, 0, -1, -1), 2)), [0, 0, 0, 1, 1]);
});

Deno.test("assignLanes() refuses when lanes would stand idle", () => {
  throws(() => assignLanes(Int32Array.of(0, 1, 0), 4), {
    name: "RangeError",
    message:
      "Cannot keep 4 operations in flight as no result may have two of them in common: they make 2 groups",
  });
});
