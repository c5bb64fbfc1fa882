/** Blocks in pages, for tests: of an adapter that misbehaves, and of real ones, small. */
import assert from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runBlockProcess } from "../../lib/cli/block_process.ts";
import { combineCells, selectAdapters, selectWorkloads } from "../../lib/cli/select_cells.ts";
import { type CellParameters, type RuntimeId, runtimeTitle } from "../../lib/model/mod.ts";
import { CHROMIUM_RELAY, chromiumPath, chromiumProfile } from "../../lib/runner/launchers/chromium.ts";
import { FIREFOX_RELAY, firefoxPath, firefoxProfile } from "../../lib/runner/launchers/firefox.ts";
import { CHROMIUM_PAGE, FIREFOX_PAGE } from "../../lib/runner/launchers/page_process.ts";
import { endBrowser, makeBundle, relayArgs } from "../../lib/runner/launchers/pages.ts";
import { ProcessTable } from "../../lib/runner/process_table.ts";
import { type BlockSpawn, spawnBlock, type SpawnedBlock } from "../../lib/runner/spawn_block.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";

/** A browser that pages are tried in. */
export interface TriedBrowser {
  readonly runtime: RuntimeId;
  readonly title: string;
  /** Whether there is none. */
  readonly isMissing: boolean;
  readonly path: string;
  readonly relay: string;
  profileArgument(profile: string): string;
}

function tried(
  runtime: RuntimeId,
  path: string | undefined,
  relay: string,
  profileArgument: TriedBrowser["profileArgument"],
  advice: string,
): TriedBrowser {
  const title = runtimeTitle(runtime);
  if (path === undefined) console.error(`Tests of pages of ${title} are skipped as there is none: ${advice}`);
  return { runtime, title, isMissing: path === undefined, path: path ?? "", relay, profileArgument };
}

/** See {@link TriedBrowser}. */
export const CHROMIUM: TriedBrowser = tried(
  "chromium",
  await chromiumPath(),
  CHROMIUM_RELAY,
  chromiumProfile,
  "apt-get install chromium",
);

/** See {@link TriedBrowser}. */
export const FIREFOX: TriedBrowser = tried(
  "firefox",
  await firefoxPath(),
  FIREFOX_RELAY,
  firefoxProfile,
  "apt-get install firefox-esr",
);

const FILE = fileURLToPath(new URL("../../lib/testing/children/misbehaving_page.ts", import.meta.url));

/** What a user, or whoever manages the machine, may set: no page may keep anything. */
const NO_STORAGE = { profile: { default_content_setting_values: { cookies: 2 } } };

/** Opens the adapter that misbehaves. `onOpen` is called with the profile when the page was asked to open. */
export async function spawnPage(
  browser: TriedBrowser,
  how: string,
  onOpen?: (profile: string) => Promise<void>,
): Promise<SpawnedBlock> {
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
      await Promise.all([opened, onOpen?.(`${folder}/profile`)]);
      throw new Error("A page that misbehaves has gone on");
    };
    spawned = await spawnBlock({
      executable: Deno.execPath(),
      args: relayArgs(browser.relay, { executable: browser.path, bundle, profile: `${folder}/profile` }),
      playsIn: "page",
      timeoutMs: how === "spins" ? 8000 : 30_000,
      signal: new AbortController().signal,
      onStep: () => {},
      run,
    });
    await endBrowser(browser.profileArgument(`${folder}/profile`));
  });
  return spawned!;
}

/** Ends the process of the page, as the kernel does when memory is short; waits until there is one. */
export async function killPage(browser: TriedBrowser, profile: string): Promise<void> {
  const table = new ProcessTable();
  try {
    for (let tries = 0; !await killedPage(table, browser.profileArgument(profile)); tries++) {
      if (tries === 200) throw new Error(`No process of a page has ${profile}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    table.close();
  }
}

/** Whether there was a process of the page. On a busy machine a browser names itself late. */
async function killedPage(table: ProcessTable, profileArgument: string): Promise<boolean> {
  const all = await table.all();
  const commands = new Map<number, string>();
  for (const { pid } of all) commands.set(pid, await table.commandOf(pid));
  const first = all.find(({ pid, groupId }) =>
    pid === groupId && commands.get(pid)!.includes(profileArgument)
  );
  if (first === undefined) return false;
  const pages = (await table.descendants(first.pid)).filter(({ pid, name }) =>
    name === FIREFOX_PAGE || commands.get(pid)?.includes(CHROMIUM_PAGE)
  );
  for (const { pid } of pages) process.kill(pid, "SIGKILL");
  return pages.length > 0;
}

/** Plays a block in a page, small, and answers its result. */
export async function played(
  runtime: RuntimeId,
  workload: string,
  id: string,
  parameters: CellParameters = {},
): Promise<Extract<SpawnedBlock["ending"], { kind: "result" }>["result"]> {
  const [selected] = combineCells(
    await selectWorkloads([workload]),
    await selectAdapters([id], []),
    ["smoke"],
    [{ runtime, ...parameters }],
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
