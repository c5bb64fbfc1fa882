/** What was known on a day. Pure and without dependencies but dates: pages in a browser ask it as well. */
import type { Claim, Experiment, Outcome } from "../../model/experiment.ts";
import { judgeClaims, type JudgedClaim } from "./beliefs.ts";

/** The days of an experiment, as `YYYY-MM-DD` in UTC, which sorts as time does. */
export interface ExperimentDays {
  /** When the question was written down. */
  readonly asked: string;
  /** When its outcome and what was learned were recorded; absent while it is planned. */
  readonly learned?: string;
}

/** An experiment of which days and claims are known. */
export interface DatedClaims {
  /** Its id. */
  readonly id: string;
  /** Its days. */
  readonly days: ExperimentDays;
  /** What it claims, once it has learned. */
  readonly claims: readonly Claim[];
}

/**
 * The days of an experiment. What was reasoned without a run was learned on the day of the question. A record that
 * claims to be older than its question is taken for as old as the question.
 */
export function daysOf(
  { date, learned }: Pick<Experiment, "date" | "learned">,
  outcome: Pick<Outcome, "recordedAt"> | undefined,
): ExperimentDays {
  if (outcome === undefined) return learned === undefined ? { asked: date } : { asked: date, learned: date };
  const recorded = outcome.recordedAt.slice(0, 10);
  return { asked: date, learned: recorded < date ? date : recorded };
}

/** Whether the question had been written down by the end of a day. */
export function isAskedBy({ asked }: ExperimentDays, day: string): boolean {
  return asked <= day;
}

/** Whether the outcome had been recorded by the end of a day. */
export function isLearnedBy({ learned }: ExperimentDays, day: string): boolean {
  return learned !== undefined && learned <= day;
}

/** What was believed at the end of a day: claims recorded later neither hold nor speak against earlier ones. */
export function beliefsOn(experiments: readonly DatedClaims[], day: string): JudgedClaim[] {
  return judgeClaims(
    new Map(
      experiments.filter(({ days }) => isAskedBy(days, day))
        .map(({ id, days, claims }) => [id, isLearnedBy(days, day) ? claims : []]),
    ),
  );
}

/** Days on which something was asked or learned, ascending, each once. */
export function eventDays(experiments: readonly Pick<DatedClaims, "days">[]): string[] {
  const days = experiments.flatMap((
    { days: { asked, learned } },
  ) => [asked, ...(learned === undefined ? [] : [learned])]);
  return [...new Set(days)].sort();
}
