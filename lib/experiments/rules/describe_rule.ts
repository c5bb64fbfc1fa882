/** The decision rule of an experiment as sentences: what `decide` computes, for people. */
import { type Criterion, type Experiment, JUDGING_VERSION } from "../../model/experiment.ts";
import { candidates } from "./decide.ts";
import { judgedArms } from "./judged_arms.ts";
import { describeBar, describePlace, describeQuantity } from "./wording.ts";

/** A rule in words. Every entry is a sentence without final period. */
export interface RuleText {
  /** When an arm is accepted. */
  readonly accept: string;
  /** One per primary criterion. */
  readonly primary: readonly string[];
  /** One per guardrail. */
  readonly guardrails: readonly string[];
  /** What happens when no arm is accepted, in the order in which it is tried. */
  readonly otherwise: readonly string[];
  /** What a difference must be to count, and how long is measured. */
  readonly evidence: readonly string[];
}

/**
 * Words a rule, as a version of it judges: that of the outcome where there is one. Pure; the wording of single bars is
 * {@link describeBar}'s.
 */
export function describeRule(experiment: Experiment, judging: number = JUDGING_VERSION): RuleText {
  const { primary, guardrails, rounds, driftCell } = experiment;
  const names = candidates(experiment);
  const who = names.length === 1
    ? `Arm ${names[0]} is accepted`
    : `The first of ${names.join(", ")} is accepted that does so:`;
  const clears = primary.length === 1 ? "it clears the primary bar" : "it clears every primary bar";
  const keeps = guardrails.length === 0
    ? ""
    : guardrails.length === 1
    ? " and keeps the guardrail"
    : " and keeps every guardrail";
  const accept = names.length === 1 ? `${who} when ${clears}${keeps}` : `${who} ${clears}${keeps}`;
  const named = [...primary, ...guardrails].filter(({ missReason }) => missReason !== undefined);
  const isCompared = [...primary, ...guardrails].some(({ bar, deterministic }) =>
    bar.kind !== "absolute" && deterministic !== true
  );
  return {
    accept,
    primary: primary.map((criterion) => sentence(experiment, criterion)),
    guardrails: guardrails.map((criterion) => sentence(experiment, criterion)),
    otherwise: [
      "No primary could be measured: rejected (benchmark gap)",
      "Nothing is missed but something is undecided: it stays in review",
      ...named.map(({ title, missReason }) =>
        `Missed "${title}": rejected (${missReason!.replaceAll("_", " ")})`
      ),
      ...(guardrails.length === 0 ? [] : ["Only guardrails are missed: rejected (tradeoff)"]),
      ...(isCompared ? ["A primary gets worse: rejected (regression)"] : []),
      "Anything else: rejected (below signal)",
    ],
    evidence: [
      ...(judging === 1 || [...primary, ...guardrails].every((criterion) => criterion.deterministic === true)
        ? []
        : [
          "A bar is cleared by the whole interval: looking several times lets an arm that lies exactly on it pass in 2.5 % at most",
        ]),
      ...(isCompared
        ? [
          "A difference counts when it is larger than what the machine makes up by itself, its A/A noise, and than 3 %",
        ]
        : []),
      `${
        rounds.least === rounds.most ? rounds.most : `${rounds.least} to ${rounds.most}`
      } rounds within ${rounds.budgetSeconds} s${
        experiment.arms.length === 1 ? "" : ", arms in random order in each"
      }`,
      ...(driftCell === undefined ? [] : [
        `${driftCell.workload} at ${driftCell.scale} on ${driftCell.adapter} runs unchanged in every round, to show drift`,
      ]),
    ],
  };
}

function sentence(experiment: Experiment, criterion: Criterion): string {
  const { title, quantity, place, bar, unit, deterministic } = criterion;
  const arms = judgedArms(experiment, criterion);
  const isEveryBlock = deterministic === true && bar.kind === "absolute";
  return `${title}: ${describeBar(bar, unit, experiment.control)}${
    isEveryBlock ? " in every block" : ""
  }, for ${arms.join(", ")} (${describeQuantity(quantity)}, ${describePlace(place)})`;
}
