import assert from "node:assert/strict";
import type { Experiment } from "../../model/experiment.ts";
import { describeRule } from "./describe_rule.ts";
import { ACCEPTED, REJECTED } from "../_fixture.ts";

Deno.test("describeRule() words bars with where they are read and whom they judge", () => {
  const rule = describeRule(ACCEPTED);
  assert.equal(rule.accept, "Arm memory is accepted when it clears the primary bar and keeps the guardrail");
  assert.deepEqual(rule.primary, [
    "Burst wall: at least 5 % lower than file, for memory (wall_ns, keyed-pk@2, phase burst)",
  ]);
  assert.deepEqual(rule.guardrails, [
    "Emissions: below 10 in every block, for memory (emissions_delivered, keyed-pk@2, phase burst)",
  ]);
  assert.deepEqual(rule.otherwise, [
    "No primary could be measured: rejected (benchmark gap)",
    "Nothing is missed but something is undecided: it stays in review",
    "Only guardrails are missed: rejected (tradeoff)",
    "A primary gets worse: rejected (regression)",
    "Anything else: rejected (below signal)",
  ]);
  assert.match(rule.evidence.join("; "), /A\/A noise.*; 6 to 20 rounds within 300 s/);
});

Deno.test("describeRule() names several arms in order, and what a miss was settled to mean", () => {
  const experiment: Experiment = {
    ...REJECTED,
    arms: [...REJECTED.arms, { name: "both", adapter: "node-sqlite" }],
    primary: [
      {
        ...REJECTED.primary[0]!,
        bar: { kind: "absolute", comparison: "at-least", value: 2 },
        unit: "count",
        missReason: "premise_refuted",
      },
      { ...ACCEPTED.guardrails[0]!, arms: ["both"] },
    ],
  };
  const rule = describeRule(experiment);
  assert.equal(
    rule.accept,
    "The first of memory, both is accepted that does so: it clears every primary bar",
  );
  assert.match(rule.primary[0]!, /at least 2, for memory, both/);
  assert.match(rule.primary[1]!, /below 10 in every block, for both/);
  assert.deepEqual(rule.guardrails, []);
  assert.ok(rule.otherwise.includes('Missed "Burst wall": rejected (premise refuted)'));
  assert.ok(!rule.otherwise.some((line) => line.includes("tradeoff") || line.includes("regression")));
  assert.ok(!rule.evidence.some((line) => line.includes("A/A")));
});

Deno.test("describeRule() says how many rounds and leaves out the order of a single arm", () => {
  const [arm] = ACCEPTED.arms;
  const rounds = { least: 4, most: 4, budgetSeconds: 60 };
  const { evidence } = describeRule({ ...ACCEPTED, arms: [arm!], control: arm!.name, rounds });
  assert.equal(evidence.at(-1), "4 rounds within 60 s");
});
