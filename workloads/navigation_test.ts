import assert from "node:assert/strict";
import { type Operation, watchedIn } from "../lib/model/mod.ts";
import { phasesOf, programOf } from "./_testing.ts";

const isOpening = (operation: Operation) => operation.kind === "navigate";

Deno.test("navigation opens twenty live queries a page, and ten thousand in its visits", () => {
  const program = programOf("navigation");
  const [pages] = phasesOf(program, "pages");
  const operations = pages!.operations();
  assert.equal(operations.filter(isOpening).length, 10);
  assert.equal(watchedIn(pages!, operations).length, 200);
  assert.equal(operations.filter(({ kind }) => kind === "write").length, 100);
  const visits = phasesOf(program, "visits");
  assert.equal(visits.length, 2, "one to warm up and one for numbers");
  for (const visit of visits) {
    assert.equal(watchedIn(visit, visit.operations()).length, 10_000);
    assert.ok(visit.operations().every(isOpening));
  }
});

Deno.test("navigation writes to the folder that is open with every other write", () => {
  for (const phase of phasesOf(programOf("navigation", "smoke"), "pages")) {
    let openIds = new Set<unknown>();
    for (const [index, operation] of phase.operations().entries()) {
      if (operation.kind === "navigate") {
        openIds = new Set(
          operation.watches.filter(({ query }) => query.params[0] === "id").map(({ args }) => args[0]),
        );
        assert.equal(operation.watches.length, 8);
      } else if (operation.kind === "write" && (index % 9) % 2 === 1) {
        assert.ok(openIds.has(operation.args.at(-1)), `write ${index}`);
      }
    }
  }
});
