import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Block, Cell, MeasuredBlock, MetricValues, RunRecord, Verdict } from "../model/mod.ts";
import { olderRecordFixture, recordFixture } from "../testing/record_fixture.ts";
import { type Conclusion, CONCLUSION_KINDS } from "./conclusion.ts";
import { drawConclusions, SHOWN_CONCLUSIONS } from "./conclusions.ts";
import { summarizeRun } from "./summarize_run.ts";

/** What a made-up cell did: one span per block, until all was done and acknowledged, in nanoseconds, and what else its only phase has in each block. */
interface Story {
  readonly adapter: string;
  readonly wallsNs: readonly number[];
  readonly metrics?: MetricValues;
  readonly verdict?: Verdict;
  readonly unwatched?: boolean;
  readonly failedCount?: number;
  readonly pressure?: number;
  readonly durability?: "none" | "full";
}

function conclusions(stories: readonly Story[], phases: readonly string[] = ["burst"]): Conclusion[] {
  const fixture = recordFixture();
  const [template] = fixture.settings.cells;
  const measured = fixture.results.find((block): block is MeasuredBlock => block.status === "measured")!;
  const cells = stories.map(({ adapter }): Cell => ({
    ...template!,
    key: `keyed-pk@2/${adapter}/standard`,
    adapter,
  }));
  const results = stories.flatMap((story, of): Block[] => {
    const { wallsNs, metrics = {}, verdict = "converged", unwatched = false } = story;
    const blocks = wallsNs.map((wall_ns, blockIndex): MeasuredBlock => ({
      ...measured,
      cellKey: cells[of]!.key,
      blockIndex,
      verdict,
      findingCount: verdict === "converged" ? 0 : 1,
      warnings: story.pressure === undefined ? [] : [{ kind: "cpu-pressure", share: story.pressure }],
      phases: phases.map((name) => ({
        ...measured.phases[0]!,
        name,
        unwatched,
        metrics: { done_ns: wall_ns, wall_ns, ...metrics },
      })),
    }));
    const failed = Array.from({ length: story.failedCount ?? 0 }, (_, index): Block => {
      const { cellKey: _key, status: _status, ...base } = blocks[0]!;
      return {
        cellKey: cells[of]!.key,
        blockIndex: wallsNs.length + index,
        position: base.position,
        startedAt: base.startedAt,
        elapsedMs: base.elapsedMs,
        host: base.host,
        warnings: [],
        status: "failed",
        reason: "Timed out",
        output: [],
      };
    });
    return [...blocks, ...failed];
  });
  const capability = fixture.capabilities[template!.key]!;
  const record: RunRecord = {
    ...fixture,
    settings: { ...fixture.settings, cells },
    results,
    capabilities: Object.fromEntries(
      cells.map(({ key }, of) => [key, {
        ...capability,
        durability: stories[of]!.durability ?? capability.durability,
      }]),
    ),
  };
  return drawConclusions(record, summarizeRun(record));
}

function sentences(found: readonly Conclusion[]): string[] {
  return found.map(({ kind, sentence }) => `${kind}: ${sentence}`);
}

const WATCHED = {
  emissions_needed: 100,
  emissions_delivered: 100,
  outdated_max_ns: 1e6,
  shown_p50_ns: 2e6,
  stale_max_ns: 5e6,
};

Deno.test("drawConclusions() says of the fixture what matters", () => {
  deepStrictEqual(sentences(drawConclusions(recordFixture(), summarizeRun(recordFixture()))), [
    "wrong: liar[note=a|b] was wrong in keyed-pk@2, where it showed a state that no commit had written " +
    "(phantom, in 1 of 3 repetitions): no speed of it is shown there",
    "failed: crasher failed in 3 of 3 repetitions of keyed-pk@2: Ended with signal SIGSEGV during seed (one of 2 reasons)",
    "fastest: keyed-pk@2, burst: tinybase is done first of 2 that watch; the nearest, pglite[storage=file], takes " +
    "12.8x to 13.9x as long (3 repetitions each, 90 % confidence); tinybase shows a change 122 us (120 us to 125 us) after " +
    "its call, 610 us (600 us to 620 us) at worst, pglite[storage=file] shows a change 3.1 ms (3.0 ms to 3.1 ms) after " +
    "its call, 15.3 ms (15.0 ms to 15.6 ms) at worst; " +
    "tinybase is known to be wrong in ordered limit window; flaky is left out, since repetitions of it failed",
    "unmeasured: late was not run in keyed-pk@2",
    "failed: flaky failed in 1 of 3 repetitions of keyed-pk@2: Left early with exit code 1",
    'unmeasured: node-sqlite was skipped in overlap@2: Adapter "node-sqlite" has no live queries | needs one',
  ]);
});

