import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { adapterById, ADAPTERS } from "../../lib/adapters/mod.ts";
import type { SessionTarget } from "../../lib/cli/session_child.ts";
import { optionVariants } from "../../lib/conformance/find_targets.ts";
import { survivalResults } from "../../lib/conformance/survival_results.ts";
import type { ScenarioResult } from "../../lib/conformance/scenario.ts";
import { type Adapter, defaultOptions, type OptionValues, runtimesOf } from "../../lib/model/adapter.ts";
import { chromiumPath } from "../../lib/runner/launchers/chromium.ts";
import { firefoxPath } from "../../lib/runner/launchers/firefox.ts";
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
  runtime: "chromium" | "firefox" = "chromium",
): Promise<ScenarioResult[]> {
  const adapter = adapterById(id);
  let results: ScenarioResult[] = [];
  await inTempFolder(async (directory) => {
    const launch = await LAUNCHERS[runtime].launch({
      adapter,
      directory,
      sharedDirectory: directory,
      downloads: true,
      checkout: ROOT,
      onStep: () => {},
    });
    const target: SessionTarget = {
      adapter,
      options: { ...defaultOptions(adapter, runtime), ...options },
      elsewhere: { runtime, launch },
    };
    results = await survivalResults({
      target,
      directory: await launch.makePlace("session"),
      seed: SEED,
      timeoutMs: 300_000,
    });
  });
  return results;
}

/**
 * What an adapter is opened with in pages, once for each storage: the defaults, and the values of options that change what
 * it promises there. Choices that promise nothing are left out.
 */
function durableChoices(adapter: Adapter): OptionValues[] {
  const promiseOf = (options: OptionValues) => adapter.capabilities(options, "chromium").durability;
  const [defaults, ...others] = optionVariants(adapter, "chromium") as [OptionValues, ...OptionValues[]];
  const changedIn = (options: OptionValues) =>
    Object.keys(options).find((name) => options[name] !== defaults[name])!;
  const deciding = new Set(
    others.filter((options) => promiseOf(options) !== promiseOf(defaults)).map(changedIn),
  );
  return [defaults, ...others.filter((options) => deciding.has(changedIn(options)))]
    .filter((options) => promiseOf(options) !== "none");
}

/** One on IndexedDB by transactions, one on OPFS by synchronous handles; all of them take too long for each commit. */
const USUAL: readonly string[] = ["dexie", "sqlite-opfs"];
const TRIES_ALL = Deno.env.get("WATCHBENCH_KILLS") === "all";

for (const adapter of ADAPTERS.filter((one) => runtimesOf(one).includes("chromium"))) {
  for (const options of durableChoices(adapter)) {
    const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
    const mayLose = adapter.capabilities(options, "chromium").durability === "relaxed";
    Deno.test({
      name: `${adapter.id}[${chosen}] ${
        mayLose ? "loses the last writes at most" : "keeps what it has acknowledged"
      } when its browser is killed, and nothing when it is closed`,
      ignore: ignore || !(TRIES_ALL || USUAL.includes(adapter.id)),
      fn: async () => {
        const [kill, close] = await resultsOf(adapter.id, options);
        assert.deepEqual([kill!.status, close!.status], ["passed", "passed"], kill!.reason + close!.reason);
        assert.equal(close!.reason, "");
        if (!mayLose) assert.equal(kill!.reason, "");
      },
    });
  }
}

for (const id of USUAL) {
  Deno.test({
    name: `${id} keeps what it has acknowledged when its Firefox is killed, and nothing when it is closed`,
    ignore: await firefoxPath() === undefined,
    fn: async () => {
      const results = await resultsOf(id, {}, "firefox");
      assert.deepEqual(results.map(({ status, reason }) => [status, reason]), [["passed", ""], ["passed", ""]]);
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
