import { deepStrictEqual } from "node:assert/strict";
import { parsePacing } from "./pacing.ts";

Deno.test("parsePacing() reads turns and timers, and nothing else", () => {
  deepStrictEqual(["0", "4", "1ms"].map(parsePacing), [{ turns: 0 }, { turns: 4 }, { pauseMs: 1 }]);
  deepStrictEqual(
    ["", "ms", "-1", "1.5", "4 ", "1s", "0ms", "99999"].map(parsePacing),
    Array(8).fill(undefined),
  );
});
