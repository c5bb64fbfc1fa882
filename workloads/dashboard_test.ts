import assert from "node:assert/strict";
import { MemoryDatabase, phasesOf, programOf, PUBLISHED } from "./_testing.ts";

Deno.test("dashboard concerns two counts, two lists of scores, the list and one detail with each write", () => {
  for (const context of [PUBLISHED, { blockIndex: 3, seed: 9 }]) {
    const program = programOf("dashboard", "smoke", context);
    using database = new MemoryDatabase(program);
    for (const phase of phasesOf(program)) {
      assert.equal(phase.isScreen, true);
      const shown = () => phase.watches.map((watch) => JSON.stringify(database.read(watch)));
      let before = shown();
      for (const operation of phase.operations()) {
        database.run(operation);
        const after = shown();
        const changed = phase.watches.filter((_, index) => after[index] !== before[index]);
        const [counts, others] = ["count", "select"].map((kind) =>
          changed.filter(({ query }) => query.kind === kind).length
        );
        assert.deepEqual([counts, others], [2, 4]);
        before = after;
      }
    }
  }
});
