import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DartRandom } from "../dataset/mod.ts";
import type { Block, Cell, MeasuredBlock, Settings, Verdict } from "../model/mod.ts";
import { cellPrecision, estimateMedian, normalQuantile, searchOf, sortSamples } from "../stats/mod.ts";
import type { PlannedBlock } from "./plan.ts";
import { firstRoundMs, plannedAhead, Schedule, searchBlockCount, spentMs, stoppingRule } from "./schedule.ts";

function cell(key: string, changes: Partial<Cell> = {}): Cell {
  return { key, workload: "w", workloadVersion: 1, adapter: key, options: {}, scale: "smoke", ...changes };
}

/** What a synthetic cell does. */
interface Behaviour {
  readonly costMs?: number;
  /** Standard deviation of the log of its times. */
  readonly spread?: number;
  readonly verdict?: Verdict;
  readonly status?: "failed" | "skipped";
}

/** Plays a schedule against synthetic cells; their times are lognormal around 100, and seeded. */
function play(
  behaviours: Readonly<Record<string, Behaviour>>,
  settings: Partial<Settings>,
  { earlier = [], most = Infinity, seed = 1 }: {
    readonly earlier?: readonly Block[];
    readonly most?: number;
    readonly seed?: number;
  } = {},
): { blocks: Block[]; planned: PlannedBlock[] } {
  const cells = settings.cells ?? Object.keys(behaviours).map((key) => cell(key));
  const schedule = new Schedule({ blockCount: 6, seed: 0, ...settings, cells });
  const random = new DartRandom(seed);
  const blocks = [...earlier];
  const planned: PlannedBlock[] = [];
  while (planned.length < most) {
    const next = schedule.next(blocks);
    if (next === undefined) break;
    planned.push(next);
    const { costMs = 1000, spread = 0.02, verdict = "converged", status } = behaviours[next.cell.key]!;
    const draw = normalQuantile((random.nextInt(2 ** 30) + 0.5) / 2 ** 30);
    const base = {
      cellKey: next.cell.key,
      blockIndex: next.blockIndex,
      position: next.position,
      startedAt: "",
      elapsedMs: costMs,
      host: {},
      warnings: [],
    };
    const hasNumbers = next.evidence === "digests" && verdict === "converged";
    const metrics = hasNumbers ? { done_ns: 100 * Math.exp(spread * draw) } : {};
    blocks.push(
      status === "skipped"
        ? { ...base, status, reason: "no driver" }
        : status === "failed"
        ? { ...base, status, evidence: next.evidence, reason: "crashed", output: [] }
        : {
          ...base,
          status: "measured",
          evidence: next.evidence,
          verdict,
          findings: [],
          findingCount: 0,
          metrics: {},
          facts: {},
          phases: [{ name: "p", iterationCount: 1, verdict, unwatched: false, metrics, operations: [] }],
        },
    );
  }
  return { blocks, planned };
}

function countOf(planned: readonly PlannedBlock[], key: string, evidence = "digests"): number {
  return planned.filter((one) => one.cell.key === key && one.evidence === evidence).length;
}

function numbersOf(blocks: readonly Block[], key: string): MeasuredBlock[] {
  return blocks.filter((block): block is MeasuredBlock =>
    block.cellKey === key && block.status === "measured" && block.evidence === "digests"
  );
}

Deno.test("Schedule runs a fixed number of rounds, and after the first one a block with rows of every cell", () => {
  const { planned } = play({ a: {}, b: {}, c: {} }, { blockCount: 3 });
  deepStrictEqual(planned.map(({ evidence }) => evidence), [
    ...Array(3).fill("digests"),
    ...Array(3).fill("rows"),
    ...Array(6).fill("digests"),
  ]);
  for (let round = 0; round < 4; round++) {
    const keys = planned.slice(round * 3, round * 3 + 3).map(({ cell }) => cell.key);
    deepStrictEqual([round, ...keys.toSorted()], [round, "a", "b", "c"]);
  }
  deepStrictEqual(planned.map(({ position }) => position), [...planned.keys()]);
  for (const key of ["a", "b", "c"]) {
    const indexes = planned.filter((one) => one.cell.key === key).map(({ blockIndex }) => blockIndex);
    deepStrictEqual(indexes, [0, 1, 2, 3]);
  }
});

