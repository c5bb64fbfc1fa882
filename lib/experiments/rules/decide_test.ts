import assert from "node:assert/strict";
import type { Criterion, CriterionResult, Experiment } from "../../model/experiment.ts";
import { ACCEPTED } from "../_fixture.ts";
import { decide } from "./decide.ts";

const [wall] = ACCEPTED.primary as [Criterion];
const [emissions] = ACCEPTED.guardrails as [Criterion];

/** Three arms with two primaries and a guardrail. */
const EXPERIMENT: Experiment = {
  ...ACCEPTED,
  arms: ["control", "first", "second"].map((name) => ({ name, adapter: name })),
  control: "control",
  primary: [wall, { ...wall, id: "fresh" }],
  guardrails: [emissions],
};

type Word = CriterionResult["result"];

/** Results as `burst-wall fresh emissions` for each judged arm. */
function results(byArm: Record<string, string>): CriterionResult[] {
  return Object.entries(byArm).flatMap(([arm, words]) =>
    words.split(" ").map((word, index) => ({
      criterion: ["burst-wall", "fresh", "emissions"][index]!,
      arm,
      result: word as Word,
      value: 1,
    }))
  );
}

function outcome(experiment: Experiment, list: readonly CriterionResult[]): string {
  const decision = decide(experiment, list);
  return [
    decision.outcomeClass,
    "outcomeReason" in decision ? decision.outcomeReason : "",
    decision.winner ?? "",
  ]
    .join(" ").trim();
}

const CASES: readonly (readonly [first: string, second: string, expected: string])[] = [
  ["pass pass pass", "pass pass pass", "accepted performance first"],
  ["pass miss pass", "pass pass pass", "accepted performance second"],
  ["pass pass miss", "miss miss pass", "rejected tradeoff"],
  ["miss miss pass", "miss pass pass", "rejected below_signal"],
  ["pass undecided pass", "miss miss pass", "in_review"],
  ["pass pass undecided", "miss pass pass", "in_review"],
];

for (const [first, second, expected] of CASES) {
  Deno.test(`decide() says ${expected} when the arms show: ${first}; ${second}`, () => {
    assert.equal(outcome(EXPERIMENT, results({ first, second })), expected);
  });
}

Deno.test("decide() calls it a regression when a missed primary got worse", () => {
  const list = results({ first: "miss pass pass", second: "miss miss pass" }).map((result) => ({
    ...result,
    comparison: {
      verdict: "worse",
      ratio: 1.2,
      interval: { lower: 1.1, upper: 1.3, confidence: 0.95 },
      pValue: 0.001,
      pairCount: 12,
      floor: 0.03,
      isCalibrated: true,
    } as const,
  }));
  assert.equal(outcome(EXPERIMENT, list), "rejected regression");
});

Deno.test("decide() gives the reason that the missed criterion names", () => {
  const primary = EXPERIMENT.primary.map((one) => ({ ...one, missReason: "premise_refuted" as const }));
  const list = results({ first: "miss miss pass", second: "miss miss pass" });
  assert.equal(outcome({ ...EXPERIMENT, primary }, list), "rejected premise_refuted");
});

Deno.test("decide() sees a gap in the benchmark when no primary could be measured", () => {
  const list = results({ first: "undecided undecided pass", second: "undecided undecided pass" })
    .map((result) => ({ ...result, value: null }));
  assert.equal(outcome(EXPERIMENT, list), "rejected benchmark_gap");
});

Deno.test("decide() accepts a measurement of a single arm for the measurement's sake", () => {
  const bar = { kind: "absolute", comparison: "below", value: 1 } as const;
  const experiment: Experiment = {
    ...ACCEPTED,
    experimentClass: "measurement",
    arms: [{ name: "only", adapter: "x" }],
    control: "only",
    primary: [{ ...wall, bar }],
    guardrails: [],
  };
  assert.equal(outcome(experiment, results({ only: "pass" })), "accepted measurement only");
});

Deno.test("decide() holds bars of the control against everybody", () => {
  const control: Criterion = { ...emissions, id: "sane", arms: ["control"] };
  const experiment = { ...EXPERIMENT, primary: [wall, control], guardrails: [] };
  const list = [
    ...results({ first: "pass", second: "pass" }),
    { criterion: "sane", arm: "control", result: "miss", value: 12 } as const,
  ];
  assert.equal(outcome(experiment, list), "rejected below_signal");
});

Deno.test("decide() throws when a result is missing", () => {
  assert.throws(() => decide(EXPERIMENT, results({ first: "pass pass pass" })), {
    name: "RangeError",
    message: 'Cannot decide as every criterion must have a result: "burst-wall" has none for arm "second"',
  });
});
