import assert from "node:assert/strict";
import { argumentsOf, phasesOf, programOf, trafficSql } from "./_testing.ts";

Deno.test("column-granularity@1 speaks resqlite's SQL", () => {
  assert.deepEqual(trafficSql(programOf("column-granularity@1")), [
    "SELECT id, a, b FROM wide WHERE id < 1000 ORDER BY id",
    "UPDATE wide SET c = ? WHERE id = ?",
    "UPDATE wide SET a = ? WHERE id = ?",
  ]);
});

Deno.test("column-granularity@1 makes one pass of 500 writes per phase beside ten equal streams", () => {
  const program = programOf("column-granularity@1");
  assert.equal(program.seeds[0]!.rowCount, 5000);
  assert.equal(program.iterations.length, 1);
  assert.equal(program.iterations[0]!.warmup, false);
  for (const [name, prefix] of [["disjoint", "d"], ["overlap", "z"]] as const) {
    const [phase, ...others] = phasesOf(program, name);
    assert.equal(others.length, 0);
    assert.deepEqual(phase!.pacing, { turns: 2 });
    assert.equal(phase!.watches.length, 10);
    assert.equal(new Set(phase!.watches.map((watch) => watch.query)).size, 1);
    assert.deepEqual(
      phase!.operations().flatMap(argumentsOf),
      Array.from({ length: 500 }, (_, write) => [`${prefix}${write}`, write]),
    );
  }
});

Deno.test("column-granularity writes to watched rows only at every scale and version", () => {
  for (const name of ["column-granularity@1", "column-granularity@2"]) {
    for (const [scale, watchedRowCount] of [["smoke", 40], ["standard", 1000], ["large", 1000]] as const) {
      const ids = phasesOf(programOf(name, scale)).flatMap((phase) => phase.operations())
        .flatMap(argumentsOf).map(([, id]) => Number(id));
      assert.ok(ids.every((id) => id >= 0 && id < watchedRowCount));
    }
  }
});
