/** Rounds on their way to workers, signed, so that whoever can write to the database cannot make machines work. */
import type { FleetKey } from "./fleet_key.ts";
import { type FleetPlan, roundCountOf } from "./fleet_plan.ts";
import type { RoundJobData } from "./fleet_queue.ts";

const PURPOSE = "fleet round";

/** All rounds of a plan. */
export function roundJobs(plan: FleetPlan, key: FleetKey): RoundJobData[] {
  return Array.from({ length: roundCountOf(plan) }, (_, round) => ({
    plan: plan.id,
    round,
    signature: key.sign(PURPOSE, roundText(plan.id, round)),
  }));
}

/** Whether this is a round of the plan that the key signed. */
export function isSignedRound(
  { plan, round, signature }: RoundJobData,
  of: FleetPlan,
  key: FleetKey,
): boolean {
  return plan === of.id && Number.isInteger(round) && round >= 0 && round < roundCountOf(of) &&
    key.signed(PURPOSE, roundText(plan, round), signature);
}

function roundText(plan: string, round: number): string {
  return JSON.stringify([plan, round]);
}
