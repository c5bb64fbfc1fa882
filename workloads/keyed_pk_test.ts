import assert from "node:assert/strict";
import type { Args, Phase } from "../lib/model/mod.ts";
import { argumentsOf, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

function writes(phase: Phase): Args[] {
  return phase.operations().flatMap(argumentsOf);
}

/** Positions and ids of the writes to watched rows. */
function hits(phase: Phase): [write: number, id: unknown][] {
  const watched = new Set(phase.watches.map((watch) => watch.args[0]));
  return writes(phase)
    .map((args, write): [number, unknown] => [write, args[2]])
    .filter(([, id]) => watched.has(id as number));
}

Deno.test("keyed-pk@1 speaks resqlite's SQL", () => {
  const program = programOf("keyed-pk@1");
  assert.deepEqual(schemaSql(program), [
    "CREATE TABLE items(id INTEGER PRIMARY KEY, body TEXT NOT NULL, updated_at INTEGER NOT NULL)",
  ]);
  assert.deepEqual(trafficSql(program), [
    "SELECT id, body, updated_at FROM items WHERE id = ?",
    "UPDATE items SET body = ?, updated_at = ? WHERE id = ?",
  ]);
});

Deno.test("keyed-pk@1 seeds and watches what resqlite does", () => {
  const program = programOf("keyed-pk@1");
  const [seed] = program.seeds;
  assert.deepEqual([seed!.rowCount, seed!.batchSize], [10_000, 10_000]);
  assert.deepEqual(seed!.row(41), { id: 42, body: "seed_body_42", updated_at: 0 });
  const watched = program.iterations[0]!.phases[0]!.watches.map((watch) => watch.args[0]);
  assert.deepEqual(watched, Array.from({ length: 50 }, (_, stream) => 1 + 200 * stream));
});

Deno.test("keyed-pk hits exactly three watched rows per iteration in both versions", () => {
  for (const name of ["keyed-pk@1", "keyed-pk@2"]) {
    for (const phase of phasesOf(programOf(name))) {
      assert.deepEqual(hits(phase), [[36, 6401], [85, 2001], [122, 3201]]);
    }
  }
});

Deno.test("keyed-pk hits watched rows at every scale", () => {
  for (const scale of ["smoke", "large"] as const) {
    for (const phase of phasesOf(programOf("keyed-pk", scale))) assert.ok(hits(phase).length >= 1);
  }
});

Deno.test("keyed-pk@1 repeats the same 200 writes in one warm-up and three recorded iterations", () => {
  const program = programOf("keyed-pk@1");
  assert.deepEqual(program.iterations.map((iteration) => iteration.warmup), [true, false, false, false]);
  const [first, ...others] = phasesOf(program);
  assert.deepEqual(first!.pacing, { turns: 0 });
  const expected = writes(first!);
  assert.equal(expected.length, 200);
  assert.deepEqual(expected.slice(0, 2), [["body_0", 0, 8024], ["body_1", 1, 5592]]);
  assert.equal(new Set(expected.map((args) => args[2])).size, 198);
  for (const phase of others) assert.deepEqual(writes(phase), expected);
});
