import assert from "node:assert/strict";
import { checkBlock, checkHeader } from "../record/schema.ts";
import { recordFixture } from "./record_fixture.ts";

Deno.test("recordFixture() is a record that could be loaded", () => {
  const { results, ...header } = recordFixture();
  assert.deepEqual(checkHeader({ ...header, sha256: "0".repeat(64) }), {
    value: { ...header, sha256: "0".repeat(64) },
  });
  for (const block of results) assert.deepEqual(checkBlock(block), { value: block });
});
