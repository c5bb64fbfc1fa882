import { deepStrictEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { decodeJson, encodeJson } from "./json.ts";

const value = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: "binary" }),
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER),
  fc.bigInt(),
  fc.uint8Array(),
  fc.float64Array({ noDefaultInfinity: true }).map((column) => Float64Array.from(column, (each) => each + 0)),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    value,
    fc.array(tie("tree")),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("$")), tie("tree"), { noNullPrototype: true }),
  ),
}));

Deno.test("decodeJson() gives back what encodeJson() was given", () => {
  fc.assert(fc.property(tree, (message) => {
    const text = encodeJson(message);
    ok(!text.includes("\n"), "a message is one line");
    deepStrictEqual(decodeJson(text), message);
  }));
});

Deno.test("encodeJson() does not ask prototypes", () => {
  const prototypes = [Array.prototype, Object.prototype, Number.prototype, String.prototype];
  for (const prototype of prototypes) Object.assign(prototype, { toJSON: () => "forged" });
  try {
    deepStrictEqual(encodeJson([1, "a", { b: [2] }]), '[1,"a",{"b":[2]}]');
  } finally {
    for (const prototype of prototypes) delete (prototype as { toJSON?: unknown }).toJSON;
  }
});

Deno.test("decodeJson() throws for what encodeJson() never writes", () => {
  for (const text of ["", "{", '{"$":["secret",1]}', '{"$":1}']) throws(() => decodeJson(text), SyntaxError);
});
