/** What one watched query has to show in the course of a phase. */
import type { Row } from "../model/value.ts";
import { ResultDigester } from "./result_digest.ts";
import { acceptsRows, type State, statesEqual } from "./state.ts";
import { resultsEqual } from "./value_equality.ts";

/** What an emission shows, whether true or not. */
export interface Sighting {
  readonly rows: readonly Row[];
  readonly digest: number;
  /** Every state that the rows show, as ascending positions in the sequence; empty for a result that never was. */
  readonly positions: readonly number[];
}

/** A state and the operation that made it. */
export interface Moment {
  readonly state: State;
  /** Index in the phase; -1 for the state at its start. */
  readonly operation: number;
}

/**
 * The states of a query in order: the one at the start of the phase and one for each commit that changed it.
 *
 * Neighbours differ; states further apart may be the same again (A, B, A).
 */
export class StateSequence {
  readonly columns: readonly string[];
  readonly moments: readonly Moment[];
  readonly #digester: ResultDigester;
  #places: Places | undefined;
  /** Emissions do not change after delivery, and one array often goes to several subscribers of a query. */
  readonly #sightings = new WeakMap<readonly Row[], Sighting>();

  /** `isTotal` says whether exactly one order of each result is right. `moments` holds at least the start. */
  constructor(columns: readonly string[], isTotal: boolean, moments: readonly Moment[]) {
    this.columns = columns;
    this.moments = moments;
    this.#digester = new ResultDigester(columns, { ordered: isTotal });
  }

  /** The state at the end of the phase. */
  get final(): State {
    return this.moments.at(-1)!.state;
  }

  /** Looks up which states a result shows. */
  sight(rows: readonly Row[]): Sighting {
    const known = this.#sightings.get(rows);
    if (known !== undefined) return known;
    this.#places ??= this.#arrange();
    const digest = this.#digester.digest(rows);
    const candidates = [...this.#places.byDigest.get(digest) ?? [], ...this.#places.open];
    const found = candidates.filter(({ state }) => acceptsRows(state, rows, this.columns));
    const positions = found.length === 1
      ? found[0]!.positions
      : found.flatMap((place) => place.positions).sort((a, b) => a - b);
    const sighting = { rows, digest, positions };
    this.#sightings.set(rows, sighting);
    return sighting;
  }

  /** Whether two emissions show the same rows in the same order. */
  isRepetition(a: Sighting, b: Sighting): boolean {
    return a === b || (a.digest === b.digest && resultsEqual(a.rows, b.rows, this.columns));
  }

  /** Gathers equal states, so that one lookup finds all positions of a repeated state. */
  #arrange(): Places {
    const byDigest = new Map<number, Place[]>();
    const open: Place[] = [];
    for (const [position, { state }] of this.moments.entries()) {
      if (state.ties?.lastRun !== undefined) {
        open.push({ state, positions: [position] });
        continue;
      }
      const digest = this.#digester.digest(state.rows);
      const bucket = byDigest.get(digest);
      const same = bucket?.find((place) => statesEqual(place.state, state, this.columns));
      if (same !== undefined) same.positions.push(position);
      else if (bucket !== undefined) bucket.push({ state, positions: [position] });
      else byDigest.set(digest, [{ state, positions: [position] }]);
    }
    return { byDigest, open };
  }
}

/** A state and everywhere it occurs. */
interface Place {
  readonly state: State;
  readonly positions: number[];
}

interface Places {
  readonly byDigest: ReadonlyMap<number, readonly Place[]>;
  /** States that accept results of several digests, as a limit cuts through tied rows: each is compared. */
  readonly open: readonly Place[];
}
