import assert from "node:assert/strict";
import { phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

function idsRead(name: string, phaseName: string, round: number): number[] {
  return phasesOf(programOf(name), phaseName)[round]!.operations().map((operation) =>
    operation.kind === "read" ? Number(operation.args[0]) : NaN
  );
}

Deno.test("large-working-set@1 speaks resqlite's SQL", () => {
  const program = programOf("large-working-set@1");
  assert.deepEqual(schemaSql(program), ["CREATE TABLE items(id INTEGER PRIMARY KEY, payload TEXT NOT NULL)"]);
  assert.deepEqual(trafficSql(program), [
    "SELECT payload FROM items WHERE id = ?",
    "SELECT payload FROM items WHERE id >= ? AND id < ? LIMIT ?",
  ]);
});

Deno.test("large-working-set@2 orders its ranges", () => {
  assert.equal(
    trafficSql(programOf("large-working-set@2"))[1],
    "SELECT payload FROM items WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
  );
});

Deno.test("large-working-set@1 seeds five million equal payloads in chunks of 5,000", () => {
  const [seed] = programOf("large-working-set@1").seeds;
  assert.deepEqual([seed!.rowCount, seed!.batchSize], [5_000_000, 5000]);
  assert.deepEqual(seed!.row(4_999_999), { id: 5_000_000, payload: "x".repeat(200) });
});

Deno.test("large-working-set@2 seeds payloads of the same length that name their row", () => {
  const [seed] = programOf("large-working-set@2").seeds;
  assert.equal(seed!.row(41).payload, "42 ".padEnd(200, "x"));
});

Deno.test("large-working-set draws the published keys in round 0 and others in the next", () => {
  for (const name of ["large-working-set@1", "large-working-set@2"]) {
    const ids = idsRead(name, "point", 0);
    assert.equal(ids.length, 1000);
    assert.deepEqual(ids.slice(0, 5), [4_447_240, 15_068, 313_233, 4_519_267, 474_020]);
    assert.notDeepEqual(idsRead(name, "point", 1), ids);
  }
});

Deno.test("large-working-set reads ranges of 500 rows inside the table", () => {
  for (const name of ["large-working-set@1", "large-working-set@2"]) {
    for (const phase of phasesOf(programOf(name), "range")) {
      const operations = phase.operations();
      assert.equal(operations.length, 10);
      for (const operation of operations) {
        assert.ok(operation.kind === "read");
        const [from, below, limit] = operation.args.map(Number);
        assert.deepEqual([below! - from!, limit], [500, 500]);
        assert.ok(from! >= 1 && below! <= 5_000_001);
      }
    }
  }
});

Deno.test("large-working-set records its first round in version 1 only", () => {
  const warmups = (name: string) => programOf(name).iterations.map((iteration) => iteration.warmup);
  assert.deepEqual(warmups("large-working-set@1"), [false, false, false, false, false]);
  assert.deepEqual(warmups("large-working-set@2"), [true, false, false, false]);
});
