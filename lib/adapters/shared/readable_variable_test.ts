import assert from "node:assert/strict";
import { readableVariable } from "./readable_variable.ts";

const NAME = "WATCHBENCH_TEST_READABLE_VARIABLE";

Deno.test("readableVariable() gives the value, and undefined for an empty or absent one", () => {
  assert.equal(readableVariable(NAME), undefined);
  try {
    Deno.env.set(NAME, "value");
    assert.equal(readableVariable(NAME), "value");
    Deno.env.set(NAME, "");
    assert.equal(readableVariable(NAME), undefined);
  } finally {
    Deno.env.delete(NAME);
  }
});

Deno.test({
  name: "readableVariable() gives undefined when the variable may not be read",
  permissions: { env: false },
  fn: () => assert.equal(readableVariable("HOME"), undefined),
});
