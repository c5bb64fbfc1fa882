import assert from "node:assert/strict";
import type { Phase, Program, Row } from "../lib/model/mod.ts";
import { MemoryDatabase, programOf } from "./_testing.ts";

/** What the watches of each phase of a name show before and after it, pass by pass. */
function shownAround(program: Program, name: string): { before: Row[][]; after: Row[][] }[] {
  using database = new MemoryDatabase(program);
  const shown = (phase: Phase) => phase.watches.map((watch) => database.read(watch));
  return program.iterations.flatMap(({ phases }) =>
    phases.flatMap((phase) => {
      const before = shown(phase);
      for (const operation of phase.operations()) database.run(operation);
      return phase.name === name ? [{ before, after: shown(phase) }] : [];
    })
  );
}

Deno.test("live-results changes the count beside lists that do not change", () => {
  for (const { before, after } of shownAround(programOf("live-results", "smoke"), "unchanged")) {
    const [count, ...lists] = before;
    assert.notDeepEqual(after[0], count);
    assert.deepEqual(after.slice(1), lists);
    assert.equal(new Set(lists.map((rows) => rows.length)).size, 1);
  }
});

Deno.test("live-results grows each list from the same size by as many rows", () => {
  const passes = shownAround(programOf("live-results", "smoke"), "growing");
  assert.ok(passes.length > 1);
  for (const { before, after } of passes) {
    assert.deepEqual([before[0]!.length, after[0]!.length], [20, 20 + 5 * 3]);
  }
});

Deno.test("live-results writes watched and unwatched long texts by turns", () => {
  for (const { before, after } of shownAround(programOf("live-results", "smoke"), "long-text")) {
    const all = (lists: Row[][]) => lists.flat().map(({ body }) => body);
    const changedCount = all(before).filter((body, index) => body !== all(after)[index]).length;
    assert.ok(changedCount === 1 || changedCount === 2, `${changedCount} texts changed`);
  }
});
