import assert from "node:assert/strict";
import { cell, database, view } from "./_choice_fixture.ts";
import { type Choice, isClose, scoreDatabases, type ScoredDatabase } from "./choice_score.ts";
import type { ChoiceDatabase } from "./choice_view.ts";

const PLAIN: Choice = {
  asked: ["rows", "bursts"],
  weights: { speed: 1, freshness: 1, main: 1 },
  against: "class",
};

/** Twice as long as {@link BEST} in speed of rows, four times in both metrics of freshness, as good elsewhere. */
const BEST = database("best", "memory", [cell([[10, 1, 2, 8]]), cell([[20, 1, 2, 8], [30, 1, 2, 8]])]);
const OTHER = database("other", "memory", [cell([[20, 4, 8, 8]]), cell([[20, 4, 8, 8], [30, 4, 8, 8]])]);
const FILE = database("file", "durable file", [cell([[40, 4, 8, 8]]), cell([[40, 4, 8, 8], [60, 4, 8, 8]])]);

function scores(databases: readonly ChoiceDatabase[], choice: Partial<Choice> = {}): (number | undefined)[] {
  return scoreDatabases(view(databases), { ...PLAIN, ...choice }).map(({ score }) => rounded(score?.value));
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(6));
}

function only(scored: readonly ScoredDatabase[], name: string): ScoredDatabase {
  return scored.find(({ database }) => database.name === name)!;
}

Deno.test("scoreDatabases() is 1 for whoever is the best in everything, and the geometric mean of ratios for others", () => {
  const [best, other] = scoreDatabases(view([BEST, OTHER]), PLAIN);
  assert.equal(rounded(best!.score!.value), 1);
  // Speed: 2 in rows, 1 in both phases of bursts, and workloads count alike.
  assert.equal(rounded(other!.aspects.speed!.value), rounded(Math.sqrt(2)));
  assert.equal(rounded(other!.aspects.freshness!.value), 4);
  assert.equal(rounded(other!.aspects.main!.value), 1);
  assert.equal(rounded(other!.score!.value), rounded(Math.cbrt(4 * Math.SQRT2)));
});

Deno.test("scoreDatabases() counts aspects by their weights, and none that weighs nothing", () => {
  const cases: readonly (readonly [weights: Choice["weights"], score: number | undefined])[] = [
    [{ speed: 1, freshness: 0, main: 0 }, Math.SQRT2],
    [{ speed: 0, freshness: 3, main: 0 }, 4],
    [{ speed: 2, freshness: 1, main: 0 }, Math.cbrt(2 * 4)],
    [{ speed: 4, freshness: 2, main: 0 }, Math.cbrt(2 * 4)],
    [{ speed: 0, freshness: 0, main: 0 }, undefined],
  ];
  for (const [weights, score] of cases) {
    assert.equal(scores([BEST, OTHER], { weights })[1], rounded(score), JSON.stringify(weights));
  }
});

Deno.test("scoreDatabases() counts the workloads that are asked for, and shows the parts of all", () => {
  const [, other] = scoreDatabases(view([BEST, OTHER]), { ...PLAIN, asked: ["rows"] });
  assert.equal(rounded(other!.aspects.speed!.value), 2);
  assert.equal(other!.parts.length, 12);
  assert.deepEqual(scores([BEST, OTHER], { asked: [] }), [undefined, undefined]);
});

Deno.test("scoreDatabases() holds against the best of the class, of all, or one database", () => {
  assert.deepEqual(scores([BEST, FILE]), [1, 1]);
  const all = scores([BEST, FILE], { against: "all" });
  assert.equal(all[0], 1);
  // Speed: 4 in rows, 2 in bursts; freshness 4.
  assert.equal(all[1], rounded(Math.cbrt(Math.sqrt(8) * 4)));
  const against = scores([BEST, FILE], { against: { name: "file" } });
  assert.equal(against[1], 1);
  assert.equal(against[0], rounded(1 / Math.cbrt(Math.sqrt(8) * 4)));
});

Deno.test("scoreDatabases() looks for the best among those that are meant", () => {
  const [, other] = scoreDatabases(view([BEST, OTHER]), PLAIN, ({ name }) => name !== "best");
  assert.equal(rounded(other!.score!.value), 1);
  const [, held] = scoreDatabases(
    view([BEST, OTHER]),
    { ...PLAIN, against: { name: "best" } },
    ({ name }) => name !== "best",
  );
  assert.ok(held!.score!.value > 1.7, "whoever is named is there, shown or not");
});

