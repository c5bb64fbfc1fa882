import type { PhaseTimeline, Program, Verdict } from "../model/mod.ts";

/** Chooses one iteration of each phase for a picture: the first that went wrong, else the last recorded one. */
export class PhasePictures {
  readonly #lastRecorded = new Map<string, number>();
  readonly #kept = new Map<string, PhaseTimeline>();

  constructor({ iterations }: Program) {
    for (const [iteration, { warmup, phases }] of iterations.entries()) {
      if (!warmup) { for (const { name } of phases) this.#lastRecorded.set(name, iteration); }
    }
  }

  get all(): readonly PhaseTimeline[] {
    return [...this.#kept.values()];
  }

  wants(phase: string, iteration: number, verdict: Verdict): boolean {
    const { verdict: known = "converged" } = this.#kept.get(phase) ?? {};
    if (known !== "converged") return false;
    return verdict !== "converged" || iteration === this.#lastRecorded.get(phase);
  }

  keep(timeline: PhaseTimeline | undefined): void {
    if (timeline !== undefined) this.#kept.set(timeline.phase, timeline);
  }
}