Deno.test("drawConclusions() tells the ratio to the nearest with its interval and its blocks", () => {
  const [found] = conclusions([
    { adapter: "quick", wallsNs: [100, 101, 102] },
    { adapter: "slow", wallsNs: [400, 404, 408] },
    { adapter: "middle", wallsNs: [200, 202, 204] },
  ]);
  strictEqual(
    found!.sentence,
    "keyed-pk@2, burst: quick is done first of 3; the nearest, middle, takes 1.96x to 2.04x as long " +
      "(3 repetitions each, 90 % confidence); nothing was watched",
  );
  deepStrictEqual(found!.cells, ["quick", "middle"]);
  deepStrictEqual(found!.evidence!.blockCounts, [3, 3]);
  strictEqual(found!.evidence!.interval.confidence, 0.9);
});

Deno.test("drawConclusions() names the cell whose interval comes nearest, not the one with the next median", () => {
  const [found] = conclusions([
    { adapter: "quick", wallsNs: [100, 101, 102] },
    { adapter: "steady", wallsNs: [200, 201, 202] },
    { adapter: "shaky", wallsNs: [110, 300, 400] },
  ]);
  strictEqual(found!.kind, "fastest");
  deepStrictEqual(found!.cells, ["quick", "shaky"]);
});

Deno.test("drawConclusions() claims no order when intervals overlap", () => {
  deepStrictEqual(
    sentences(conclusions([
      { adapter: "a", wallsNs: [100, 120, 140] },
      { adapter: "b", wallsNs: [110, 130, 150] },
      { adapter: "c", wallsNs: [900, 910, 920] },
    ])),
    [
      "undecided: keyed-pk@2, burst: a, b cannot be told apart; b takes 0.786x to 1.50x as long as a " +
      "(3 repetitions each, 90 % confidence); nothing was watched",
    ],
  );
});

Deno.test("drawConclusions() claims no order from one block, and says so", () => {
  deepStrictEqual(
    sentences(conclusions([{ adapter: "a", wallsNs: [1e6] }, { adapter: "b", wallsNs: [9e6] }])),
    [
      "undecided: keyed-pk@2, burst: a had 1.0 ms and b 9.0 ms, but no order is claimed (one repetition each, no interval); " +
      "nothing was watched",
    ],
  );
});

Deno.test("drawConclusions() never ranks a floor with cells that watch", () => {
  deepStrictEqual(
    sentences(conclusions([
      { adapter: "floor", wallsNs: [1, 1, 1], unwatched: true },
      { adapter: "a", wallsNs: [100, 101, 102], metrics: WATCHED },
      { adapter: "b", wallsNs: [200, 201, 202], metrics: WATCHED },
    ])),
    [
      "fastest: keyed-pk@2, burst: a is done first of 2 that watch; the nearest, b, takes 1.96x to 2.02x as long " +
      "(3 repetitions each, 90 % confidence); a shows a change 2.00 ms after its call, 5.00 ms at worst, b shows a change " +
      "2.00 ms after its call, 5.00 ms at worst",
    ],
  );
  deepStrictEqual(
    conclusions([
      { adapter: "floor", wallsNs: [1, 1, 1], unwatched: true },
      { adapter: "a", wallsNs: [100, 101, 102], metrics: WATCHED },
    ]),
    [],
  );
});

Deno.test("drawConclusions() says who shows changes sooner when that is not who is done first", () => {
  const story = (adapter: string, wallsNs: number[], shown_p50_ns: number): Story => ({
    adapter,
    wallsNs,
    metrics: { ...WATCHED, shown_p50_ns, stale_max_ns: 3 * shown_p50_ns },
  });
  const [quick, prompt] = [story("quick", [100, 101, 102], 8e6), story("prompt", [400, 401, 402], 1e6)];
  const other = story("other", [200, 201, 202], 9e6);
  const [found] = conclusions([quick, other, prompt]);
  match(
    found!.sentence,
    /quick is done first of 3; the nearest, other, .*; but prompt shows a change 1\.00 ms /,
  );
  const [overview] = conclusions([quick, other, prompt], ["one", "two"]);
  match(overview!.sentence, /^Done first in 2 phases: quick in 2 \(its screens at worst 24 ms behind\)/);
  const [agreed] = conclusions([quick, other]);
  ok(!agreed!.sentence.includes("; but "));
});

