/** Screens and pages in real blocks. */
import { ok, strictEqual } from "node:assert/strict";
import type { MeasuredBlock } from "../model/mod.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { runBlockProcess } from "./block_process.ts";
import { combineCells, selectAdapter, selectWorkload } from "./select_cells.ts";

type BlockNumbers = Pick<MeasuredBlock, "verdict" | "phases" | "findings">;

async function blockOf(workload: string, adapter: string): Promise<BlockNumbers> {
  let numbers: BlockNumbers | undefined;
  await inTempFolder(async (tempDirectory) => {
    const [selected] = combineCells([await selectWorkload(workload)], [await selectAdapter(adapter)], [
      "smoke",
    ]);
    const { ending } = await runBlockProcess(
      selected!,
      { cell: selected!.cell, evidence: "digests", blockIndex: 0, position: 0 },
      {
        tempDirectory,
        keepTemp: false,
        seed: 0,
        timeoutMs: 60_000,
        signal: new AbortController().signal,
      },
      () => {},
    );
    ok(ending.kind === "result", JSON.stringify(ending));
    numbers = ending.result;
  });
  return numbers!;
}

Deno.test("watchlite never shows two commits on one screen", async () => {
  const { verdict, phases, findings } = await blockOf("dashboard", "watchlite");
  strictEqual(verdict, "converged", JSON.stringify(findings));
  strictEqual(phases[0]!.metrics["torn_turns_ratio"], 0);
  ok(phases[0]!.metrics["emissions_delivered"]! > 0);
});

Deno.test("watchlite delivers nothing to a page that was left", async () => {
  const { verdict, phases, findings } = await blockOf("navigation", "watchlite");
  strictEqual(verdict, "converged", JSON.stringify(findings));
  for (const { metrics } of phases) ok(metrics["first_result_p50_ns"]! > 0);
});
