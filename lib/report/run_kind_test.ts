import assert from "node:assert/strict";
import { type RunKind, runKind } from "./run_kind.ts";

Deno.test("runKind() tells by the label what a run was made for", () => {
  const cases: readonly (readonly [label: string, kind: RunKind])[] = [
    ["exp-079-be048bef", "experiment"],
    ["calibrate", "calibration"],
    ["power", "calibration"],
    ["compare", "calibration"],
    ["ab", "comparison"],
    ["bench", "bench"],
    ["three-questions", "bench"],
    ["compare-two", "bench"],
    ["exp", "bench"],
    ["my-exp-079-x", "bench"],
    ["", "bench"],
  ];
  for (const [label, kind] of cases) assert.equal(runKind(label), kind, label);
});