Deno.test("drawConclusions() ranks runs of before by what they have, in words of their own", () => {
  const record = olderRecordFixture();
  const found = drawConclusions(record, summarizeRun(record)).find(({ kind }) => kind === "fastest")!;
  match(
    found.sentence,
    /tinybase is the fastest of 2 .*after its acknowledgement, and is outdated for 370 us/,
  );
  strictEqual(found.evidence!.metric, "wall_ns");
});

Deno.test("drawConclusions() says when the faster one promises less", () => {
  const [found] = conclusions([
    { adapter: "a", wallsNs: [100, 101, 102], durability: "none" },
    { adapter: "b", wallsNs: [200, 201, 202], durability: "full" },
  ]);
  match(found!.sentence, /; their durability differs: none against full$/);
});

Deno.test("drawConclusions() counts the phases of several, and names the clearest lead", () => {
  const [found] = conclusions([
    { adapter: "a", wallsNs: [100, 101, 102] },
    { adapter: "b", wallsNs: [200, 201, 202] },
  ], ["one", "two"]);
  strictEqual(found!.kind, "overview");
  strictEqual(
    found!.sentence,
    "Done first in 2 phases: a in 2 (nothing was watched). The clearest lead is in keyed-pk@2, one: b takes 1.96x to 2.02x as long as a " +
      "(3 repetitions each, 90 % confidence)",
  );
  const [none] = conclusions([{ adapter: "a", wallsNs: [100] }, { adapter: "b", wallsNs: [200] }], [
    "one",
    "two",
  ]);
  strictEqual(
    none!.sentence,
    "No clear winner, done first, in any of 2 phases (one repetition each, no interval)",
  );
});

Deno.test("drawConclusions() names a starved watcher by few emissions and outdated rows together", () => {
  const starving = { emissions_needed: 100, emissions_delivered: 2, outdated_max_ns: 80e6 };
  const story = (
    metrics: MetricValues,
  ): Story[] => [{ adapter: "a", wallsNs: [100e6, 100e6, 100e6], metrics }];
  deepStrictEqual(sentences(conclusions(story(starving))), [
    "starved: keyed-pk@2, burst: a starves its watchers: outdated rows for 80.0 ms of a burst of 100 ms, " +
    "with 2 of 100 updates (3 repetitions, 75 % confidence)",
  ]);
  deepStrictEqual(conclusions(story({ ...starving, emissions_delivered: 60 })), []);
  deepStrictEqual(conclusions(story({ ...starving, outdated_max_ns: 40e6 })), []);
});

Deno.test("drawConclusions() takes no burst shorter than a frame for starvation", () => {
  const metrics = { emissions_needed: 100, emissions_delivered: 1, outdated_max_ns: 9e6 };
  deepStrictEqual(conclusions([{ adapter: "a", wallsNs: [10e6, 10e6], metrics }]), []);
});

Deno.test("drawConclusions() names a storm when it is one in every block", () => {
  const storm = { emissions_needed: 0, emissions_delivered: 500, outdated_max_ns: 0 };
  deepStrictEqual(sentences(conclusions([{ adapter: "a", wallsNs: [1e6], metrics: storm }])), [
    "storm: keyed-pk@2, burst: a delivers 500 updates where 0 are needed (one repetition, no interval)",
  ]);
  deepStrictEqual(
    conclusions([{ adapter: "a", wallsNs: [1e6], metrics: { ...storm, emissions_delivered: 9 } }]),
    [],
  );
  deepStrictEqual(
    conclusions([{ adapter: "a", wallsNs: [1e6], metrics: { ...storm, emissions_needed: 300 } }]),
    [],
  );
});

Deno.test("drawConclusions() names who blocks the event loop, the longest first", () => {
  const found = conclusions([
    { adapter: "a", wallsNs: [1e6, 1e6, 1e6], metrics: { loop_delay_max_ns: 20e6 }, unwatched: true },
    { adapter: "b", wallsNs: [1e6, 1e6, 1e6], metrics: { loop_delay_max_ns: 30e6 }, unwatched: true },
    { adapter: "c", wallsNs: [1e6, 1e6, 1e6], metrics: { loop_delay_max_ns: 16e6 }, unwatched: true },
  ]);
  deepStrictEqual(
    sentences(found),
    ["b", "a"].map((name) =>
      `blocked: keyed-pk@2, burst: ${name} (unwatched, as a lower bound) blocks the caller's event loop for ${
        name === "b" ? "30.0" : "20.0"
      } ms at its longest, a frame being 16.7 ms (3 repetitions, 75 % confidence)`
    ),
  );
});