Deno.test("Schedule shuffles every round anew: predecessors of a cell differ", () => {
  const keys = Array.from({ length: 30 }, (_, index) => `c${index}`);
  const { planned } = play(Object.fromEntries(keys.map((key) => [key, {}])), { blockCount: 5 });
  const order = planned.filter(({ evidence }) => evidence === "digests").map(({ cell }) => cell.key);
  const isAlike = keys.filter((key) => {
    const before = [0, 1, 2, 3, 4].map((round) => order.slice(round * 30, round * 30 + 30))
      .map((round) => round[round.indexOf(key) - 1]);
    return new Set(before).size === 1;
  });
  deepStrictEqual(isAlike, []);
});

Deno.test("Schedule sends rows after a wrong block at once, and not a second time", () => {
  const { planned } = play({ good: {}, bad: { verdict: "lost" } }, { blockCount: 2 });
  const first = planned.findIndex(({ cell }) => cell.key === "bad");
  const following = planned[first + 1]!;
  deepStrictEqual([following.cell.key, following.evidence], ["bad", "rows"]);
  deepStrictEqual([countOf(planned, "bad", "rows"), countOf(planned, "bad")], [1, 2]);
  strictEqual(countOf(planned, "good", "rows"), 1);
});

Deno.test("Schedule tries a skipped cell once, and a failing one as often as it was asked to", () => {
  const { planned } = play({ good: {}, none: { status: "skipped" }, crash: { status: "failed" } }, {
    blockCount: 3,
  });
  deepStrictEqual([countOf(planned, "none"), countOf(planned, "none", "rows")], [1, 0]);
  deepStrictEqual([countOf(planned, "crash"), countOf(planned, "crash", "rows")], [3, 0]);
});

Deno.test("Schedule goes on with a run wherever it was cut off, with a fixed number of blocks", () => {
  const behaviours = { a: {}, b: {}, c: { verdict: "phantom" }, d: {} } as const;
  const whole = play(behaviours, { blockCount: 3 }).planned;
  for (let cut = 0; cut <= whole.length; cut++) {
    const begun = play(behaviours, { blockCount: 3 }, { most: cut });
    const { planned } = play(behaviours, { blockCount: 3 }, { earlier: begun.blocks });
    const all = [...begun.planned, ...planned];
    for (const key of Object.keys(behaviours)) {
      deepStrictEqual([cut, countOf(all, key), countOf(all, key, "rows")], [cut, 3, 1]);
    }
    deepStrictEqual(all.map(({ position }) => position), [...all.keys()]);
  }
});

Deno.test("Schedule asks no rows of a run of before, whose blocks kept them all", () => {
  const { blocks } = play({ a: {} }, { blockCount: 1 });
  const { evidence: _evidence, ...before } = blocks[0] as MeasuredBlock;
  deepStrictEqual(
    play({ a: {} }, { blockCount: 2 }, { earlier: [before] }).planned.map(({ evidence }) => evidence),
    [
      "digests",
    ],
  );
});

Deno.test("Schedule with a stopping rule ends when every interval is sure and narrow", () => {
  const behaviours = { calm: { spread: 0.01 }, wide: { spread: 0.12 } };
  const stopping = stoppingRule(600_000);
  const { blocks, planned } = play(behaviours, { stopping });
  strictEqual(countOf(planned, "calm"), 6);
  ok(countOf(planned, "wide") > 6, `${countOf(planned, "wide")}`);
  ok(spentMs(blocks) < stopping.budgetMs);
  for (const key of Object.keys(behaviours)) {
    ok(cellPrecision(numbersOf(blocks, key), stopping).isEnough, key);
  }
});

Deno.test("Schedule with a stopping rule keeps its budget, once every cell has run", () => {
  for (const budgetMs of [5_000, 20_000, 61_500, 300_000]) {
    const behaviours = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`c${index}`, { costMs: 400 * (1 + index), spread: 0.3 }]),
    );
    const { blocks, planned } = play(behaviours, { stopping: stoppingRule(budgetMs) });
    const first = planned.slice(0, 20).map(({ cell }) => behaviours[cell.key]!.costMs).reduce((a, b) =>
      a + b
    );
    ok(spentMs(blocks) <= Math.max(budgetMs, first), `${spentMs(blocks)} of ${budgetMs}`);
    ok(spentMs(blocks) > Math.min(budgetMs, first) * 0.85, `${spentMs(blocks)} of ${budgetMs}`);
    // Whole rows are shown by as many cells as fit, and by all when there is time for anything else.
    const seenCount = planned.filter(({ evidence }) => evidence === "rows").length;
    ok(seenCount === 20 || planned.length === 20 + seenCount, `${seenCount}`);
  }
});

