import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { DartRandom } from "../../dataset/mod.ts";
import { type Block, type MeasuredBlock, RecordFormatError, type RunRecord } from "../../model/mod.ts";
import { normalQuantile } from "../../stats/mod.ts";
import { recordFixture } from "../../testing/record_fixture.ts";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { describeCompareStudy, pseudoRuns, slowed, studyCompare } from "./compare_study.ts";
import { parseCompareStudy, storeCompareStudy } from "./compare_study_file.ts";

const ROUNDS = 25;

/** A long run of an anchor and two cells with lognormal times; `slowness` is the machine's, for all of them. */
function longRun(seed: number, busyProcesses = 0, slowness = 1): RunRecord {
  const random = new DartRandom(seed);
  const noise = (): number => Math.exp(0.02 * normalQuantile((random.nextInt(2 ** 30) + 0.5) / 2 ** 30));
  const record = recordFixture();
  const template = record.results.find((block): block is MeasuredBlock =>
    block.status === "measured" && block.cellKey.includes("tinybase")
  )!;
  const [asked] = record.settings.cells.filter(({ adapter }) => adapter === "tinybase");
  const cells = [
    { ...asked!, key: "keyed-pk@2/a/standard", adapter: "a" },
    { ...asked!, key: "keyed-pk@2/b/standard", adapter: "b" },
    { ...asked!, key: "keyed-pk@2/node-sqlite/standard", adapter: "node-sqlite", anchor: true as const },
  ];
  const results = Array.from({ length: ROUNDS }, (_, blockIndex) =>
    cells.map((cell, index): Block => ({
      ...template,
      cellKey: cell.key,
      blockIndex,
      position: blockIndex * cells.length + index,
      host: {},
      metrics: {},
      phases: [{
        name: "burst",
        iterationCount: 1,
        verdict: "converged",
        unwatched: false,
        metrics: { done_ns: 1e6 * slowness * noise(), shown_p50_ns: 1e4 * slowness * noise() },
        operations: [],
      }],
    }))).flat();
  const settings = { ...record.settings, cells, ...(busyProcesses === 0 ? {} : { busyProcesses }) };
  return { ...record, id: `run-${seed}`, settings, results };
}

Deno.test("pseudoRuns() cuts a run into consecutive rounds, and leaves a rest out", () => {
  const parts = pseudoRuns(longRun(1), 6);
  strictEqual(parts.length, 4);
  deepStrictEqual(parts.map(({ results }) => [...new Set(results.map(({ blockIndex }) => blockIndex))]), [
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11],
    [12, 13, 14, 15, 16, 17],
    [18, 19, 20, 21, 22, 23],
  ]);
});

Deno.test("slowed() makes times of one cell longer and its rates lower, and nothing else", () => {
  const record = recordFixture();
  const key = "keyed-pk@2/tinybase/standard";
  for (const [index, block] of slowed(record, key, 0.1).results.entries()) {
    const before = record.results[index]!;
    if (block.cellKey !== key || block.status !== "measured" || before.status !== "measured") {
      strictEqual(block, before);
      continue;
    }
    const [a, b] = [before.phases[0]!.metrics, block.phases[0]!.metrics];
    ok(Math.abs(b["done_ns"]! / a["done_ns"]! - 1.1) < 1e-12);
    ok(Math.abs(b["writes_per_second"]! / a["writes_per_second"]! - 1 / 1.1) < 1e-12);
    strictEqual(b["emissions_needed"], a["emissions_needed"]);
  }
});

Deno.test("studyCompare() claims next to nothing where a busy machine is slower, and finds what was planted", () => {
  const study = studyCompare(longRun(1), longRun(2, 1, 1.3));
  deepStrictEqual(study.rows.map(({ weather, blockCount, pairCount }) => [weather, blockCount, pairCount]), [
    ["quiet", 6, 6],
    ["busy", 6, 6],
    ["mixed", 6, 16],
    ["mixed", 20, 1],
  ]);
  deepStrictEqual(study.rows.map(({ claimedCount }) => claimedCount), [0, 0, 0, 0]);
  const [quiet, busy, mixed] = study.rows;
  // Two cells, each made slower by itself in each pair.
  deepStrictEqual([quiet!.plantedCount, busy!.plantedCount, mixed!.plantedCount], [12, 12, 0]);
  ok(quiet!.foundCount + busy!.foundCount >= 22, `${quiet!.foundCount} and ${busy!.foundCount}`);
  deepStrictEqual(studyCompare(longRun(1), longRun(2, 1, 1.3)), study);
  match(
    describeCompareStudy(study),
    /^quiet +6 blocks +6 pairs: .* 0 of 24 \(0\.00 %\), planted \+10 % found/,
  );
});

Deno.test("studyCompare() sees a change that is there: with a rule that claims it, the count is not 0", () => {
  const changed = longRun(2, 1);
  const late = changed.results.map((block) => block.blockIndex < 12 ? block : undefined);
  const slow = slowed(changed, "keyed-pk@2/a/standard", 0.3);
  const results = changed.results.map((_, index) => late[index] ?? slow.results[index]!);
  const rows = studyCompare(longRun(1), { ...changed, results }).rows;
  ok(rows.find(({ weather }) => weather === "busy")!.claimedCount > 0);
});

Deno.test("studyCompare() refuses two quiet runs, and runs of two machines", () => {
  throws(() => studyCompare(longRun(1), longRun(2)), { name: "UsageError", message: /they have 0 and 0/ });
  const busy = longRun(2, 1);
  throws(() => studyCompare(longRun(1), { ...busy, environment: { ...busy.environment, machineId: "x" } }), {
    message: /must be of one machine/,
  });
});

Deno.test("storeCompareStudy() writes what parseCompareStudy() accepts, and nothing else passes", () =>
  inTempFolder((folder) => {
    const sealed = (run: RunRecord): RunRecord => ({ ...run, sha256: "0".repeat(64) });
    const study = studyCompare(sealed(longRun(1)), sealed(longRun(2, 1)));
    const file = storeCompareStudy(folder, study);
    const text = Deno.readTextFileSync(file);
    deepStrictEqual(parseCompareStudy(text, file), study);
    const refused = (broken: unknown, rule: RegExp): void => {
      throws(() => parseCompareStudy(JSON.stringify(broken), file), (error: unknown) => {
        ok(error instanceof RecordFormatError);
        match(error.message, rule);
        return true;
      });
    };
    throws(() => parseCompareStudy("{", file), /it must be JSON/);
    refused({ ...study, runs: study.runs.slice(1) }, /"runs" must be sound/);
    refused({ ...study, rows: [{ ...study.rows[0], claimedCount: 1e9 }] }, /claim no more than it compared/);
    refused({ ...study, extra: 1 }, /must be sound/);
    return Promise.resolve();
  }));
