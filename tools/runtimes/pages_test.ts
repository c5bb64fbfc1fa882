import assert from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runBlockProcess } from "../../lib/cli/block_process.ts";
import { combineCells, selectAdapters, selectWorkloads } from "../../lib/cli/select_cells.ts";
import type { CellParameters } from "../../lib/model/mod.ts";
import { chromiumPath, endBrowser, makeBundle, relayArgs } from "../../lib/runner/launchers/chromium.ts";
import { type BlockSpawn, spawnBlock, type SpawnedBlock } from "../../lib/runner/spawn_block.ts";
import { ProcessTable } from "../../lib/runner/process_table.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";

const path = await chromiumPath();
const ignore = path === undefined;
if (ignore) console.error("Tests of pages are skipped as there is no Chromium: apt-get install chromium");

const FILE = fileURLToPath(new URL("../../lib/testing/children/misbehaving_page.ts", import.meta.url));

const FAULTS: readonly (readonly [how: string, reason: RegExp])[] = [
  ["throws", /it would not open/],
  ["rejects in the background", /exited with code 1 during open/],
  ["spins", /Timed out after 8000 ms during open/],
  ["floods", /Printed more than 16 MiB/],
  ["fills the quota", /quota|storage|space/i],
  ["is denied storage", /denied|not allowed|SecurityError|UnknownError/i],
  ["forges a message", /wrote into the channel that belongs to the bench/],
];

/** What a user, or whoever manages the machine, may set: no page may keep anything. */
const NO_STORAGE = { profile: { default_content_setting_values: { cookies: 2 } } };

/** `onOpen` is called with the profile when the page was asked to open. */
async function spawn(how: string, onOpen?: (profile: string) => Promise<void>): Promise<SpawnedBlock> {
  let spawned: SpawnedBlock | undefined;
  await inTempFolder(async (folder) => {
    const bundle = `${folder}/bundle`;
    await makeBundle({ adapter: "misbehaving-page", file: FILE, folder: bundle });
    if (how === "is denied storage") {
      await Deno.mkdir(`${folder}/profile/Default`, { recursive: true });
      await Deno.writeTextFile(`${folder}/profile/Default/Preferences`, JSON.stringify(NO_STORAGE));
    }
    const run: BlockSpawn["run"] = async ({ player, onStep }) => {
      onStep("load");
      await player.begin({
        adapter: "misbehaving-page",
        options: { how },
        key: { a: 1, b: 2 },
        keepsRows: false,
        patience: { finalQuietMs: 1, quietMs: 1, deadlineMs: 1 },
      });
      onStep("open");
      const opened = player.open({ directory: "session-0", tables: [], database: "new" });
      await onOpen?.(`${folder}/profile`);
      await opened;
      throw new Error("A page that misbehaves has gone on");
    };
    spawned = await spawnBlock({
      executable: Deno.execPath(),
      args: relayArgs({ executable: path!, bundle, profile: `${folder}/profile` }),
      playsIn: "page",
      timeoutMs: how === "spins" ? 8000 : 30_000,
      signal: new AbortController().signal,
      onStep: () => {},
      run,
    });
    await endBrowser(`${folder}/profile`);
  });
  return spawned!;
}

for (const [how, reason] of FAULTS) {
  Deno.test({
    name: `spawnBlock() gives the reason when a page ${how}`,
    ignore,
    fn: async () => {
      const { ending } = await spawn(how);
      assert.equal(ending.kind, "failed", JSON.stringify(ending));
      assert.match((ending as { reason: string }).reason, reason);
    },
  });
}

/** Ends the process of the page, as the kernel does when memory is short. */
async function killPage(profile: string): Promise<void> {
  const table = new ProcessTable();
  try {
    const all = await table.all();
    const commands = new Map<number, string>();
    for (const { pid } of all) commands.set(pid, await table.commandOf(pid));
    const browser = all.find(({ pid, groupId }) =>
      pid === groupId && commands.get(pid)!.includes(`--user-data-dir=${profile}`)
    );
    for (const { pid, groupId } of all) {
      if (groupId !== browser!.groupId || !commands.get(pid)!.includes("--type=renderer")) continue;
      process.kill(pid, "SIGKILL");
    }
  } finally {
    table.close();
  }
}

