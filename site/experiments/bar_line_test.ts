import assert from "node:assert/strict";
import type { Bar } from "../../lib/model/experiment.ts";
import { barLine } from "./bar_line.ts";

for (
  const [bar, line] of [
    [{ kind: "improve", better: "lower", worthwhile: 0.05 }, { kind: "ratio", at: 0.95, passes: "below" }],
    [{ kind: "improve", better: "higher", worthwhile: 0.05 }, { kind: "ratio", at: 1.05, passes: "above" }],
    [{ kind: "keep", better: "lower", margin: 0.1 }, { kind: "ratio", at: 1.1, passes: "below" }],
    [{ kind: "keep", better: "higher", margin: 0.1 }, { kind: "ratio", at: 0.9, passes: "above" }],
    [{ kind: "absolute", comparison: "below", value: 9 }, { kind: "value", at: 9, passes: "below" }],
    [{ kind: "absolute", comparison: "at-most", value: 9 }, { kind: "value", at: 9, passes: "below" }],
    [{ kind: "absolute", comparison: "at-least", value: 9 }, { kind: "value", at: 9, passes: "above" }],
    [{ kind: "absolute", comparison: "above", value: 9 }, { kind: "value", at: 9, passes: "above" }],
    [{ kind: "absolute", comparison: "equal", value: 0 }, { kind: "value", at: 0, passes: "on" }],
  ] satisfies readonly (readonly [Bar, ReturnType<typeof barLine>])[]
) {
  Deno.test(`barLine() lies where ${JSON.stringify(bar)} is met`, () => assert.deepEqual(barLine(bar), line));
}