Deno.test("scoreDatabases() ranks nobody who gave a wrong answer, even where it was not asked for", () => {
  const wrong = database("wrong", "memory", [
    cell([[1, 1, 1, 1]]),
    cell([], { status: "wrong", reason: "phantom: half a batch" }),
  ]);
  const scored = scoreDatabases(view([BEST, wrong]), { ...PLAIN, asked: ["rows"] });
  assert.deepEqual(only(scored, "wrong").standing, {
    kind: "wrong",
    reason: "wrong answers in Big bursts (phantom: half a batch)",
  });
  assert.equal(only(scored, "wrong").score, undefined);
  assert.equal(rounded(only(scored, "best").score!.value), 1, "nobody is held against its speed");
});

Deno.test("scoreDatabases() ranks nobody of whom something that counts is not there, and says what", () => {
  const whole = cell([[20, 1, 2, 8], [30, 1, 2, 8]]);
  const cases: readonly (readonly [cells: ChoiceDatabase["cells"], reason: string])[] = [
    [[null, whole], "Single rows: not measured"],
    [
      [cell([], { status: "failed", reason: "it failed in block 0: out of memory" }), whole],
      "Single rows: failed, it failed in block 0: out of memory",
    ],
    [[cell([], { status: "skipped" }), whole], "Single rows: skipped"],
    [
      [cell([[10, 1, 2, 8]], { reason: "it failed in blocks 1, 2" }), whole],
      "Single rows: it failed in blocks 1, 2",
    ],
    [[cell([[10, null, 2, null]]), whole], "Single rows: no shown, main busy"],
    [[cell([[10, 1, 2, 8]]), cell([[20, 1, 2, 8]])], "Big bursts: no done, shown, stale, main busy"],
  ];
  for (const [cells, reason] of cases) {
    const scored = scoreDatabases(view([BEST, database("part", "memory", cells)]), PLAIN);
    assert.deepEqual(only(scored, "part").standing, { kind: "incomplete", reason });
    assert.equal(only(scored, "part").score, undefined);
  }
});

Deno.test("scoreDatabases() ranks whoever lacks only what counts for nothing", () => {
  const part = database("part", "memory", [cell([[20, null, null, 8]]), null]);
  const scored = scoreDatabases(view([BEST, part]), {
    ...PLAIN,
    asked: ["rows"],
    weights: { speed: 1, freshness: 0, main: 1 },
  });
  assert.equal(rounded(only(scored, "part").score!.value), rounded(Math.SQRT2));
});

Deno.test("scoreDatabases() asks nobody for a number that nobody has, as where a phase watches nothing", () => {
  const half = (name: string, ms: number) =>
    database(name, "memory", [cell([[ms, null, null, 8]]), cell([[ms, 1, 2, 8], [ms, 1, 2, 8]])]);
  const scored = scoreDatabases(view([half("a", 10), half("b", 20)]), PLAIN);
  assert.deepEqual(scored.map(({ standing }) => standing.kind), ["ranked", "ranked"]);
  assert.equal(rounded(only(scored, "b").score!.value), rounded(Math.cbrt(2)));
});

Deno.test("scoreDatabases() holds floors against floors, and gives them no score", () => {
  const floor = database("floor", "floor", [
    cell([[5, null, null, 5]]),
    cell([[5, null, null, 5], [5, null, null, 5]]),
  ]);
  const scored = scoreDatabases(view([FILE, floor]), { ...PLAIN, against: "all" });
  assert.equal(only(scored, "floor").standing.kind, "floor");
  assert.equal(only(scored, "floor").score, undefined);
  assert.equal(rounded(only(scored, "floor").aspects.speed!.value), 1);
  assert.equal(
    rounded(only(scored, "file").score!.value),
    1,
    "nobody with live queries is held against a floor",
  );
});

Deno.test("scoreDatabases() takes times below a microsecond for one and the same", () => {
  const instant = database("instant", "memory", [cell([[10, 0, 0.0005, 8]]), BEST.cells[1]!]);
  const quick = database("quick", "memory", [cell([[10, 0.0001, 0.0004, 8]]), BEST.cells[1]!]);
  assert.deepEqual(scores([instant, quick]), [1, 1]);
});

Deno.test("isClose() is true where the ends of both scores reach into each other", () => {
  const ratio = (value: number) => ({ value, lower: value * 0.9, upper: value * 1.1 });
  assert.equal(isClose(ratio(1), ratio(1.2)), true);
  assert.equal(isClose(ratio(1), ratio(1.3)), false);
});
