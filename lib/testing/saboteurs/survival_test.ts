/** Saboteurs that keep less than they claim, in real processes that are killed: each is caught, and nobody else. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { selectAdapter } from "../../cli/select_cells.ts";
import { SURVIVAL_KEYS, survivalResults } from "../../conformance/survival_results.ts";
import type { ScenarioResult } from "../../conformance/scenario.ts";
import { moduleUrl, outsideAccess } from "../../runner/outside_module.ts";
import { inTempFolder } from "../temp_folder.ts";
import { FORGETTERS, MODEST_WAYS, type Way } from "./ways.ts";

const MODULE = new URL("saboteur.ts", import.meta.url).pathname;
/** With it the second kill comes during a batch. */
const SEED = 9;

async function resultsOf(way: Way): Promise<ScenarioResult[]> {
  const { adapter } = await selectAdapter(`${MODULE}:way=${way}`);
  const url = moduleUrl(MODULE);
  const { configPath } = outsideAccess(url);
  const place = configPath === undefined ? {} : { configPath };
  let results: ScenarioResult[] = [];
  await inTempFolder(async (directory) => {
    const target = { adapter, options: { way }, moduleUrl: url, ...place };
    results = await survivalResults({ target, directory, seed: SEED, timeoutMs: 60_000 });
  });
  return results;
}

const KILLED =
  /^Of \d+ writes that were acknowledged before its process was killed, \d+ were there afterwards/;

/** What must be said of each. */
const REASONS: Readonly<Record<typeof FORGETTERS[number], RegExp>> = {
  "keeps-data-in-memory": KILLED,
  "saves-a-snapshot-now-and-then": KILLED,
  "acknowledges-before-its-commit": KILLED,
  "commits-every-50-ms": KILLED,
  "deletes-its-file-at-close": /^The directory cannot be opened again|cannot be read/,
  "pauses-halfway-in-a-batch": /shows no committed state/,
};

for (const way of FORGETTERS) {
  Deno.test(`survivalResults() finds out who ${way}`, async () => {
    const failed = (await resultsOf(way)).filter(({ status }) => status === "failed");
    strictEqual(failed.length, 1);
    const expected = way === "deletes-its-file-at-close" ? SURVIVAL_KEYS.close : SURVIVAL_KEYS.kill;
    strictEqual(failed[0]!.key, expected);
    match(failed[0]!.reason, REASONS[way]);
  });
}

for (const way of ["is-honest", "commits-in-groups-and-acknowledges-then", ...MODEST_WAYS] as const) {
  Deno.test(`survivalResults() accuses nobody who ${way}`, async () => {
    deepStrictEqual((await resultsOf(way)).filter(({ status }) => status === "failed"), []);
  });
}
