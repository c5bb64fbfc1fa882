import { strictEqual } from "node:assert/strict";
import { mayBeOnCaller } from "./works_on.ts";

Deno.test("mayBeOnCaller() leaves the runtime's own threads half as much again as the caller, and 50 ms", () => {
  strictEqual(mayBeOnCaller({ mainNs: 0, elsewhereNs: 50e6 }), true);
  strictEqual(mayBeOnCaller({ mainNs: 1e9, elsewhereNs: 1.55e9 }), true);
  strictEqual(mayBeOnCaller({ mainNs: 1e9, elsewhereNs: 1.56e9 }), false);
});
