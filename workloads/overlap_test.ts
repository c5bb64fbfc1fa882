import assert from "node:assert/strict";
import { SCALES } from "../lib/model/mod.ts";
import { argumentsOf, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";
import { findWorkload } from "./mod.ts";

const LETTERS = Array.from("abcdefghijklmnopqrst");

Deno.test("overlap@1 speaks resqlite's SQL", () => {
  const program = programOf("overlap@1");
  assert.deepEqual(schemaSql(program), [
    `CREATE TABLE wide(id INTEGER PRIMARY KEY, ${
      LETTERS.map((letter) => `${letter} TEXT NOT NULL`).join(", ")
    })`,
  ]);
  assert.deepEqual(trafficSql(program), [
    "UPDATE wide SET c = ? WHERE id = ?",
    "SELECT id, a, b FROM wide WHERE id >= ? AND id < ? ORDER BY id",
    "UPDATE wide SET a = ? WHERE id = ?",
  ]);
});

Deno.test("overlap@1 seeds and watches what resqlite does", () => {
  const program = programOf("overlap@1");
  const [seed] = program.seeds;
  assert.deepEqual([seed!.rowCount, seed!.firstKey, seed!.batchSize], [5000, 0, 5000]);
  assert.deepEqual(seed!.row(7), { id: 7, ...Object.fromEntries(LETTERS.map((letter) => [letter, "v7"])) });
  const counts = ["baseline", "disjoint", "overlap"].map((name) =>
    phasesOf(program, name).map((phase) => phase.watches.length)
  );
  assert.deepEqual(counts, [[0, 0, 0, 0], [50, 50, 50, 50], [50, 50, 50, 50]]);
  const args = phasesOf(program, "overlap")[0]!.watches.map((watch) => watch.args);
  assert.deepEqual(args, Array.from({ length: 50 }, (_, stream) => [100 * stream, 100 * stream + 100]));
});

Deno.test("overlap@1 runs all iterations of a phase before the next phase and repeats their writes", () => {
  const program = programOf("overlap@1");
  assert.deepEqual(
    program.iterations.map(({ warmup, phases }) => `${phases.map((phase) => phase.name)} ${warmup}`),
    ["baseline", "disjoint", "overlap"].flatMap((name) =>
      [true, false, false, false].map((warmup) => `${name} ${warmup}`)
    ),
  );
  for (const [name, prefix] of [["baseline", "b"], ["disjoint", "d"], ["overlap", "z"]] as const) {
    const expected = Array.from({ length: 500 }, (_, write) => [`${prefix}${write}`, write]);
    for (const phase of phasesOf(program, name)) {
      assert.deepEqual(phase.pacing, { turns: 2 });
      assert.deepEqual(phase.operations().flatMap(argumentsOf), expected);
    }
  }
});

Deno.test("overlap@2 runs the three phases in each of one warm-up and two recorded iterations", () => {
  const program = programOf("overlap@2");
  assert.deepEqual(
    program.iterations.map(({ warmup, phases }) => [warmup, ...phases.map((phase) => phase.name)]),
    [true, false, false].map((warmup) => [warmup, "baseline", "disjoint", "overlap"]),
  );
});

Deno.test("overlap@2 writes to every watched partition equally often at every scale and seed", () => {
  for (const scale of SCALES) {
    const { partitionRowCount, streamCount, writeCount } = findWorkload("overlap@2").parameters[scale];
    for (const seed of [0, 1]) {
      for (const phase of phasesOf(programOf("overlap@2", scale, { blockIndex: 0, seed }))) {
        const writeCounts = new Array<number>(streamCount!).fill(0);
        for (const [, id] of phase.operations().flatMap(argumentsOf)) {
          writeCounts[Math.floor(Number(id) / partitionRowCount!)]! += 1;
        }
        assert.deepEqual(writeCounts, new Array<number>(streamCount!).fill(writeCount! / streamCount!));
      }
    }
  }
});

Deno.test("overlap@2 writes the same rows in all phases, since only the column may differ", () => {
  const [first, ...others] = phasesOf(programOf("overlap@2"))
    .map((phase) => phase.operations().flatMap(argumentsOf).map(([, id]) => id));
  for (const ids of others) assert.deepEqual(ids, first);
});
