import assert from "node:assert/strict";
import type { CriterionResult, Experiment, Outcome } from "../../model/experiment.ts";
import { ACCEPTED } from "../_fixture.ts";
import { claimBearings } from "./bearing.ts";

type Word = CriterionResult["result"];

function results(wall: Word, emissions: Word): CriterionResult[] {
  return [["burst-wall", wall], ["emissions", emissions]].map(([criterion, result]) => ({
    criterion: criterion!,
    arm: "memory",
    result: result as Word,
    value: 1,
  }));
}

function bearings(recorded: readonly CriterionResult[], repeated: readonly CriterionResult[]): string[] {
  const experiment: Experiment = {
    ...ACCEPTED,
    learned: {
      ...ACCEPTED.learned!,
      claims: [
        { id: "001.1", text: "It is faster." },
        { id: "001.2", text: "It emits less.", restsOn: ["emissions"] },
      ],
    },
  };
  const replication = { run: "again", machineId: "m", deno: "2", judging: 2, results: repeated };
  const outcome = { results: recorded, replications: [replication] } as unknown as Outcome;
  return claimBearings(experiment, outcome).map(({ claim, bearing }) => `${claim} ${bearing}`);
}

Deno.test("claimBearings() judges each claim by the criteria that it rests on", () => {
  const recorded = results("pass", "miss");
  assert.deepEqual(bearings(recorded, results("pass", "miss")), ["001.1 confirms", "001.2 confirms"]);
  assert.deepEqual(bearings(recorded, results("miss", "miss")), ["001.1 refutes", "001.2 confirms"]);
  assert.deepEqual(bearings(recorded, results("undecided", "pass")), ["001.1 weakens", "001.2 refutes"]);
  assert.deepEqual(bearings(recorded, []), ["001.1 weakens", "001.2 weakens"]);
});

Deno.test("claimBearings() says nothing where nothing was decided, or nothing was replicated", () => {
  assert.deepEqual(bearings(results("undecided", "pass"), results("pass", "pass")), [
    "001.1 tells nothing",
    "001.2 confirms",
  ]);
  assert.deepEqual(claimBearings(ACCEPTED, undefined), []);
});
