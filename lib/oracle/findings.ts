/** What went wrong in a phase, worst first. */
import {
  type Finding,
  type HistoryStep,
  type PhaseJudgement,
  VERDICTS,
  worseVerdict,
} from "../model/verdict.ts";
import type { BoundQuery } from "../model/workload.ts";
import { describeQuery } from "./describe_difference.ts";

const MOST_FINDINGS = 5;

/** Where a phase stands in its block, for findings. */
export interface PhasePlace {
  /** Name of the phase. */
  readonly phase: string;
  /** Counts from 0, warm-ups included. */
  readonly iteration: number;
}

interface Found {
  readonly verdict: Finding["verdict"];
  readonly bound: BoundQuery;
  readonly describe: () => string;
  readonly tell: (() => readonly HistoryStep[]) | undefined;
}

/** Gathers what went wrong; words are found for the worst only. */
export class Findings {
  readonly #where: PhasePlace;
  readonly #found: Found[] = [];

  /** Starts without findings. */
  constructor(where: PhasePlace) {
    this.#where = where;
  }

  /** Notes one; `describe` and `tell`, which gives its history, are called when it is among the worst. */
  add(
    verdict: Finding["verdict"],
    bound: BoundQuery,
    describe: () => string,
    tell?: (() => readonly HistoryStep[]) | undefined,
  ): void {
    this.#found.push({ verdict, bound, describe, tell });
  }

  /** The worst verdict and the findings behind it; `converged` without findings. */
  conclude(): Pick<PhaseJudgement, "verdict" | "findings" | "findingCount"> {
    const badness = (verdict: Finding["verdict"]) => VERDICTS.indexOf(verdict);
    const worst = this.#found.toSorted((a, b) => badness(b.verdict) - badness(a.verdict)).slice(
      0,
      MOST_FINDINGS,
    );
    return {
      verdict: this.#found.reduce((verdict, found) => worseVerdict(verdict, found.verdict), VERDICTS[0]!),
      findings: worst.map(({ verdict, bound, describe, tell }) => ({
        verdict,
        phase: this.#where.phase,
        iteration: this.#where.iteration,
        query: describeQuery(bound),
        detail: describe(),
        ...(tell === undefined ? {} : { history: tell() }),
      })),
      findingCount: this.#found.length,
    };
  }
}
