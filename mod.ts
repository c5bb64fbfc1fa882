/**
 * Watchbench: benchmarks for reactive databases (live queries).
 *
 * Define an adapter or a workload, run a block of one on the other, load stored runs, compare and render them.
 * `deno task bench` is built from the same parts. Run as a program, `deno run -A jsr:@watchbench/watchbench <command>`, it
 * is the command line.
 *
 * ```ts
 * import { insert, select, type Table, Truth } from "watchbench";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const notes: Table = {
 *   name: "notes",
 *   columns: [{ name: "id", type: "integer" }, { name: "body", type: "text" }],
 *   primaryKey: "id",
 *   indexes: [],
 * };
 * const addNote = insert({ table: "notes", columns: ["id", "body"] });
 * const readNotes = select({
 *   table: "notes",
 *   columns: ["body"],
 *   where: [],
 *   orderBy: [{ column: "id", descending: false }],
 * });
 *
 * // One logical form: SQL for those who speak it, plain data for the others, and the truth to judge both.
 * deepStrictEqual(addNote.sql, "INSERT INTO notes(id, body) VALUES (?, ?)");
 * const truth = new Truth([notes], []);
 * truth.apply({ kind: "write", label: "add", statement: addNote, args: [1, "hello"] });
 * deepStrictEqual(truth.read(readNotes, []), [{ body: "hello" }]);
 * ```
 *
 * @module
 */

// Define: adapters, workloads, statements, and everything that a record holds.
export * from "./lib/model/mod.ts";
export { adapterById, ADAPTERS } from "./lib/adapters/mod.ts";
export { findWorkload, WORKLOADS } from "./workloads/mod.ts";
export { METRICS } from "./lib/metrics/mod.ts";

// Run: one block in this process, judged by the oracle.
export type { Clock, FineClock } from "./lib/clock/mod.ts";
export { type ChildRuntime, type CpuReading, findLibc, type Screen } from "./lib/runtime/mod.ts";
export { denoRuntime } from "./lib/runtime/deno.ts";
export {
  type MatchFault,
  type PhaseExpectation,
  type PhasePlace,
  type State,
  type StreamTrace,
  type Ties,
  Truth,
} from "./lib/oracle/mod.ts";
export { ChildPlayer, type PlayerHost } from "./lib/child/mod.ts";
export {
  type BlockResult,
  type BlockRun,
  ChildGoneError,
  type NextProcess,
  type ProcessReadings,
  runBlock,
  type Soak,
} from "./lib/runner/mod.ts";
export { Digester, type DigestKey, type Places, randomDigestKey } from "./lib/protocol/digester.ts";
export type * from "./lib/protocol/player.ts";

// Load, summarize, compare, render: stored runs.
export {
  type ListedRun,
  listRuns,
  loadRun,
  loadTimeline,
  type Migration,
  type RawObject,
  type RunList,
  type Stray,
} from "./lib/record/mod.ts";
export * from "./lib/report/mod.ts";
export type { Estimate, Interval, RatioEstimate, TwoSampleComparison } from "./lib/stats/mod.ts";

if (import.meta.main) {
  const { watchbench } = await import("./scripts/watchbench.ts");
  Deno.exit(await watchbench(Deno.args));
}
