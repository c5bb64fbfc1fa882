import assert from "node:assert/strict";
import { findExperiment, paddedId } from "./find_experiment.ts";
import type { LoadedExperiment } from "./load_experiments.ts";

const KNOWN = [["079", "emission-coalescing"], ["127", "writer-dispatch-wall"], ["1024", "large"]]
  .map(([id, slug]) => ({ id, slug }) as LoadedExperiment);

Deno.test("findExperiment() takes an id with and without zeros, and a slug", () => {
  for (const typed of ["079", "79", "0079", "emission-coalescing"]) {
    assert.equal(findExperiment(KNOWN, typed).id, "079", typed);
  }
  assert.equal(findExperiment(KNOWN, "1024").slug, "large");
});

Deno.test("findExperiment() names the nearest when there is none, and all ids", () => {
  const message = (typed: string): RegExp => new RegExp(`^UsageError: Cannot find experiment ${typed}`);
  assert.throws(
    () => findExperiment(KNOWN, "12"),
    message('"12" \\(did you mean "127"\\?\\): there are 079, 127, 1024'),
  );
  assert.throws(
    () => findExperiment(KNOWN, "emission-coalesing"),
    message('.*did you mean "emission-coalescing"'),
  );
  assert.throws(() => findExperiment([], "1"), message('"1": there are none'));
});

Deno.test("paddedId() keeps the letter of a split experiment", () => assert.equal(paddedId("8b"), "008b"));
