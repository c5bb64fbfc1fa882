import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { BrokenMargin } from "./compare_margins.ts";
import { compareAnnotations } from "./compare_annotations.ts";

function broken(sentence: string): BrokenMargin {
  return { metric: "done_ns", share: 0.05, cellKey: "keyed-pk@4/mine/smoke", sentence };
}

Deno.test("compareAnnotations() makes one error of each broken margin, escaped as GitHub reads it", () => {
  deepStrictEqual(
    compareAnnotations("Verdict: worse than allowed", [broken("done is 1.2x, beyond 5 %\n::x")]),
    [
      "::error title=Worse than allowed::done is 1.2x, beyond 5 %25 ::x",
    ],
  );
});

Deno.test("compareAnnotations() tells the verdict where nothing is broken", () => {
  deepStrictEqual(compareAnnotations("Verdict: better", []), ["::notice title=Watchbench::Verdict: better"]);
});

Deno.test("compareAnnotations() counts what GitHub would not show", () => {
  const lines = compareAnnotations("", Array.from({ length: 12 }, (_, index) => broken(`margin ${index}`)));
  strictEqual(lines.length, 10);
  strictEqual(lines.at(-1), "::error title=Worse than allowed::3 more margins are broken");
});
