import assert from "node:assert/strict";
import { join } from "node:path";

function runSchemas(...args: string[]): { code: number; stderr: string } {
  const { code, stderr } = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-read",
      join(import.meta.dirname!, "schemas.ts"),
      ...args,
    ],
  }).outputSync();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("schemas.ts finds the stored schemas current with --check, without permission to write", () => {
  const { code, stderr } = runSchemas("--check");
  assert.equal(code, 0, stderr);
});

Deno.test("schemas.ts ends with 2 when an option is unknown", () => {
  const { code, stderr } = runSchemas("--chek");
  assert.equal(code, 2);
  assert.match(stderr, /unknown option '--chek' \(Did you mean --check\?\)/);
});
