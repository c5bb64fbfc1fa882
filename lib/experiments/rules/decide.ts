/** From judged criteria to how the experiment ended. The rule is the same for every experiment. */
import type { Criterion, CriterionResult, Disposition, Experiment } from "../../model/experiment.ts";
import { judgedArms } from "./judged_arms.ts";

/** The computed end of an experiment. */
export type Decision = Disposition & {
  /** The arm that was accepted; absent otherwise. */
  readonly winner?: string;
};

/**
 * Decides an experiment.
 *
 * An arm wins when it clears every primary criterion and every guardrail that judges it; of several, the first in the
 * experiment's order. Criteria that judge other arms only (a bar for the control, say) must be cleared as well.
 * Without a winner: `in_review` when nothing was missed by the best arm but something is undecided; else rejected,
 * for the reason that the missed criterion names, and where it names none: `tradeoff` when only guardrails were missed,
 * `regression` when a primary got worse, `benchmark_gap` when no primary could be measured, `below_signal` otherwise.
 *
 * @throws {RangeError} when a criterion lacks the result of an arm that it judges.
 */
export function decide(experiment: Experiment, results: readonly CriterionResult[]): Decision {
  const standings = candidates(experiment).map((arm) => standing(experiment, results, arm));
  const winner = standings.find(({ primary, guardrails }) => [...primary, ...guardrails].every(isPassed));
  if (winner !== undefined) {
    return { outcomeClass: "accepted", outcomeReason: acceptReason(experiment), winner: winner.arm };
  }
  // The best arm is the one that came furthest: fewest missed primaries, then fewest missed guardrails.
  const [best] = standings.toSorted((a, b) =>
    missed(a.primary).length - missed(b.primary).length ||
    missed(a.guardrails).length - missed(b.guardrails).length
  );
  const { primary, guardrails } = best!;
  const misses = [...missed(primary), ...missed(guardrails)];
  if (primary.every(({ result }) => result.value === null)) return rejected("benchmark_gap");
  if (misses.length === 0) return { outcomeClass: "in_review" };

  const named = misses.find(({ criterion }) => criterion.missReason !== undefined);
  if (named !== undefined) return rejected(named.criterion.missReason!);
  if (missed(primary).length === 0) return rejected("tradeoff");
  const isWorse = missed(primary).some(({ result }) => result.comparison?.verdict === "worse");
  return rejected(isWorse ? "regression" : "below_signal");
}

interface Judged {
  readonly criterion: Criterion;
  readonly result: CriterionResult;
}

interface Standing {
  readonly arm: string;
  readonly primary: readonly Judged[];
  readonly guardrails: readonly Judged[];
}

/** Arms that can win: the ones that a primary judges; the control only when no other arm is judged. */
export function candidates(experiment: Experiment): string[] {
  const judged = new Set(experiment.primary.flatMap((criterion) => judgedArms(experiment, criterion)));
  const names = experiment.arms.map(({ name }) => name).filter((name) => judged.has(name));
  const treated = names.filter((name) => name !== experiment.control);
  return treated.length === 0 ? names : treated;
}

function standing(experiment: Experiment, results: readonly CriterionResult[], arm: string): Standing {
  const judge = (criterion: Criterion): Judged[] => {
    const arms = judgedArms(experiment, criterion);
    // A bar that does not judge this arm at all is a condition of the whole experiment.
    const own = arms.includes(arm) ? [arm] : arms.filter((name) => name === experiment.control);
    return own.map((name) => {
      const result = results.find((one) => one.criterion === criterion.id && one.arm === name);
      if (result === undefined) {
        throw new RangeError(
          `Cannot decide as every criterion must have a result: "${criterion.id}" has none for arm "${name}"`,
        );
      }
      return { criterion, result };
    });
  };
  return {
    arm,
    primary: experiment.primary.flatMap(judge),
    guardrails: experiment.guardrails.flatMap(judge),
  };
}

function isPassed({ result }: Judged): boolean {
  return result.result === "pass";
}

function missed(judged: readonly Judged[]): Judged[] {
  return judged.filter(({ result }) => result.result === "miss");
}

function rejected(
  outcomeReason: Extract<Disposition, { outcomeClass: "rejected" }>["outcomeReason"],
): Decision {
  return { outcomeClass: "rejected", outcomeReason };
}

function acceptReason({ acceptReason, experimentClass }: Experiment) {
  return acceptReason ?? (experimentClass === "measurement" ? "measurement" : "performance");
}
