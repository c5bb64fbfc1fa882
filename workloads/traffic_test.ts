import { createHash } from "node:crypto";
import { type Program, type ProgramContext, SCALES, workloadKey } from "../lib/model/mod.ts";
import { phasesOf, PUBLISHED } from "./_testing.ts";
import { WORKLOADS } from "./mod.ts";

/** Another block of a run with a seed of its own. */
const OTHER: ProgramContext = { blockIndex: 3, seed: 99 };

/** Rows that are looked at, of each seed; the generators run through all of them for the last one. */
const SAMPLED_ROW_COUNT = 50;

/** Digest of everything that a program asks of a database: tables, rows, watches, operations, checks, pacings. */
function trafficDigest(program: Program): string {
  const hash = createHash("sha256");
  const add = (value: unknown) => hash.update(canonicalJson(value));
  add(program.tables);
  for (const { row, ...seed } of program.seeds) {
    add(seed);
    const step = Math.max(1, Math.floor(seed.rowCount / SAMPLED_ROW_COUNT));
    for (let index = 0; index < seed.rowCount; index += step) add(row(index));
    add(row(seed.rowCount - 1));
  }
  for (const { phases: _, ...iteration } of program.iterations) add(iteration);
  for (const phase of phasesOf(program)) add({ ...phase, operations: phase.operations() });
  return hash.digest("hex").slice(0, 16);
}

/** JSON with keys in order and bytes as text: how an object was written does not count. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (part instanceof Uint8Array) return `bytes ${createHash("sha256").update(part).digest("hex")}`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1));
  });
}

Deno.test("WORKLOADS ask under each version what they asked when that version was made", async (t) => {
  const digests = WORKLOADS.flatMap((workload) =>
    // The large scale is the same traffic at greater length.
    SCALES.filter((scale) => scale !== "large").map((scale) => {
      const of = (context: ProgramContext) =>
        trafficDigest(workload.program(workload.parameters[scale], context));
      return `${workloadKey(workload)} ${scale} ${of(PUBLISHED)} ${of(OTHER)}`;
    })
  );
  await t.assertSnapshot(digests);
});
