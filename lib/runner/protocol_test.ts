import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { decodeMessage, encodeMessage } from "./protocol.ts";

Deno.test("decodeMessage() gives back what was encoded, for whoever knows the token", () => {
  const line = encodeMessage("t", { kind: "step", step: "burst 1/3" });
  deepStrictEqual(decodeMessage("t", line), { kind: "step", step: "burst 1/3" });
  strictEqual(decodeMessage("u", line), undefined);
});

for (
  const [what, text] of [
    ["half a message", '{"kind":"resu'],
    ["no object", "null"],
    ["no kind", "{}"],
    ["an unknown kind", '{"kind":"joke"}'],
    ["a step without a name", '{"kind":"step"}'],
    ["a skip without a reason", '{"kind":"skip","reason":7}'],
    ["a result of nothing", '{"kind":"result","result":null}'],
    ["a result without warnings", '{"kind":"result","result":{"verdict":"converged"}}'],
  ]
) {
  Deno.test(`decodeMessage() takes ${what} for chatter`, () => {
    strictEqual(decodeMessage("t", `t ${text}`), undefined);
  });
}
