import { deepStrictEqual, ok } from "node:assert/strict";
import { insert, type Table } from "../model/mod.ts";
import type { SpawnedBlock } from "../runner/mod.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { playInProcess, runBlockProcess } from "./block_process.ts";
import { combineCells, selectAdapter, selectWorkload } from "./select_cells.ts";
import { makeTempDirectory } from "./temp_directory.ts";

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

/** What the bench reads of a server that was asked to write many rows, nanoseconds; a reason where it cannot start. */
async function serverCpuOfWrites(rowCount: number): Promise<{ cpuNs: number } | { unavailable: string }> {
  const table: Table = {
    name: "items",
    columns: [{ name: "id", type: "integer" }, { name: "body", type: "text" }],
    primaryKey: "id",
    indexes: [{ name: "items_body", columns: [{ column: "body" }] }],
  };
  const statement = insert({ table: "items", columns: ["id", "body"] });
  const rows = Array.from({ length: rowCount }, (_, index) => [index, `text ${index * 7919 % rowCount}`]);
  let cpuNs: number | undefined;
  let spawned: SpawnedBlock | undefined;
  const tempDirectory = await makeTempDirectory();
  try {
    const [selected] = combineCells(
      [await selectWorkload("keyed-pk")],
      [await selectAdapter("postgres:commit=async")],
      ["smoke"],
    );
    spawned = await playInProcess(
      selected!,
      { cell: selected!.cell, blockIndex: 0, position: 0, evidence: "digests" },
      { tempDirectory, keepTemp: false, seed: 0, timeoutMs: 60_000, signal: new AbortController().signal },
      () => {},
      async ({ player, begin, makeDirectory, readings }) => {
        await player.begin(begin);
        const directory = await makeDirectory("session");
        await player.open({ directory, database: "new", tables: [table] });
        const before = await readings.serverCpuNs();
        await player.seed({ statement, rows });
        const after = await readings.serverCpuNs();
        cpuNs = before === undefined || after === undefined ? undefined : after - before;
        await player.close();
        const nothing = { findings: [], findingCount: 0, metrics: {}, phases: [], facts: {}, warnings: [] };
        return { kind: "result", result: { verdict: "converged", ...nothing } };
      },
    );
  } finally {
    await Deno.remove(tempDirectory, { recursive: true });
  }
  if (spawned.ending.kind === "skip") return { unavailable: spawned.ending.reason };
  ok(cpuNs !== undefined, JSON.stringify(spawned));
  return { cpuNs };
}

Deno.test({
  name:
    "playInProcess() reads the processor time of PostgreSQL's backends, which no process of the child started itself",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const few = await serverCpuOfWrites(1);
    if ("unavailable" in few) return console.warn(`SKIPPED postgres: ${few.unavailable}`);
    const many = await serverCpuOfWrites(100_000);
    ok("cpuNs" in many);
    // Readings come in ticks of 10 ms. The rows with their index need hundreds of milliseconds on any machine.
    ok(many.cpuNs >= few.cpuNs + 50e6, `${few.cpuNs} ns for one row, ${many.cpuNs} ns for 100,000`);
  },
});
