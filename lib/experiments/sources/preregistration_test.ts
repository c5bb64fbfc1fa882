import assert from "node:assert/strict";
import fc from "fast-check";
import type { Experiment } from "../../model/experiment.ts";
import { ACCEPTED } from "../_fixture.ts";
import { preregistrationDigest } from "./preregistration.ts";

const DIGEST = preregistrationDigest(ACCEPTED);

Deno.test("preregistrationDigest() ignores what is written after the run, and the order of keys", () => {
  const reversed = Object.fromEntries(Object.entries(ACCEPTED).reverse()) as unknown as Experiment;
  const { learned: _learned, ...settled } = reversed;
  assert.equal(preregistrationDigest({ ...settled, withoutEvidence: "Planned" }), DIGEST);
});

Deno.test("preregistrationDigest() changes with every settled value", () => {
  const { learned: _learned, ...settled } = ACCEPTED;
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value !== "object" || value === null) paths.push(path);
    else {for (const [key, item] of Object.entries(value)) {
        walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
      }}
  };
  walk(settled, []);
  fc.assert(fc.property(fc.constantFrom(...paths), (path) => {
    // deno-lint-ignore no-explicit-any -- any value may be replaced
    const changed: any = structuredClone(settled);
    // deno-lint-ignore no-explicit-any -- see above
    const parent = path.slice(0, -1).reduce((at: any, step) => at[step], changed);
    parent[path.at(-1)!] = `other ${parent[path.at(-1)!]}`;
    assert.notEqual(preregistrationDigest(changed), DIGEST);
  }));
});
