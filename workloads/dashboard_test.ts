import assert from "node:assert/strict";
import { MemoryDatabase, phasesOf, programOf, PUBLISHED } from "./_testing.ts";

Deno.test("dashboard concerns two counts, two sums, the list and one detail with each write", () => {
  checkConcerned("dashboard", { count: 2, sum: 2, select: 2 });
});

Deno.test("dashboard@1 concerns two counts, two lists of scores, the list and one detail with each write", () => {
  checkConcerned("dashboard@1", { count: 2, sum: 0, select: 4 });
});

function checkConcerned(workload: string, expected: Readonly<Record<string, number>>): void {
  for (const context of [PUBLISHED, { blockIndex: 3, seed: 9 }]) {
    const program = programOf(workload, "smoke", context);
    using database = new MemoryDatabase(program);
    for (const phase of phasesOf(program)) {
      assert.equal(phase.isScreen, true);
      const shown = () => phase.watches.map((watch) => JSON.stringify(database.read(watch)));
      let before = shown();
      for (const operation of phase.operations()) {
        database.run(operation);
        const after = shown();
        const changed = phase.watches.filter((_, index) => after[index] !== before[index]);
        const concerned = Object.keys(expected).map((kind) => [
          kind,
          changed.filter(({ query }) => query.kind === kind).length,
        ]);
        assert.deepEqual(Object.fromEntries(concerned), expected);
        before = after;
      }
    }
  }
}
