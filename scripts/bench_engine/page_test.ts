import assert from "node:assert/strict";
import { loadRun } from "../../lib/record/mod.ts";
import { type EngineBench, enginePage } from "./page.ts";

Deno.test("enginePage() gives the stored page when given the stored samples and runs", () => {
  const bench = JSON.parse(Deno.readTextFileSync("results/engine-targets.json")) as EngineBench;
  const runs = bench.runs.map((id) => loadRun(`results/${id}`));
  assert.equal(enginePage(bench, runs), Deno.readTextFileSync("results/engine-targets.md"));
});
