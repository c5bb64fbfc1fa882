import assert from "node:assert/strict";
import { type Args, SCALES } from "../lib/model/mod.ts";
import { argumentsOf, MemoryDatabase, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

function mergedRows(name: string, scale: typeof SCALES[number]): Args[] {
  return phasesOf(programOf(name, scale), "merge")[0]!.operations().flatMap(argumentsOf);
}

Deno.test("sync-burst@1 speaks resqlite's SQL", () => {
  const program = programOf("sync-burst@1");
  assert.deepEqual(schemaSql(program), [
    "CREATE TABLE items(id INTEGER PRIMARY KEY, external_id INTEGER UNIQUE, payload TEXT NOT NULL)",
  ]);
  assert.deepEqual(trafficSql(program), [
    "SELECT COUNT(*) AS c FROM items",
    "INSERT INTO items(external_id, payload) VALUES (?, ?)",
    "INSERT OR REPLACE INTO items(external_id, payload) VALUES (?, ?)",
  ]);
});

Deno.test("sync-burst@2 merges by ON CONFLICT", () => {
  assert.equal(
    trafficSql(programOf("sync-burst@2")).at(-1),
    "INSERT INTO items(external_id, payload) VALUES (?, ?) " +
      "ON CONFLICT(external_id) DO UPDATE SET payload = excluded.payload",
  );
});

Deno.test("sync-burst@1 repeats resqlite's batches on a new database", () => {
  const program = programOf("sync-burst@1");
  assert.deepEqual(
    program.iterations.map(({ warmup, freshSession }) => ({ warmup, freshSession })),
    [{ warmup: false, freshSession: false }, { warmup: false, freshSession: true }],
  );
  for (const phase of phasesOf(program, "bulk")) {
    const batches = phase.operations();
    assert.equal(batches.length, 100);
    assert.ok(batches.every((batch) => argumentsOf(batch).length === 500));
    assert.deepEqual(
      batches.flatMap(argumentsOf),
      Array.from({ length: 50_000 }, (_, row) => [row, `payload_${row}`]),
    );
  }
  for (const phase of phasesOf(program, "merge")) {
    const batches = phase.operations();
    assert.equal(batches.length, 10);
    assert.deepEqual(argumentsOf(batches[0]!)[0], [50_000, "merge_0_0"]);
    assert.deepEqual(argumentsOf(batches[9]!)[99], [50_999, "merge_9_99"]);
    assert.equal(new Set(batches.flatMap(argumentsOf).map(([id]) => id)).size, 1000);
  }
});

Deno.test("sync-burst@2 changes an existing row with exactly half of the merges of each batch", () => {
  for (const scale of SCALES) {
    const [bulk] = phasesOf(programOf("sync-burst@2", scale), "bulk");
    const existing = new Set(bulk!.operations().flatMap(argumentsOf).map(([id]) => id));
    for (const batch of phasesOf(programOf("sync-burst@2", scale), "merge")[0]!.operations()) {
      const rows = argumentsOf(batch);
      assert.equal(rows.filter(([id]) => existing.has(id!)).length, rows.length / 2);
    }
    const ids = mergedRows("sync-burst@2", scale).map(([id]) => id);
    assert.equal(new Set(ids).size, ids.length);
  }
});

Deno.test("sync-burst@2 checks changed rows, unchanged rows and all new rows after merging", () => {
  for (const scale of SCALES.filter((candidate) => candidate !== "large")) {
    const program = programOf("sync-burst@2", scale);
    using database = new MemoryDatabase(program);
    const [bulk, merge] = phasesOf(program);
    for (const operation of [...bulk!.operations(), ...merge!.operations()]) database.run(operation);
    const payloads = merge!.checks.map((check) => database.read(check).map((row) => String(row.payload)));
    const [sampled, added] = payloads;
    assert.ok(sampled!.some((payload) => payload.startsWith("merge_")));
    assert.ok(sampled!.some((payload) => payload.startsWith("payload_")));
    assert.equal(added!.length, mergedRows("sync-burst@2", scale).length / 2);
    assert.ok(added!.every((payload) => payload.startsWith("merge_")));
  }
});
