import assert from "node:assert/strict";
import { didYouMean, nearest } from "./nearest.ts";

Deno.test("nearest() finds the candidate with the fewest changed letters", () => {
  const candidates = ["chat-sim", "sync-burst", "fan-out"];
  assert.equal(nearest("chatsim", candidates), "chat-sim");
  assert.equal(nearest("FAN-OUT", candidates), "fan-out");
  assert.equal(nearest("sinc-brust", candidates), "sync-burst");
});

Deno.test("nearest() is undefined when nothing is near", () => {
  assert.equal(nearest("elephant", ["chat-sim", "fan-out"]), undefined);
  assert.equal(nearest("x", []), undefined);
});

Deno.test("didYouMean() is empty when nothing is near", () => {
  assert.equal(didYouMean("elephant", ["fan-out"]), "");
  assert.equal(didYouMean("fanout", ["fan-out"]), ' (did you mean "fan-out"?)');
});
