import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { adapterById } from "../../lib/adapters/mod.ts";
import { runBlockProcess } from "../../lib/cli/block_process.ts";
import { combineCells, selectAdapters, selectWorkloads } from "../../lib/cli/select_cells.ts";
import type { RuntimeId } from "../../lib/model/mod.ts";
import { LAUNCHERS } from "../../lib/runner/launchers/mod.ts";
import { type BlockSpawn, spawnBlock, type SpawnedBlock } from "../../lib/runner/spawn_block.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";

/** Children that misbehave end alike in every runtime that has processes. */
const RUNTIMES = ["node", "bun"] as const;

const MISBEHAVE = fileURLToPath(new URL("../../lib/testing/children/misbehave.ts", import.meta.url));

const FAULTS: readonly (readonly [behaviour: string, reason: RegExp, then?: "open"])[] = [
  ["exits-early", /exited with code 7 during load, without a result/],
  ["crashes", /exited with code 1/],
  ["hangs", /Timed out after 3000 ms during load/],
  ["spins", /Timed out after 3000 ms during load/],
  ["is-killed", /was killed by SIGKILL during open/, "open"],
  ["floods", /Printed more than 16 MiB/],
  ["says-half-a-message", /SyntaxError/],
  ["forges-a-message", /wrote into the channel that belongs to the bench/],
];

async function spawn(runtime: RuntimeId, behaviour: string, then?: "open"): Promise<SpawnedBlock> {
  const run: BlockSpawn["run"] = async ({ player, onStep }) => {
    onStep("load");
    await player.begin({
      adapter: "fake",
      options: {},
      key: { a: 1, b: 2 },
      keepsRows: false,
      patience: { finalQuietMs: 1, quietMs: 1, deadlineMs: 1 },
    });
    if (then === "open") {
      onStep("open");
      await player.open({ directory: ".", tables: [], database: "new" });
    }
    throw new Error("A child that misbehaves has gone on");
  };
  const { executable } = await LAUNCHERS[runtime].launch({
    adapter: adapterById("node-sqlite"),
    directory: ".",
    sharedDirectory: ".",
    downloads: false,
    checkout: ".",
    onStep: () => {},
  });
  return await spawnBlock({
    executable,
    args: [MISBEHAVE, behaviour],
    timeoutMs: ["hangs", "spins"].includes(behaviour) ? 3000 : 60_000,
    signal: new AbortController().signal,
    onStep: () => {},
    run,
  });
}

for (const runtime of RUNTIMES) {
  for (const [behaviour, reason, then] of FAULTS) {
    Deno.test(`spawnBlock() gives the reason when a child in ${runtime} ${behaviour.replaceAll("-", " ")}`, async () => {
      const { ending } = await spawn(runtime, behaviour, then);
      assert.equal(ending.kind, "failed");
      assert.match((ending as { reason: string }).reason, reason);
    });
  }
}

/** Adapters of every kind: the engine with its threads, a driver of npm, one with native code. */
const SMOKED = ["watchlite", "tinybase", "better-sqlite3"];

for (const runtime of RUNTIMES) {
  for (const id of SMOKED) {
    Deno.test(`${id} converges in ${runtime} on keyed-pk, small`, async () => {
      const [selected] = combineCells(
        await selectWorkloads(["keyed-pk"]),
        await selectAdapters([id], []),
        ["smoke"],
        [{ runtime }],
      );
      await inTempFolder(async (tempDirectory) => {
        const { ending, output } = await runBlockProcess(selected!, {
          cell: selected!.cell,
          evidence: "digests",
          blockIndex: 0,
          position: 0,
        }, {
          tempDirectory,
          keepTemp: false,
          seed: 0,
          timeoutMs: 60_000,
          signal: new AbortController().signal,
        }, () => {});
        assert.equal(ending.kind, "result", `${JSON.stringify(ending)}\n${output.join("\n")}`);
        const { verdict, findings, facts, metrics } =
          (ending as Extract<typeof ending, { kind: "result" }>).result;
        assert.deepEqual([verdict, findings], ["converged", []]);
        assert.match(facts["runtime"]!, new RegExp(`^${runtime} \\d`));
        assert.ok(metrics["clock_step_ns"]! > 0);
      });
    });
  }
}
