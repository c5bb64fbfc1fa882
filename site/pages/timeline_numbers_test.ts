import assert from "node:assert/strict";
import type { PhaseTimeline } from "../../lib/model/mod.ts";
import {
  phaseOf,
  starvedPhase,
  stormPhase,
  streamOf,
  wrongPhase,
} from "../../lib/testing/timeline_fixture.ts";
import { phaseMarks } from "./timeline_marks.ts";
import { percent, phaseNumbers, timelineSentences } from "./timeline_numbers.ts";

function sentences(phase: PhaseTimeline): string[] {
  const marks = phaseMarks(phase);
  return timelineSentences(marks, phaseNumbers(marks));
}

Deno.test("timelineSentences() tells starvation", () => {
  assert.deepEqual(sentences(starvedPhase()), [
    "3 of 100 commits were shown; the screen was outdated 98 % of the time, longest span 40.1 ms",
    "3 updates after 3 re-queries",
  ]);
});

Deno.test("timelineSentences() tells a storm", () => {
  assert.deepEqual(sentences(stormPhase()), [
    "All 30 changes were shown on 60 live queries; each was outdated 0.66 % of the time on average, longest span 400 us, " +
    "on #1 items (1)",
    "1,800 updates, 1,770 of them showed nothing new",
  ]);
});

Deno.test("timelineSentences() tells what cannot be true", () => {
  assert.deepEqual(sentences(wrongPhase("x")), [
    "3 of 10 commits were shown; the screen was outdated 77 % of the time, longest span 5.50 ms",
    "5 updates",
    "2 updates cannot be true",
    "1 live query did not end with the final state",
    "Live queries reported 1 error",
  ]);
});

Deno.test("timelineSentences() tells what is not there", () => {
  const cut = { atUs: 5000, operationCount: 5, emissionCount: 1, streamCount: 0 };
  assert.deepEqual(sentences(phaseOf(5, { quietUs: 10_000, cut, streams: [] })), [
    "5 operations in 5.00 ms; this phase watches nothing",
  ]);
  const stream = streamOf({ changes: [], emissions: [[-5, 0]] });
  assert.deepEqual(sentences(phaseOf(5, { quietUs: 10_000, cut, streams: [stream] })), [
    "No commit changed the result; the screen was never outdated",
    "0 updates",
    "Cut short: the picture ends after 5.00 ms of 10.0 ms; 5 operations and 1 update did not fit",
  ]);
  assert.match(
    sentences(
      phaseOf(5, {
        cut: { atUs: 5001, operationCount: 0, emissionCount: 3, streamCount: 7 },
        streams: [stream],
      }),
    ).at(-1)!,
    /^Cut short: the busiest live queries are shown, 7 others are not; 3 updates did not fit$/,
  );
  assert.deepEqual(sentences(phaseOf(3, { unwatched: true })), [
    "3 operations in 3.00 ms, unwatched: the database has no live queries",
  ]);
});

Deno.test("phaseNumbers() leaves warm-ups out", () => {
  const stream = streamOf({
    changes: [0, 1, 2],
    emissions: [[-5, 0], [600, 1], [1600, 2], [2600, 3]],
    outdated: [[500, 600], [800, 1600], [2500, 2600]],
  });
  const numbers = phaseNumbers(phaseMarks(phaseOf(3, { recordedFrom: 1, streams: [stream] })));
  assert.deepEqual([numbers.changeCount, numbers.shownCount, numbers.emissionCount], [2, 2, 2]);
  assert.equal(numbers.outdatedUs, 600 + 100, "from the call of the first recorded operation on");
  assert.equal(numbers.outdatedMaxUs, 600);
  assert.equal(numbers.lengthUs, 2000);
});

Deno.test("phaseMarks() takes a correction of a wrong update for news", () => {
  const { streams: [stream] } = phaseMarks(wrongPhase("x"));
  assert.deepEqual(stream!.emissions.map(({ kind }) => kind), [
    "new",
    "new",
    "phantom",
    "new",
    "regressed",
    "new",
  ]);
  assert.deepEqual(stream!.changes.map(({ isShown }) => isShown).slice(0, 5), [
    true,
    false,
    true,
    true,
    false,
  ]);
});

Deno.test("phaseMarks() names streams by watch, table and arguments", () => {
  const name = (query: string, args: string) =>
    phaseMarks(
      phaseOf(1, { queries: [query], streams: [streamOf({ watch: 4, args, changes: [], emissions: [] })] }),
    )
      .streams[0]!;
  assert.equal(name('SELECT "id" FROM "items" WHERE x = ?', "17").name, "#5 items (17)");
  assert.equal(name("select 1", "").name, "#5");
  assert.equal(name("SELECT id FROM items", "17").shortName, "#5 (17)");
});

Deno.test("percent() keeps two digits", () => {
  assert.deepEqual([0, 0.00512, 0.0987, 0.1234, 0.876, 1].map(percent), [
    "0 %",
    "0.51 %",
    "9.9 %",
    "12 %",
    "88 %",
    "100 %",
  ]);
});
