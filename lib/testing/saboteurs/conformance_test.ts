/** The suite against adapters that are legal though unusual, and against those that lie. */
import assert from "node:assert/strict";
import { runConformance, type Scenario, type ScenarioResult, SCENARIOS } from "../../conformance/mod.ts";
import { tablesFor } from "../../conformance/fixtures.ts";
import type { Patience } from "../../conformance/scenario.ts";
import { loopback } from "../loopback.ts";
import { inTempFolder } from "../temp_folder.ts";
import { adapter } from "./saboteur.ts";
import { LEGAL_WAYS, LIES, SUITE_LIES, type Way } from "./ways.ts";

/** Quiet for longer than the slowest legal way waits, and than the lies that come late. */
const PATIENCE: Patience = { deadlineMs: 20_000, quietMs: 80, silenceMs: 400 };

/** Who lies never brings what is waited for: each of them would wait in vain until the deadline. */
const IMPATIENCE = { ...PATIENCE, deadlineMs: 500 };

async function run(
  way: Way,
  scenarios: readonly Scenario[],
  patience: Patience,
): Promise<readonly ScenarioResult[]> {
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
        patience,
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

type LegalWay = typeof LEGAL_WAYS[number];

/** Scenarios of the values ask the same of each kind of value: one stands for all. */
const OF_DELIVERIES =
  /^(values\/integers-everywhere|limit|watch|listener|pace|refusal|condition|shape|transaction|lasting\/silence)/;
const OF_ROWS =
  /^(values\/integers-everywhere|limit|watch|listener|shape|lasting\/(silence|rows-that-the-caller-overwrites))/;
const OF_ANSWERS = /^(write|batch|listener|pace|refusal|condition|transaction)/;

/** What could accuse each of them. What it has in common with the honest one is asked of that one. */
const ASKED: Readonly<Record<LegalWay, RegExp>> = {
  "is-honest": /^/,
  // With 50 ms for each delivery, scenarios with hundreds of them take minutes.
  "delivers-every-50-ms": /^(watch|pace)/,
  "delivers-superseded-states-late": OF_DELIVERIES,
  "repeats": OF_DELIVERIES,
  "coalesces": OF_DELIVERIES,
  "delivers-first-results-later": OF_DELIVERIES,
  "orders-keys-otherwise": OF_ROWS,
  "freezes-rows": OF_ROWS,
  "shares-arrays": OF_ROWS,
  "answers-with-thenables": OF_ANSWERS,
  "chatters": OF_ANSWERS,
  "prints-dots": OF_ANSWERS,
  "commits-in-groups-and-acknowledges-then": OF_ANSWERS,
};

for (const way of LEGAL_WAYS) {
  Deno.test(`runConformance() does not accuse an adapter that ${way}`, async () => {
    const asked = SCENARIOS.filter(({ key }) => !OF_THE_BASE.includes(key) && ASKED[way].test(key));
    const results = await run(way, asked, PATIENCE);
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
    const [result] = await run(way, scenarios, IMPATIENCE);
    assert.equal(result?.status, "failed", `${key} ended as ${result?.status}: ${result?.reason}`);
  });
}
