import assert from "node:assert/strict";
import { sweptSizes } from "../lib/model/mod.ts";
import { MemoryDatabase, phasesOf, programOf, PUBLISHED } from "./_testing.ts";
import { findWorkload } from "./mod.ts";

Deno.test("raw-reads asks for lists of values of the same tables and sizes as reads", () => {
  const [raw, named] = [programOf("raw-reads"), programOf("reads")];
  const seedOf = (table: string) => named.seeds.find((seed) => seed.table === table)!;
  for (const { table, rowCount } of raw.seeds) assert.equal(rowCount, seedOf(table).rowCount, table);
  for (const phase of raw.iterations[0]!.phases) {
    const own = phase.operations();
    const [other] = phasesOf(named, phase.name);
    assert.equal(own.length, other!.operations().length);
    for (const operation of own) {
      assert.ok(operation.kind === "read" && operation.isRaw);
      const [sample] = other!.operations();
      assert.equal(operation.query, sample!.kind === "read" ? sample!.query : undefined);
    }
  }
});

Deno.test("raw-reads has rows for lists of every length that may be swept", () => {
  const workload = findWorkload("raw-reads");
  for (const rows of ["10", "20000"]) {
    const sizes = sweptSizes(workload, "smoke", { "result-rows": rows })!;
    const program = workload.program(sizes, PUBLISHED);
    using database = new MemoryDatabase(program);
    const [first] = phasesOf(program, "rows")[0]!.operations();
    assert.equal(database.run(first!).length, Number(rows));
  }
});
