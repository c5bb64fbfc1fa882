/** What a replication does to a claim: the results that the claim rests on, held against those that were recorded. */
import type { Claim, CriterionResult, Experiment, Outcome, Replication } from "../../model/experiment.ts";

/**
 * `confirms`: every result is as recorded. `refutes`: one that passed is missed, or the other way around. `weakens`: one
 * that was decided is undecided now. `tells nothing`: nothing that it rests on was decided when it was recorded.
 */
export type Bearing = "confirms" | "weakens" | "refutes" | "tells nothing";

/** What one replication does to one claim. */
export interface ClaimBearing {
  /** Id of the claim. */
  readonly claim: string;
  /** The replication. */
  readonly replication: Replication;
  /** What it does. */
  readonly bearing: Bearing;
}

/** What every replication of an experiment does to every claim of it, in order of the claims. Pure. */
export function claimBearings(experiment: Experiment, outcome: Outcome | undefined): ClaimBearing[] {
  const replications = outcome?.replications ?? [];
  return (experiment.learned?.claims ?? []).flatMap((claim) =>
    replications.map((replication) => ({
      claim: claim.id,
      replication,
      bearing: bearingOn(claim, experiment, outcome!.results, replication.results),
    }))
  );
}

function bearingOn(
  { restsOn }: Claim,
  { primary }: Experiment,
  recorded: readonly CriterionResult[],
  repeated: readonly CriterionResult[],
): Bearing {
  const criteria = new Set(restsOn ?? primary.map(({ id }) => id));
  const pairs = recorded.filter(({ criterion, result }) => criteria.has(criterion) && result !== "undecided")
    .map(({ criterion, arm, result }) => ({
      before: result,
      now: repeated.find((one) => one.criterion === criterion && one.arm === arm)?.result ?? "undecided",
    }));
  if (pairs.length === 0) return "tells nothing";
  if (pairs.some(({ before, now }) => now !== "undecided" && now !== before)) return "refutes";
  return pairs.every(({ before, now }) => now === before) ? "confirms" : "weakens";
}