Deno.test("Schedule with a stopping rule lets cheap cells come first and the dearest run once", () => {
  const cheap = Object.fromEntries(Array.from({ length: 24 }, (_, index) => [`c${index}`, { spread: 0.03 }]));
  const { blocks, planned } = play({ ...cheap, dear: { costMs: 45_000 }, wide: { spread: 0.1 } }, {
    stopping: stoppingRule(300_000),
  });
  strictEqual(countOf(planned, "dear"), 1);
  ok(Object.keys(cheap).every((key) => countOf(planned, key) >= 6));
  // Of cells of one price, the one whose intervals are widest has most blocks.
  ok(Object.keys(cheap).every((key) => countOf(planned, key) < countOf(planned, "wide")));
  ok(spentMs(blocks) <= 300_000);
});

Deno.test("Schedule with a stopping rule makes every interval sure before it makes one narrower, as far as that is not dear", () => {
  const wide = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`w${index}`, { spread: 0.4 }]));
  const { planned } = play({ ...wide, slow: { costMs: 4_000 }, dear: { costMs: 20_000 } }, {
    stopping: stoppingRule(300_000),
  });
  strictEqual(countOf(planned, "dear"), 1);
  const sure = planned.findLastIndex(({ cell: { key }, blockIndex }) => key === "slow" && blockIndex <= 6);
  const narrowed = planned.findIndex(({ cell: { key } }, index) =>
    key !== "dear" && countOf(planned.slice(0, index + 1), key) > 6
  );
  ok(countOf(planned, "slow") >= 6);
  ok(narrowed === -1 || narrowed > sure, `${narrowed}, ${sure}`);
});

Deno.test("Schedule with a stopping rule leaves cells alone that are wrong or fail twice", () => {
  const { planned } = play({ good: {}, bad: { verdict: "lost" }, crash: { status: "failed" } }, {
    stopping: stoppingRule(300_000),
  });
  deepStrictEqual([countOf(planned, "bad"), countOf(planned, "crash"), countOf(planned, "good")], [1, 2, 6]);
});

Deno.test("Schedule with a stopping rule runs the anchor in every round, as long as others need one", () => {
  const anchor = cell("anchor", { anchor: true });
  const { planned } = play({ calm: {}, wide: { spread: 0.2 }, anchor: { costMs: 300, spread: 5 } }, {
    cells: [cell("calm"), cell("wide"), anchor],
    stopping: stoppingRule(60_000),
  });
  strictEqual(countOf(planned, "anchor", "rows"), 1);
  // Round 0 and the five that calm takes part in, and one for each further block of the wide cell at most.
  ok(countOf(planned, "anchor") >= 6, `${countOf(planned, "anchor")}`);
  ok(countOf(planned, "anchor") <= countOf(planned, "wide"));
});

Deno.test("Schedule with a stopping rule ends rounds with intervals that hold what they claim", () => {
  // Cells of several spreads and prices compete for one budget: whatever is measured because of what was seen before,
  // the intervals at the end must hold the median, which is 100, in about 95 % of cases.
  let heldCount = 0;
  let enoughCount = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const behaviours = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [
        `c${index}`,
        { spread: [0.02, 0.05, 0.08, 0.12, 0.2][index % 5]!, costMs: [500, 1000, 3000][index % 3]! },
      ]),
    );
    const stopping = stoppingRule(240_000);
    const { blocks } = play(behaviours, { stopping }, { seed });
    for (const key of Object.keys(behaviours)) {
      const own = numbersOf(blocks, key);
      if (!cellPrecision(own, stopping).isEnough) continue;
      enoughCount += 1;
      const values = own.map(({ phases }) => phases[0]!.metrics["done_ns"]!);
      const { lower, upper } = estimateMedian(sortSamples(values)).interval;
      if (lower <= 100 && 100 <= upper) heldCount += 1;
    }
  }
  ok(enoughCount > 500, `${enoughCount}`);
  ok(heldCount / enoughCount >= 0.94, `${heldCount} of ${enoughCount}`);
});

