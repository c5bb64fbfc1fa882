import { deepStrictEqual, ok } from "node:assert/strict";
import { inTempFolder } from "../testing/temp_folder.ts";
import { runBlockProcess } from "./block_process.ts";
import { combineCells, selectAdapter, selectWorkload } from "./select_cells.ts";

const PRYING = new URL("../testing/prying_adapter.ts", import.meta.url).pathname;

Deno.test("runBlockProcess() gives an adapter its own directory and nothing else when it declares nothing", () =>
  inTempFolder(async (tempDirectory) => {
    const [selected] = combineCells([await selectWorkload("keyed-pk")], [await selectAdapter(PRYING)], [
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
    deepStrictEqual(ending.result.facts, {
      "runtime": `deno ${Deno.version.deno}`,
      "v8": Deno.version.v8,
      "own directory": "got",
      "other files": "NotCapable",
      "other folders": "NotCapable",
      "environment": "NotCapable",
      "network": "NotCapable",
      "programs": "NotCapable",
      "system": "NotCapable",
      "C library": "NotCapable",
    });
    ok(
      ending.result.phases.every(({ metrics }) => metrics["caller_cpu_ns"]! > 0),
      "the clock that was opened before still runs",
    );
  }));

Deno.test({
  name: "runBlockProcess() tells the memory of the child, however large this process is",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inTempFolder(async (tempDirectory) => {
      // The mark that survives a program's start on Linux is that of whoever started it: larger than any child here.
      const ballast = new Uint8Array(400_000_000).fill(1);
      const [selected] = combineCells([await selectWorkload("keyed-pk")], [
        await selectAdapter("node-sqlite"),
      ], [
        "smoke",
      ]);
      const { ending } = await runBlockProcess(
        selected!,
        { cell: selected!.cell, blockIndex: 0, position: 0, evidence: "digests" },
        { tempDirectory, keepTemp: false, seed: 0, timeoutMs: 60_000, signal: new AbortController().signal },
        () => {},
      );
      ok(ending.kind === "result", JSON.stringify(ending));
      const peakBytes = ending.result.metrics["peak_memory_bytes"]!;
      ok(peakBytes > 20_000_000 && peakBytes < ballast.length * 0.75, `${peakBytes} bytes`);
    }),
});