Deno.test("drawConclusions() doubts the run when half of its blocks were disturbed", () => {
  const calm: Story = { adapter: "calm", wallsNs: [1e6, 1e6], unwatched: true };
  const disturbed: Story = { adapter: "a", wallsNs: [1e6, 1e6], unwatched: true, pressure: 0.413 };
  deepStrictEqual(sentences(conclusions([calm, disturbed])), [
    "pressure: 2 of 4 repetitions shared the CPU with waiting work, up to 41 % of the time: times may be too long, " +
    "and small differences say nothing",
  ]);
  deepStrictEqual(conclusions([{ ...calm, wallsNs: [1e6, 1e6, 1e6] }, disturbed]), []);
});

Deno.test("drawConclusions() shows the first of every kind before the second of any", () => {
  const story: Story = {
    adapter: "a",
    wallsNs: [1e6, 1e6, 1e6],
    metrics: { emissions_needed: 1, emissions_delivered: 100, outdated_max_ns: 0, loop_delay_max_ns: 50e6 },
  };
  const kinds = conclusions([story, { ...story, adapter: "b" }]).map(({ kind }) => kind);
  deepStrictEqual(kinds, ["undecided", "storm", "blocked", "storm", "blocked"]);
  ok(kinds.length > SHOWN_CONCLUSIONS);
});

const walls = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 12 });
const stories = fc.uniqueArray(
  fc.record({
    adapter: fc.constantFrom("a", "b", "c", "d", "e"),
    wallsNs: walls,
    verdict: fc.constantFrom<Verdict>("converged", "converged", "converged", "phantom", "lost"),
    unwatched: fc.boolean(),
    failedCount: fc.constantFrom(0, 0, 0, 1),
  }),
  { selector: ({ adapter }) => adapter, minLength: 1 },
);

Deno.test("drawConclusions() ranks no cells that are alike", () => {
  fc.assert(fc.property(walls, fc.integer({ min: 2, max: 5 }), (wallsNs, count) => {
    const alike = Array.from({ length: count }, (_, index): Story => ({ adapter: `a${index}`, wallsNs }));
    ok(conclusions(alike, ["one", "two"]).every(({ kind }) => kind !== "fastest"));
  }));
});

Deno.test("drawConclusions() calls nobody the fastest who was wrong, failed, ran as a floor or has too few blocks", () => {
  fc.assert(fc.property(stories, (all) => {
    for (const { kind, cells, evidence, sentence } of conclusions(all)) {
      if (kind !== "fastest") continue;
      const compared = cells.map((name) => all.find(({ adapter }) => adapter === name)!);
      for (const { verdict, unwatched, failedCount, wallsNs } of compared) {
        deepStrictEqual([verdict, unwatched, failedCount], ["converged", false, 0]);
        ok(wallsNs.length >= 3);
      }
      ok(evidence!.interval.lower > 1);
      // Nobody is first without how stale its screen was.
      match(sentence, /at worst|nothing was watched/);
    }
  }));
});

Deno.test("drawConclusions() puts wrong answers before everything else, one sentence per cell that lied", () => {
  fc.assert(fc.property(stories, (all) => {
    const found = conclusions(all);
    const liars = all.filter(({ verdict }) => verdict !== "converged");
    strictEqual(found.filter(({ kind }) => kind === "wrong").length, liars.length);
    if (liars.length > 0) strictEqual(found[0]!.kind, "wrong");
    const order = found.map(({ kind }) => CONCLUSION_KINDS.indexOf(kind));
    ok(order.every((kind) => kind >= 0));
  }));
});

Deno.test("drawConclusions() says the same whatever the order of the stored blocks", () => {
  const record = recordFixture();
  const turned = { ...record, results: record.results.toReversed() };
  deepStrictEqual(
    drawConclusions(turned, summarizeRun(turned)).map(({ kind, cells }) => [kind, cells]),
    drawConclusions(record, summarizeRun(record)).map(({ kind, cells }) => [kind, cells]),
  );
});
