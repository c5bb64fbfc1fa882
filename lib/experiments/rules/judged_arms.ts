import type { Criterion, Experiment } from "../../model/experiment.ts";

/** Names of the arms that a criterion judges, in the order of the experiment. */
export function judgedArms(experiment: Experiment, criterion: Criterion): string[] {
  const { arms, control } = experiment;
  const names = arms.map(({ name }) => name);
  if (criterion.arms !== undefined) return names.filter((name) => criterion.arms!.includes(name));
  return names.length === 1 ? names : names.filter((name) => name !== control);
}

/** All criteria, primaries first. */
export function criteriaOf({ primary, guardrails }: Experiment): Criterion[] {
  return [...primary, ...guardrails];
}
