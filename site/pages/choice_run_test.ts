import assert from "node:assert/strict";
import { olderRecordFixture, recordFixture } from "../../lib/testing/record_fixture.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { chooseRun, coverOf, type RunCandidate } from "./choice_run.ts";

type Named = RunCandidate & { readonly name: string };

function run(name: string, day: number, cover: number, rest: Partial<RunCandidate> = {}): Named {
  return { name, status: "complete", kind: "bench", cover, startedAt: `2026-11-0${day}T00:00:00Z`, ...rest };
}

Deno.test("chooseRun() takes the newest run that covers at least half of what the widest one covers", () => {
  const cases: readonly (readonly [runs: readonly Named[], name: string | undefined])[] = [
    [[], undefined],
    [[run("empty", 1, 0)], undefined],
    [[run("only", 1, 1)], "only"],
    [[run("wide", 1, 40), run("narrow", 2, 19)], "wide"],
    [[run("wide", 1, 40), run("half", 2, 20)], "half"],
    [[run("half", 2, 20), run("wide", 1, 40)], "half"],
    [[run("wide", 1, 40), run("partial", 2, 40, { status: "partial" })], "wide"],
    [[run("wide", 1, 40), run("exp", 2, 40, { kind: "experiment" })], "wide"],
    [[run("wide", 1, 40), run("power", 2, 40, { kind: "calibration" })], "wide"],
    [[run("narrow", 1, 9), run("power", 2, 40, { kind: "calibration" })], "narrow"],
    [[run("first", 1, 5), run("second", 1, 5)], "first"],
  ];
  for (const [runs, name] of cases) assert.equal(chooseRun(runs)?.name, name);
});

Deno.test("coverOf() counts answers, right or wrong, from three blocks on", () => {
  // node-sqlite, tinybase, pglite and liar in keyed-pk, tinybase in overlap; flaky has two blocks.
  assert.equal(coverOf(summarizeRun(recordFixture())), 5);
});

Deno.test("coverOf() counts nothing of numbers that meant something else", () => {
  assert.equal(coverOf(summarizeRun(olderRecordFixture())), 0);
});

Deno.test("coverOf() counts nothing that was asked in a way of its own", () => {
  const summary = summarizeRun(recordFixture());
  const [first, second] = summary.sections as [typeof summary.sections[0], typeof summary.sections[0]];
  const paced = second.cells.map((one) => ({ ...one, cell: { ...one.cell, parameters: { pacing: "4" } } }));
  const sections = [{ ...first, scale: "large" as const }, { ...second, cells: paced }];
  assert.equal(coverOf({ ...summary, sections }), 0);
});
