import assert from "node:assert/strict";
import { ACCEPTED } from "../_fixture.ts";
import { jsonPathText } from "./json_path.ts";
import { shapeExperiment } from "./schema.ts";

Deno.test("shapeExperiment() says of every field what must be and what is", () => {
  const [criterion] = ACCEPTED.primary;
  const cases: [change: Record<string, unknown>, fault: string][] = [
    [{ title: undefined }, "title: must be a text: it is missing"],
    [{ question: " " }, 'question: must not be blank: it is " "'],
    [{ directions: [] }, "directions: must be a list of at least 1: it is a list of 0"],
    [{ rounds: { ...ACCEPTED.rounds, least: 1.5 } }, "rounds.least: must be a whole number: it is 1.5"],
    [{ rounds: { ...ACCEPTED.rounds, most: 0 } }, "rounds.most: must be at least 1: it is 0"],
    [
      { primary: [{ ...criterion, bar: { kind: "keep", better: "lower", margin: 5 } }] },
      "primary[0].bar.margin: must be less than 1: it is 5",
    ],
    [
      { primary: [{ ...criterion, bar: { kind: "improved" } }] },
      'primary[0].bar.kind: must be one of absolute, improve, keep (did you mean "improve"?): it is "improved"',
    ],
    [
      { experimentClass: "performence" },
      'experimentClass: must be one of performance, measurement, moonshot (did you mean "performance"?): it is "performence"',
    ],
    [{ driftcell: {} }, ': keys must be known (did you mean "driftCell"?): "driftcell" is not'],
  ];
  for (const [change, expected] of cases) {
    const shaped = shapeExperiment({ ...ACCEPTED, ...change });
    const found = "faults" in shaped
      ? shaped.faults.map(({ path, message }) => `${jsonPathText(path)}: ${message}`)
      : [];
    assert.deepEqual(found, [expected]);
  }
});
