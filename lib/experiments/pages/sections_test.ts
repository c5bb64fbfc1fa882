import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { RunRecord } from "../../model/mod.ts";
import { recordFixture, storeFixture } from "../../testing/record_fixture.ts";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { type SectionedPage, writeSections } from "./sections.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const RUN = "run 2026-11-28T09-14-38-three-questions fan-out@3 burst";

function section(order: string): { readonly lines: readonly string[]; readonly faults: readonly string[] } {
  const page = `<!-- generated: ${order} -->\n<!-- /generated -->\n`;
  const source = { root: ROOT, research: { experiments: [], directions: [], lessons: [], faults: [] } };
  const { text, faults } = writeSections("PAGE.md", page, source);
  return { lines: text.split("\n"), faults: faults.map(({ message }) => message) };
}

function headings(order: string): string[] {
  const { lines } = section(order);
  return lines.find((line) => line.startsWith("|"))!.split("|").slice(1, -1).map((title) => title.trim());
}

Deno.test("writeSections() draws the columns that a run's section names, in their order, and all without any", () => {
  deepStrictEqual(headings(`${RUN} adapter,shown-p99,done`), ["adapter", "shown p99", "done"]);
  deepStrictEqual(headings(RUN).slice(0, 4), ["adapter", "class", "waits", "verdict"]);
});

Deno.test("writeSections() draws the first table that has all columns, not the first one alone", () => {
  deepStrictEqual(headings(`${RUN} adapter,loop-delay,subscribe`), ["adapter", "loop delay", "subscribe"]);
  // Each is a column, of two tables.
  match(section(`${RUN} adapter,loop-delay,done`).faults[0]!, /"loop-delay" is in none with the others/);
});

Deno.test("writeSections() offers what was meant when a run has no such column", () => {
  match(
    section(`${RUN} adapter,shown-p9`).faults[0]!,
    /must have the columns.*shown-p99.*"shown-p9" is in none with the others/,
  );
});

/** The fixture, in which everybody on keyed-pk runs in a page as well. */
function inPages(): RunRecord {
  const record = recordFixture();
  const { settings: { cells }, environment, capabilities } = record;
  const twins = cells.filter(({ workload }) => workload === "keyed-pk").map((cell) => ({
    ...cell,
    key: `${cell.key}/runtime=chromium`,
    parameters: { runtime: "chromium" },
  }));
  const blocks = twins.flatMap(({ key }) => {
    const first = key.slice(0, -"/runtime=chromium".length);
    return record.results.filter(({ cellKey }) => cellKey === first).map((block) => ({
      ...block,
      cellKey: key,
    }));
  });
  const results = [...record.results, ...blocks].map((block, position) => ({ ...block, position }));
  return {
    ...record,
    settings: { ...record.settings, cells: [...cells, ...twins] },
    environment: { ...environment, runtimes: { chromium: "156.0.8078.108" } },
    capabilities: {
      ...capabilities,
      ...Object.fromEntries(
        twins.map(({ key }) => [key, capabilities[key.slice(0, -"/runtime=chromium".length)]!]),
      ),
    },
    results,
  };
}

async function written(order: string): Promise<SectionedPage> {
  let page: SectionedPage | undefined;
  await inTempFolder((root) => {
    const record = inPages();
    storeFixture(`${root}/results/${record.id}`, record);
    const text = `<!-- generated: ${order} -->\n<!-- /generated -->\n`;
    const research = { experiments: [], directions: [], lessons: [], faults: [] };
    page = writeSections("README.md", text, { root, research });
    return Promise.resolve();
  });
  return page!;
}

const FIXTURE = "2026-11-22T10-00-00-fixture";

Deno.test("writeSections() takes the cells of a runtime when a run names it, and says where they ran", async () => {
  const page = await written(`run ${FIXTURE} keyed-pk@2 burst runtime=chromium`);
  deepStrictEqual(page.faults, []);
  match(page.text, /\| tinybase /);
  const narrow = await written(`run ${FIXTURE} keyed-pk@2 burst adapter,class,done runtime=chromium`);
  deepStrictEqual(narrow.faults, []);
  match(narrow.text, /^\| adapter +\| class +\| +done \|$/m);
  match(page.text, /cores, in Chromium 156\.0\.8078\.108\./);
  const usual = await written(`run ${FIXTURE} keyed-pk@2 burst`);
  deepStrictEqual(usual.faults, []);
  ok(!usual.text.includes("Chromium"), usual.text);
});

Deno.test("writeSections() names the fault when a run lacks the workload in the runtime", async () => {
  const { faults: [fault, ...others] } = await written(`run ${FIXTURE} keyed-pk@2 burst runtime=chromum`);
  strictEqual(others.length, 0);
  strictEqual(
    fault!.message,
    'a section must have its source: the run must have the workload (did you mean "keyed-pk@2 runtime=chromium"?): ' +
      '"keyed-pk@2 runtime=chromum" is not in it',
  );
});

Deno.test("writeSections() draws what databases take elsewhere, and says when a run was in one runtime", async () => {
  const page = await written(`runtimes ${FIXTURE} keyed-pk@2/standard burst`);
  deepStrictEqual(page.faults, []);
  match(page.text, /^\| adapter +\| class in Deno +\| +done in Deno \| +in Chromium \|$/m);
  match(page.text, /^\| tinybase .* 0\.962x to 1\.04x \|$/m);
  const { faults: [fault] } = await written(`runtimes ${FIXTURE} overlap@2/standard baseline`);
  strictEqual(
    fault!.message,
    "a section must have its source: the run must have the workload in several runtimes: " +
      '"overlap@2/standard" is not',
  );
});

Deno.test("writeSections() takes pairs of databases that the run has, and phases", async () => {
  const pair = "pglite[storage=file]=tinybase";
  deepStrictEqual((await written(`runtimes ${FIXTURE} keyed-pk@2/standard burst ${pair}`)).faults, []);
  const wrong = await written(`runtimes ${FIXTURE} keyed-pk@2/standard burst pglite=tinibase`);
  match(wrong.faults[0]!.message, /two databases of the run with = between them: "pglite=tinibase" is none/);
  const missing = await written(`runtimes ${FIXTURE} keyed-pk@2/standard bust`);
  match(missing.faults[0]!.message, /must have the phase: "bust" is none/);
});

Deno.test("writeSections() leaves out who was skipped, of whom a run's table has nothing to say", async () => {
  const page = await written(`run ${FIXTURE} overlap@2 overlap`);
  deepStrictEqual(page.faults, []);
  match(page.text, /^\| tinybase /m);
  ok(!page.text.includes("node-sqlite"), page.text);
});
