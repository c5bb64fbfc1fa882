import assert from "node:assert/strict";
import { phasesOf, programOf } from "./_testing.ts";

Deno.test("cold-start opens again after a close and after a kill, each time with ten watches and nothing else", () => {
  const { iterations } = programOf("cold-start");
  assert.deepEqual(iterations.map(({ reopens, phases }) => [reopens, phases.map(({ name }) => name)]), [
    [undefined, []],
    ...Array(3).fill([["closed", ["after-close", "changes"]], ["killed", ["after-kill"]]]).flat(),
  ]);
  for (const name of ["after-close", "after-kill"]) {
    for (const phase of phasesOf(programOf("cold-start"), name)) {
      assert.deepEqual([phase.watches.length, phase.operations().length], [10, 0]);
    }
  }
});

Deno.test("cold-start writes before each kill, and inserts no key twice", () => {
  const inserted = phasesOf(programOf("cold-start"), "changes").flatMap((phase) => phase.operations())
    .flatMap((operation) =>
      operation.kind === "write" && operation.label === "insert" ? [operation.args[0]] : []
    );
  assert.equal(inserted.length, 150);
  assert.equal(new Set(inserted).size, 150);
});
