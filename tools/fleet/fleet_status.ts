/** What a fleet is doing, for people. */
import { markdownTable } from "markdown-table";
import { safeText } from "../../lib/report/safe_text.ts";
import type { FleetPlan } from "./fleet_plan.ts";
import type { ResultLabel, RoundState, RoundStatus } from "./fleet_queue.ts";

/** One plan, as far as the queue knows it. */
export interface PlanStatus {
  readonly plan: FleetPlan;
  readonly state: RoundState;
  readonly rounds: readonly RoundStatus[];
  readonly results: readonly ResultLabel[];
}

/** What people call the states of rounds. */
const STATE_WORDS: Readonly<Record<RoundState, string>> = {
  created: "waiting",
  retry: "to be tried again",
  active: "under way",
  completed: "run",
  failed: "given up",
  cancelled: "cancelled",
};

/** How many rounds are in which state: `3 waiting, 1 under way`. */
export function countsText(rounds: readonly Pick<RoundStatus, "state">[]): string {
  const counts = Map.groupBy(rounds, ({ state }) => state);
  return (Object.keys(STATE_WORDS) as RoundState[]).flatMap((state) => {
    const count = counts.get(state)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${STATE_WORDS[state]}`];
  }).join(", ");
}

/** Plans, their rounds and the machines that sent results. */
export function statusText(plans: readonly PlanStatus[]): string {
  if (plans.length === 0) return "No plan is in the queue";
  return plans.map(({ plan, state, rounds, results }) => {
    const word = state === "completed" ? "collected" : state === "cancelled" ? "cancelled" : "open";
    const head = `${plan.label} (${plan.id}), planned ${plan.plannedAt}, ${word}: ${countsText(rounds)}`;
    const machines = Map.groupBy(results, ({ machine }) => machine);
    const table = machines.size === 0 ? "no result has arrived" : markdownTable([
      ["machine", "results"],
      ...[...machines].map(([machine, own]) => [safeText(machine, 64), String(own.length)]),
    ]);
    const failed = rounds.filter(({ state }) => state === "failed").map((
      { round, reason = "it gave no reason", retryCount },
    ) => `Round ${round} was given up after ${retryCount + 1} tries: ${safeText(reason, 300)}`);
    const tried = rounds.filter(({ state }) => state === "retry").map((
      { round, reason = "it gave no reason" },
    ) => `Round ${round} is tried again: ${safeText(reason, 300)}`);
    return [head, table, ...tried, ...failed].join("\n");
  }).join("\n\n");
}
