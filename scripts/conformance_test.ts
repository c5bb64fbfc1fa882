import assert from "node:assert/strict";
import type { JudgedResult } from "../lib/conformance/mod.ts";
import { parseConformanceArguments, summaryOf } from "./conformance.ts";

function ended(...verdicts: JudgedResult["verdict"][]): JudgedResult[] {
  return verdicts.map((verdict, index) => ({ key: `area/scenario-${index}`, verdict, reason: "" }));
}

Deno.test("summaryOf() counts what passed, what does not apply, known gaps and faults", () => {
  const results = ended("passed", "passed", "skipped", "known-gap", "failed", "closed-gap", "stale-gap");
  assert.equal(summaryOf(results), "2 passed, 1 does not apply, 1 known gap, 3 to look at");
});

Deno.test("summaryOf() does not make a database look bad that lacks live queries", () => {
  const results = [
    ...Array.from({ length: 16 }, () => ended("passed")),
    ...Array.from({ length: 16 }, () => ended("skipped")),
  ].flat();
  assert.equal(summaryOf(results), "16 passed, 16 do not apply");
});

Deno.test("parseConformanceArguments() takes runtimes that there are, Deno when none is named", () => {
  assert.deepEqual(parseConformanceArguments([])?.runtime, ["deno"]);
  assert.deepEqual(parseConformanceArguments(["--runtime", "chromium, node"])?.runtime, ["chromium", "node"]);
  assert.throws(() => parseConformanceArguments(["--runtime", "safari"]), {
    name: "UsageError",
    message: /must be one of deno, node, bun, chromium, firefox: got "safari"/,
  });
});
