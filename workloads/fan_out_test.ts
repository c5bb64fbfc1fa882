import assert from "node:assert/strict";
import { argumentsOf, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

Deno.test("fan-out@1 speaks resqlite's SQL", () => {
  const program = programOf("fan-out@1");
  assert.deepEqual(schemaSql(program), [
    "CREATE TABLE items(id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, value INTEGER NOT NULL)",
    "CREATE INDEX items_owner ON items(owner_id)",
  ]);
  assert.deepEqual(trafficSql(program), [
    "SELECT id, value FROM items WHERE owner_id = ? ORDER BY id",
    "UPDATE items SET value = ? WHERE id = ?",
  ]);
});

Deno.test("fan-out@1 seeds and watches what resqlite does", () => {
  const program = programOf("fan-out@1");
  const [seed] = program.seeds;
  assert.equal(seed!.rowCount, 10_000);
  assert.deepEqual(seed!.row(0), { id: 1, owner_id: 1, value: 0 });
  assert.deepEqual(seed!.row(99), { id: 100, owner_id: 1, value: 0 });
  assert.deepEqual(seed!.row(100), { id: 101, owner_id: 2, value: 0 });
  assert.deepEqual(seed!.row(9999), { id: 10_000, owner_id: 100, value: 0 });
  const watched = program.iterations[0]!.phases[0]!.watches.map((watch) => watch.args[0]);
  assert.deepEqual(watched, Array.from({ length: 100 }, (_, stream) => stream + 1));
});

Deno.test("fan-out writes 199 rows of 86 owners per iteration in both versions, row 447 twice", () => {
  for (const name of ["fan-out@1", "fan-out@2"]) {
    const program = programOf(name);
    const seed = program.seeds[0]!;
    for (const phase of phasesOf(program)) {
      const ids = phase.operations().flatMap(argumentsOf).map((args) => Number(args[1]));
      assert.equal(ids.length, 200);
      assert.equal(new Set(ids).size, 199);
      assert.equal(ids.filter((id) => id === 447).length, 2);
      assert.equal(new Set(ids.map((id) => seed.row(id - 1).owner_id)).size, 86);
    }
  }
});

Deno.test("fan-out@1 repeats its writes in one warm-up and two recorded iterations, the first of them idle", () => {
  const program = programOf("fan-out@1");
  assert.deepEqual(program.iterations.map((iteration) => iteration.warmup), [true, false, false]);
  const [first, ...others] = phasesOf(program);
  assert.deepEqual(first!.pacing, { turns: 0 });
  const expected = first!.operations();
  assert.deepEqual(expected.slice(0, 2).flatMap(argumentsOf), [[0, 6651], [1, 4116]]);
  for (const phase of others) assert.deepEqual(phase.operations(), expected);
});

Deno.test("fan-out@2 has one warm-up and two recorded iterations", () => {
  assert.deepEqual(programOf("fan-out@2").iterations.map((iteration) => iteration.warmup), [
    true,
    false,
    false,
  ]);
});