Deno.test({
  name: "spawnBlock() gives the reason when the process of a page is killed",
  ignore: ignore || Deno.build.os !== "linux",
  fn: async () => {
    const { ending, output } = await spawn("waits", killPage);
    assert.equal(ending.kind, "failed", JSON.stringify(ending));
    assert.match((ending as { reason: string }).reason, /exited with code 1 during open/);
    assert.ok(output.includes("The page crashed"), output.join("\n"));
  },
});

Deno.test({
  name: "spawnBlock() takes a page without its driver for a skip",
  ignore,
  fn: async () =>
    assert.deepEqual((await spawn("has no driver")).ending, { kind: "skip", reason: "no driver" }),
});

/** Plays a block in a page, small, and answers its result. */
async function played(
  workload: string,
  id: string,
  parameters: CellParameters = {},
): Promise<Extract<SpawnedBlock["ending"], { kind: "result" }>["result"]> {
  const [selected] = combineCells(
    await selectWorkloads([workload]),
    await selectAdapters([id], []),
    ["smoke"],
    [{ runtime: "chromium", ...parameters }],
  );
  let spawned: SpawnedBlock | undefined;
  await inTempFolder(async (tempDirectory) => {
    spawned = await runBlockProcess(
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
  });
  const { ending, output } = spawned!;
  assert.equal(ending.kind, "result", `${JSON.stringify(ending)}\n${output.join("\n")}`);
  const { result } = ending as Extract<typeof ending, { kind: "result" }>;
  assert.deepEqual([result.verdict, result.findings], ["converged", []]);
  return result;
}

for (const id of ["dexie", "tinybase", "sqlite-opfs"]) {
  Deno.test({
    name: `${id} converges in chromium on keyed-pk, small`,
    ignore,
    fn: async () => {
      const { facts, metrics } = await played("keyed-pk", id);
      assert.equal(facts["crossOriginIsolated"], "true");
      // Fine enough to tell operations of 50 us.
      assert.ok(metrics["clock_step_ns"]! <= 5000);
      assert.ok(metrics["peak_memory_bytes"]! > 0);
      assert.ok(metrics["browser_memory_bytes"]! > 0);
      const {
        page_script_bytes: script,
        page_wasm_bytes: wasm,
        page_gzip_bytes: gzip,
        page_brotli_bytes: brotli,
      } = metrics;
      assert.equal(wasm! > 0, id === "sqlite-opfs");
      assert.ok(0 < brotli! && brotli! < gzip! && gzip! < script! + wasm!);
      assert.equal(metrics["stored_bytes"] !== undefined, id !== "tinybase");
    },
  });
}

for (const workload of ["first-start", "cold-start"]) {
  Deno.test({
    name: `a page tells its time from the navigation to the first result on ${workload}`,
    ignore,
    fn: async () => {
      const { phases } = await played(workload, "dexie");
      const timed = phases.filter(({ metrics }) => metrics["navigation_ns"] !== undefined);
      assert.deepEqual(
        timed.map(({ name }) => name),
        workload === "first-start" ? ["empty"] : ["after-close", "after-kill"],
      );
      for (const { metrics } of timed) {
        // The whole is more than its parts that are told as well.
        const parts = metrics["page_start_ns"]! + metrics["first_result_ns"]!;
        assert.ok(
          metrics["page_start_ns"]! > 0 && metrics["navigation_ns"]! > parts,
          JSON.stringify(metrics),
        );
      }
    },
  });
}

Deno.test({
  name: "a page that draws counts its frames, and shows what it showed without",
  ignore,
  fn: async () => {
    const { phases: [drawn] } = await played("fan-out", "tinybase", { render: "dom" });
    for (const id of ["animation_frames_missed", "long_animation_frames", "frames_blocked_ns"]) {
      assert.ok(drawn!.metrics[id]! >= 0, id);
    }
    assert.ok(drawn!.metrics["render_ns"]! > 0);
    const { phases: [plain] } = await played("fan-out", "tinybase");
    assert.equal(plain!.metrics["render_ns"], undefined);
  },
});
