import assert from "node:assert/strict";
import { sweptSizes } from "../lib/model/mod.ts";
import { argumentsOf, MemoryDatabase, phasesOf, PUBLISHED } from "./_testing.ts";
import { findWorkload } from "./mod.ts";

const workload = findWorkload("scaling");

/** What one swept parameter makes of the smoke scale. */
function sweptProgram(parameters: Readonly<Record<string, string>>) {
  return workload.program(sweptSizes(workload, "smoke", parameters)!, PUBLISHED);
}

for (
  const [name, values] of Object.entries({
    streams: [1, 7, 300],
    rows: [1, 50, 3000],
    result: [1, 30],
    batch: [1, 2, 150, 400],
    columns: [1, 9],
    payload: [1, 500],
  })
) {
  for (const value of values) {
    Deno.test(`scaling changes one list with each write when ${name} is ${value}`, () => {
      const program = sweptProgram({ [name]: String(value) });
      using database = new MemoryDatabase(program);
      for (const phase of phasesOf(program)) {
        const shown = () => phase.watches.map((watch) => JSON.stringify(database.read(watch)));
        let before = shown();
        for (const operation of phase.operations()) {
          database.run(operation);
          const after = shown();
          assert.equal(after.filter((result, index) => result !== before[index]).length, 1);
          before = after;
        }
        for (const bound of [...phase.watches, ...phase.checks]) {
          assert.notEqual(database.read(bound).length, 0, String(bound.args));
        }
      }
    });
  }
}

Deno.test("scaling has as many of everything as a sweep says", () => {
  const sizeOf = (parameters: Readonly<Record<string, string>>) => {
    const program = sweptProgram(parameters);
    const [seed] = program.seeds;
    const [phase] = phasesOf(program);
    using database = new MemoryDatabase(program);
    const [row] = database.read(phase!.watches[0]!);
    return {
      rows: seed!.rowCount,
      streams: phase!.watches.length,
      result: database.read(phase!.watches[0]!).length,
      batch: argumentsOf(phase!.operations()[0]!).length,
      columns: Object.keys(row!).filter((name) => name.startsWith("text_")).length,
      payload: String(row!.text_1).length,
    };
  };
  const smoke = { rows: 200, streams: 5, result: 4, batch: 1, columns: 2, payload: 20 };
  assert.deepEqual(sizeOf({ rows: "200" }), smoke);
  assert.deepEqual(sizeOf({ streams: "20" }), { ...smoke, streams: 20 });
  assert.deepEqual(sizeOf({ rows: "5000" }), { ...smoke, rows: 5000 });
  assert.deepEqual(sizeOf({ result: "10" }), { ...smoke, result: 10 });
  assert.deepEqual(sizeOf({ batch: "40" }), { ...smoke, batch: 40 });
  assert.deepEqual(sizeOf({ columns: "7" }), { ...smoke, columns: 7 });
  assert.deepEqual(sizeOf({ payload: "90" }), { ...smoke, payload: 90 });
  assert.deepEqual(sizeOf({ streams: "100" }), { ...smoke, streams: 100, rows: 401 });
});
