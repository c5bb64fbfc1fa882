import assert from "node:assert/strict";
import { isFault, judgeGaps } from "./judge_gaps.ts";

const failed = { key: "watch/join", status: "failed", reason: "lost" } as const;
const passed = { key: "watch/join", status: "passed", reason: "" } as const;
const gap = { scenario: "watch/join", reason: "Broken in 1.0.0" };

Deno.test("judgeGaps() accepts a failure that was announced", () => {
  const [judged] = judgeGaps([failed], [gap], {});
  assert.deepEqual(judged, {
    key: "watch/join",
    verdict: "known-gap",
    reason: "Broken in 1.0.0 (now: lost)",
  });
  assert.equal(isFault(judged!), false);
});

Deno.test("judgeGaps() complains about a gap that has closed", () => {
  const [judged] = judgeGaps([passed], [gap], {});
  assert.equal(judged?.verdict, "closed-gap");
  assert.equal(isFault(judged), true);
});

Deno.test("judgeGaps() keeps a gap that depends on time when it was not met", () => {
  const [judged] = judgeGaps([passed], [{ ...gap, isTimed: true }], {});
  assert.deepEqual(judged, {
    key: "watch/join",
    verdict: "known-gap",
    reason: "Broken in 1.0.0 (not met this time)",
  });
});

Deno.test("judgeGaps() knows the runtimes in which a gap holds", () => {
  const inDeno = [{ ...gap, runtimes: ["deno"] as const }];
  assert.equal(judgeGaps([failed], inDeno, {})[0]!.verdict, "known-gap");
  assert.equal(judgeGaps([failed], inDeno, {}, "node")[0]!.verdict, "failed");
  assert.equal(judgeGaps([passed], inDeno, {}, "node")[0]!.verdict, "passed");
});

Deno.test("judgeGaps() complains about a gap without a scenario", () => {
  const judged = judgeGaps([passed], [{ scenario: "watch/gone", reason: "x 1.0" }], {});
  assert.deepEqual(judged.map(({ key, verdict }) => [key, verdict]), [
    ["watch/join", "passed"],
    ["watch/gone", "stale-gap"],
  ]);
  assert.equal(isFault(judged[1]!), true);
});

Deno.test("judgeGaps() looks at gaps of the chosen options only", () => {
  const when = { ...gap, when: { mode: "incremental" } };
  assert.equal(judgeGaps([failed], [when], { mode: "query" })[0]?.verdict, "failed");
  assert.equal(judgeGaps([failed], [when], { mode: "incremental" })[0]?.verdict, "known-gap");
  assert.equal(judgeGaps([passed], [when], { mode: "query" })[0]?.verdict, "passed");
});

Deno.test("judgeGaps() leaves a skip a skip", () => {
  const skipped = { key: "watch/join", status: "skipped", reason: "No live queries" } as const;
  assert.equal(judgeGaps([skipped], [gap], {})[0]?.verdict, "skipped");
});
