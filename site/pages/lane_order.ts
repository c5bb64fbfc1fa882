/**
 * In which order pages offer workloads. First those of the run that the page "Which database?" is made from, in the order
 * of its plan, since a reader who chooses nothing should see what is measured today; then those of newer runs before those
 * of older ones.
 */
import { chooseRun, type RunCandidate } from "./choice_run.ts";

/** What is asked of a run. One that does not say all of {@link RunCandidate}, such as an archived one, leads nowhere. */
export type OrderedRun = Pick<RunCandidate, "startedAt"> & Partial<RunCandidate>;

interface LeadCandidate extends RunCandidate {
  readonly lanes: readonly string[];
}

/** Collects the lanes of runs in any order. */
export class LaneOrder {
  readonly #candidates: LeadCandidate[] = [];
  readonly #newest = new Map<string, { readonly startedAt: string; readonly place: number }>();

  /** Adds a run; `lanes` are in the order of its plan and may repeat. */
  addRun({ startedAt, status, kind, cover }: OrderedRun, lanes: Iterable<string>): void {
    const own = [...new Set(lanes)];
    for (const [place, lane] of own.entries()) {
      const known = this.#newest.get(lane);
      if (known === undefined || startedAt > known.startedAt) this.#newest.set(lane, { startedAt, place });
    }
    if (status !== undefined && kind !== undefined && cover !== undefined) {
      this.#candidates.push({ startedAt, status, kind, cover, lanes: own });
    }
  }

  /** The places of all lanes, from 0. */
  places(): ReadonlyMap<string, number> {
    const lead = chooseRun(this.#candidates)?.lanes ?? [];
    const newestFirst = [...this.#newest].sort(([, a], [, b]) =>
      a.startedAt === b.startedAt ? a.place - b.place : a.startedAt > b.startedAt ? -1 : 1
    ).map(([lane]) => lane);
    return new Map([...new Set([...lead, ...newestFirst])].map((lane, place) => [lane, place]));
  }
}
