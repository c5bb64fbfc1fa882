import assert from "node:assert/strict";
import { sweptSizes } from "../lib/model/mod.ts";
import { argumentsOf, MemoryDatabase, phasesOf, programOf, PUBLISHED } from "./_testing.ts";
import { findWorkload } from "./mod.ts";

Deno.test("writes has batches as long as they are swept, the wide ones of twenty parameters", () => {
  const workload = findWorkload("writes");
  const program = workload.program(sweptSizes(workload, "smoke", { "batch-rows": "500" })!, PUBLISHED);
  for (const [name, parameterCount] of [["batch", 3], ["wide", 20]] as const) {
    for (const operation of phasesOf(program, name).flatMap((phase) => phase.operations())) {
      assert.equal(argumentsOf(operation).length, 500);
      assert.equal(argumentsOf(operation)[0]!.length, parameterCount);
    }
  }
});

Deno.test("writes removes every other row that it has inserted", () => {
  const program = programOf("writes", "smoke");
  using database = new MemoryDatabase(program);
  const [insert, update, remove] = program.iterations[0]!.phases;
  const countRows = () => database.all("SELECT count(*) AS c FROM entries")[0]!["c"];
  for (const operation of insert!.operations()) database.run(operation);
  assert.equal(countRows(), 20);
  for (const operation of update!.operations()) database.run(operation);
  assert.equal(countRows(), 20);
  for (const operation of remove!.operations()) database.run(operation);
  assert.equal(countRows(), 10);
});
