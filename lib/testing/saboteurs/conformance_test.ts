/** The suite against adapters that are legal though unusual, and against those that lie. */
import assert from "node:assert/strict";
import { runConformance, type Scenario, type ScenarioResult, SCENARIOS } from "../../conformance/mod.ts";
import { tablesFor } from "../../conformance/fixtures.ts";
import { loopback } from "../loopback.ts";
import { inTempFolder } from "../temp_folder.ts";
import { adapter } from "./saboteur.ts";
import { LEGAL_WAYS, LIES, SUITE_LIES, type Way } from "./ways.ts";

/** Quiet for longer than the slowest legal way waits, and than the lies that come late. */
const PATIENCE = { deadlineMs: 2000, quietMs: 80, silenceMs: 400 };

async function run(way: Way, scenarios: readonly Scenario[]): Promise<readonly ScenarioResult[]> {
  let results: readonly ScenarioResult[] = [];
  await inTempFolder(async (folder) => {
    const options = { way };
    const link = await loopback(adapter, options);
    const capabilities = adapter.capabilities(options);
    let sessionCount = 0;
    try {
      results = await runConformance({
        capabilities,
        openSession: async (tables = tablesFor(capabilities)) => {
          const directory = `${folder}/${sessionCount++}`;
          await Deno.mkdir(directory);
          return await link.open({ directory, database: "new", tables });
        },
        takeBackground: () => link.takeBackground(),
        patience: PATIENCE,
        scenarios,
      });
    } finally {
      link.leave();
    }
  });
  return results;
}

/** What node:sqlite gets wrong is no fault of the way. */
const OF_THE_BASE = [
  "values/text-with-zero-character",
  // The first time after a schema has changed, a prepared statement answers with the columns of before.
  "schema/column-is-added-while-watching",
];

/** With 50 ms for each delivery, scenarios with hundreds of them take minutes: it is asked for those of pace. */
const SLOW: Way = "delivers-every-50-ms";

for (const way of LEGAL_WAYS) {
  Deno.test(`runConformance() does not accuse an adapter that ${way}`, async () => {
    const asked = SCENARIOS.filter(({ key }) =>
      !OF_THE_BASE.includes(key) && (way !== SLOW || /^(watch|pace)/.test(key))
    );
    const results = await run(way, asked);
    assert.deepEqual(results.filter(({ status }) => status === "failed"), []);
  });
}

const CAUGHT_BY: Readonly<Record<typeof LIES[number] | typeof SUITE_LIES[number], string>> = {
  "skips-unwatched-writes": "write/visible-to-next-read",
  "keeps-half-of-each-batch": "watch/count",
  "shows-a-batch-before-its-commit": "refusal/batch-that-ends-with-a-duplicate-key",
  "shows-null-as-text": "values/null-everywhere",
  "trims-text": "values/text-that-looks-like-something-else",
  "normalizes-text": "values/text-that-looks-like-something-else",
  "makes-numbers-of-text": "values/text-that-looks-like-something-else",
  "shows-32-bits": "values/integers-everywhere",
  "shortens-large-windows": "limit/windows-of-49-to-1000",
  "shows-old-states-again": "lasting/silence-after-the-last-write",
  "loses-the-last-change": "watch/last-emission-equals-final-state",
  "misreads": "read/by-key",
  "brings-no-live-queries": "watch/count",
  "changes-rows-afterwards": "watch/rows-do-not-change-afterwards",
  "swallows-refusals": "refusal/duplicate-key",
  "shows-what-was-refused": "refusal/duplicate-key",
  "shows-old-states-late": "lasting/silence-after-the-last-write",
  "delivers-after-its-end": "lasting/silence-after-the-last-write",
  "keeps-closed-live-queries": "lasting/memory-of-closed-live-queries",
  "forgets-the-last-of-a-rollback": "transaction/rolls-back",
};

for (const way of [...LIES, ...SUITE_LIES]) {
  const key = CAUGHT_BY[way];
  Deno.test(`runConformance() catches an adapter that ${way} by ${key}`, async () => {
    const scenarios = SCENARIOS.filter((scenario) => scenario.key === key);
    assert.equal(scenarios.length, 1);
    const [result] = await run(way, scenarios);
    assert.equal(result?.status, "failed", `${key} ended as ${result?.status}: ${result?.reason}`);
  });
}