Deno.test("plannedAhead() is what a run without surprises does, from where it is", () => {
  const settings = { cells: [cell("a"), cell("b")], blockCount: 3, seed: 4 };
  const { planned, blocks } = play({ a: {}, b: {} }, settings);
  deepStrictEqual(plannedAhead(settings), planned);
  deepStrictEqual(plannedAhead(settings, blocks.slice(0, 4)), planned.slice(4));
});

Deno.test("firstRoundMs() takes what cells cost before, and the least for those that never ran", () => {
  strictEqual(firstRoundMs([cell("a"), cell("b")], new Map([["a", 3000]])), 6500);
  const goesOnMs = ({ key }: { readonly key: string }) => key === "a" ? 10_000 : 0;
  strictEqual(firstRoundMs([cell("a"), cell("b")], new Map([["a", 9000]]), goesOnMs), 11_000);
});

/** Plays a schedule against a database that keeps up with a rate. */
function searched(
  settings: Partial<Settings>,
  keptRate: number,
  earlier: readonly Block[] = [],
  most = Infinity,
) {
  const cells = [cell("a", { parameters: { rate: "auto" } })];
  const schedule = new Schedule({ blockCount: 6, seed: 0, cells, ...settings });
  const blocks = [...earlier];
  for (
    let next = schedule.next(blocks);
    next !== undefined && blocks.length < most;
    next = schedule.next(blocks)
  ) {
    const { rate } = next.chosen!;
    const ratePerSecond = Number(rate);
    const hasNumbers = next.evidence === "digests";
    blocks.push({
      cellKey: "a",
      blockIndex: next.blockIndex,
      position: next.position,
      chosen: next.chosen!,
      startedAt: "",
      elapsedMs: 4000,
      host: {},
      warnings: [],
      status: "measured",
      evidence: next.evidence,
      verdict: "converged",
      findings: [],
      findingCount: 0,
      metrics: {},
      facts: {},
      phases: [{
        name: "p",
        iterationCount: 1,
        verdict: "converged",
        unwatched: false,
        ...(hasNumbers
          ? { load: { ratePerSecond, outcome: ratePerSecond <= keptRate ? "sustained" : "unsustained" } }
          : {}),
        metrics: hasNumbers && ratePerSecond <= keptRate ? { shown_p99_ns: 2e7 } : {},
        operations: [],
      }],
    });
  }
  return blocks;
}

Deno.test("next() searches a rate as often as blocks were asked, and shows one block's rows at a slow one", () => {
  const blocks = searched({ blockCount: 3 }, 450);
  const { found } = searchOf(blocks);
  strictEqual(found.length, 3);
  ok(found.every(({ held, failed }) => held! <= 450 && failed! > 450));
  const withRows = blocks.filter((block) => block.status !== "skipped" && block.evidence === "rows");
  deepStrictEqual(withRows.map(({ chosen }) => chosen), [{ rate: "100" }]);
});

Deno.test("next() goes on with a search where it was interrupted", () => {
  const whole = searched({ blockCount: 3 }, 450);
  const early = searched({ blockCount: 3 }, 450, [], 5);
  const resumed = searched({ blockCount: 3 }, 450, early);
  deepStrictEqual(resumed.map(({ chosen }) => chosen), whole.map(({ chosen }) => chosen));
});

Deno.test("next() ends searches with the budget, and when their interval is narrow enough", () => {
  const narrow = searched({ stopping: stoppingRule(3_600_000) }, 450);
  strictEqual(searchOf(narrow).found.length, 6);
  const short = searched({ stopping: stoppingRule(60_000) }, 450);
  ok(spentMs(short) <= 60_000);
  ok(short.length >= 14);
});

Deno.test("plannedAhead() lists the blocks of a search as far as they can be known", () => {
  const cells = [cell("a", { parameters: { rate: "auto" } }), cell("b")];
  const planned = plannedAhead({ cells, blockCount: 2, seed: 0 });
  ok(countOf(planned, "a") >= 7);
  strictEqual(countOf(planned, "b"), 2);
});

Deno.test("searchBlockCount() counts nine blocks for the first search, four for each other, and one with rows", () => {
  strictEqual(searchBlockCount(1), 10);
  strictEqual(searchBlockCount(3), 18);
});
