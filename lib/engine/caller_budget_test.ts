import assert from "node:assert/strict";
import { CallerBudget } from "./caller_budget.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("leaves() counts what was spent in this turn when several things are done in it", async () => {
  const budget = new CallerBudget(2);
  assert.ok(budget.leaves(2));
  budget.spend(1.5);
  assert.ok(budget.leaves(0.5) && !budget.leaves(0.6));
  budget.spend(1);
  assert.ok(!budget.leaves(0));
  await turn();
  await turn();
  assert.ok(budget.leaves(2));
  budget.close();
});

Deno.test("writeMs() forgives one slow run when the next one is fast, readMs() does not", () => {
  const budget = new CallerBudget(2);
  assert.equal(budget.writeMs("a", 7), 7);
  assert.equal(budget.readMs("a"), Infinity);
  for (const ms of [5, 1]) {
    budget.noteWrite("a", ms);
    budget.noteRead("a", ms);
  }
  assert.equal(budget.writeMs("a", 7), 1);
  assert.equal(budget.readMs("a"), 5);
  for (const ms of [5, 5]) budget.noteWrite("a", ms);
  budget.noteRead("a", 1);
  assert.equal(budget.writeMs("a", 7), 5);
  assert.equal(budget.readMs("a"), 1);
});

Deno.test("takesRead() leaves a share of the turn to writes", () => {
  const budget = new CallerBudget(2);
  assert.ok(budget.takesRead(1.5) && !budget.takesRead(1.6) && !budget.takesRead(Infinity));
});
