import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { adapterById } from "../../lib/adapters/mod.ts";
import type { SessionTarget } from "../../lib/cli/session_child.ts";
import { SURVIVAL_KEYS, survivalResults } from "../../lib/conformance/survival_results.ts";
import type { ScenarioResult } from "../../lib/conformance/scenario.ts";
import { defaultOptions } from "../../lib/model/adapter.ts";
import { chromiumPath } from "../../lib/runner/launchers/chromium.ts";
import { LAUNCHERS } from "../../lib/runner/launchers/mod.ts";
import { inTempFolder } from "../../lib/testing/temp_folder.ts";

const ignore = await chromiumPath() === undefined;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SEED = 7;

/**
 * What pages acknowledge, and the browser is killed: a kill while the page stands still behind an acknowledgement, one in
 * mid-burst, and a close, each followed by another browser on the same profile.
 */
async function resultsOf(
  id: string,
  options: Readonly<Record<string, string>> = {},
): Promise<ScenarioResult[]> {
  const adapter = adapterById(id);
  let results: ScenarioResult[] = [];
  await inTempFolder(async (directory) => {
    const launch = await LAUNCHERS.chromium.launch({
      adapter,
      directory,
      sharedDirectory: directory,
      downloads: true,
      checkout: ROOT,
      onStep: () => {},
    });
    const target: SessionTarget = {
      adapter,
      options: { ...defaultOptions(adapter, "chromium"), ...options },
      elsewhere: { runtime: "chromium", launch },
    };
    results = await survivalResults({
      target,
      directory: await launch.makePlace("session"),
      seed: SEED,
      timeoutMs: 120_000,
    });
  });
  return results;
}

/** Each stands on another storage: IndexedDB by transactions, OPFS by synchronous handles. */
for (const id of ["dexie", "sqlite-opfs"]) {
  Deno.test({
    name: `${id} keeps what it has acknowledged when its browser is killed`,
    ignore,
    fn: async () => {
      const results = await resultsOf(id);
      assert.deepEqual(results, [
        { key: SURVIVAL_KEYS.kill, status: "passed", reason: "" },
        { key: SURVIVAL_KEYS.close, status: "passed", reason: "" },
      ]);
    },
  });
}

for (const persister of ["indexeddb", "opfs"]) {
  Deno.test({
    name:
      `survivalResults() tells what a kill took of a page that saves to ${persister} behind its acknowledgements`,
    ignore,
    fn: async () => {
      const [kill] = await resultsOf("tinybase", { persister });
      assert.equal(kill!.status, "passed");
      assert.match(kill!.reason, /^As it declares, kills took acknowledged writes: \d+ of \d+/);
    },
  });
}
