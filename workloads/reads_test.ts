import assert from "node:assert/strict";
import { sweptSizes } from "../lib/model/mod.ts";
import { MemoryDatabase, phasesOf, programOf, PUBLISHED } from "./_testing.ts";
import { findWorkload } from "./mod.ts";

Deno.test("reads has documents of 650,000 characters and lists of a thousand rows", () => {
  const program = programOf("reads");
  const documents = program.seeds.find(({ table }) => table === "documents")!;
  assert.equal(String(documents.row(0)["body"]).length, 650_000);
  assert.notEqual(documents.row(0)["body"], documents.row(1)["body"]);
  for (const phase of phasesOf(program, "rows")) {
    for (const { args } of phase.operations().filter((operation) => operation.kind === "read")) {
      assert.equal(Number(args[1]) - Number(args[0]), 1000);
    }
  }
});

Deno.test("reads leaves half of the values of a nullable row out, others in each", () => {
  const seed = programOf("reads").seeds.find(({ table }) => table === "nullable_rows")!;
  const missing = (index: number) =>
    Object.entries(seed.row(index)).filter(([, value]) => value === null).map(([name]) => name);
  assert.deepEqual(missing(0), ["o1", "o3", "o5"]);
  assert.deepEqual(missing(1), ["o0", "o2", "o4"]);
});

Deno.test("reads has rows for lists of every length that may be swept", () => {
  const workload = findWorkload("reads");
  for (const rows of ["10", "20000"]) {
    const sizes = sweptSizes(workload, "smoke", { "result-rows": rows })!;
    const program = workload.program(sizes, PUBLISHED);
    using database = new MemoryDatabase(program);
    const [first] = phasesOf(program, "rows")[0]!.operations();
    assert.equal(database.run(first!).length, Number(rows));
  }
});
