/** What one watched query has to show in the course of a phase. */
import type { ShownResult } from "../model/measurement.ts";
import type { Row } from "../model/value.ts";
import { type Digester, setDigest } from "../protocol/digester.ts";
import { acceptsDigests, acceptsRows, type State, type StateDigests, statesEqual } from "./state.ts";

/** What an emission shows, whether true or not. */
export interface Sighting {
  readonly digest: number;
  /** Every state that it shows, as ascending positions in the sequence; empty for a result that never was. */
  readonly positions: readonly number[];
}

/** A state and the operation that made it. */
export interface Moment {
  readonly state: State;
  /** Index in the phase; -1 for the state at its start. */
  readonly operation: number;
}

/** What a sequence is made of. */
export interface SequenceParts {
  readonly columns: readonly string[];
  /** Exactly one order of each result is right. */
  readonly isTotal: boolean;
  /** Holds at least the start. */
  readonly moments: readonly Moment[];
  /** The one that the child digests with. */
  readonly digester: Digester;
}

/**
 * The states of a query in order: the one at the start of the phase and one for each commit that changed it.
 *
 * Neighbours differ; states further apart may be the same again (A, B, A).
 */
export class StateSequence {
  readonly columns: readonly string[];
  readonly isTotal: boolean;
  readonly moments: readonly Moment[];
  readonly #digester: Digester;
  /** States mostly share their rows with the one before. */
  readonly #rowDigests = new WeakMap<Row, number>();
  readonly #sightings = new Map<number, Sighting>();
  #places: Places | undefined;

  constructor({ columns, isTotal, moments, digester }: SequenceParts) {
    this.columns = columns;
    this.isTotal = isTotal;
    this.moments = moments;
    this.#digester = digester;
  }

  /** The state at the end of the phase. */
  get final(): State {
    return this.moments.at(-1)!.state;
  }

  /** Digest of the final state as the child compares it; `null` where a limit cuts through tied rows. */
  get finalDigest(): number | null {
    const { final } = this;
    if (final.ties?.lastRun !== undefined) return null;
    const { rows } = this.#digestsOf(final);
    return this.isTotal ? this.#digester.ofRows(rows, this.columns) : setDigest(rows);
  }

  /** Looks up which states a result shows. Where its rows are known, they have to be right themselves. */
  sight(result: ShownResult, rows?: readonly Row[]): Sighting {
    const known = this.#sightings.get(result.digest);
    if (known !== undefined) return known;
    const byDigest = this.#positionsOf(result);
    const positions = rows === undefined
      ? byDigest
      : byDigest.filter((position) => acceptsRows(this.moments[position]!.state, rows, this.columns));
    const sighting = { digest: result.digest, positions };
    this.#sightings.set(result.digest, sighting);
    return sighting;
  }

  /** Whether a result is a state. */
  accepts(state: State, { digest, rowDigests }: ShownResult): boolean {
    const truth = this.#digestsOf(state);
    if (this.isTotal) return this.#digester.ofRows(truth.rows, this.columns) === digest;
    return rowDigests !== undefined && acceptsDigests(state, truth, rowDigests);
  }

  #positionsOf(result: ShownResult): readonly number[] {
    this.#places ??= this.#arrange();
    const { byDigest, open } = this.#places;
    if (this.isTotal) return byDigest.get(result.digest)?.[0]?.positions ?? [];
    const { rowDigests } = result;
    if (rowDigests === undefined) return [];
    const candidates = [...byDigest.get(setDigest(rowDigests)) ?? [], ...open];
    return candidates.filter(({ state }) => this.accepts(state, result))
      .flatMap(({ positions }) => positions).sort((a, b) => a - b);
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
      const { rows } = this.#digestsOf(state);
      const digest = this.isTotal ? this.#digester.ofRows(rows, this.columns) : setDigest(rows);
      const bucket = byDigest.get(digest);
      const same = bucket?.find((place) => this.isTotal || statesEqual(place.state, state, this.columns));
      if (same !== undefined) same.positions.push(position);
      else if (bucket !== undefined) bucket.push({ state, positions: [position] });
      else byDigest.set(digest, [{ state, positions: [position] }]);
    }
    return { byDigest, open };
  }

  #digestsOf({ rows, ties }: State): StateDigests {
    const digestsOf = (some: readonly Row[]) => Float64Array.from(some, (row) => this.#rowDigest(row));
    const lastRun = ties?.lastRun;
    return { rows: digestsOf(rows), ...(lastRun === undefined ? {} : { lastRun: digestsOf(lastRun) }) };
  }

  #rowDigest(row: Row): number {
    let digest = this.#rowDigests.get(row);
    if (digest === undefined) {
      digest = this.#digester.row(row, this.columns);
      this.#rowDigests.set(row, digest);
    }
    return digest;
  }
}

/** A state and everywhere it occurs. */
interface Place {
  readonly state: State;
  readonly positions: number[];
}

interface Places {
  /** By the digest of the result, or of its rows in any order where the order is open. */
  readonly byDigest: ReadonlyMap<number, readonly Place[]>;
  /** States that accept different sets of rows, as a limit cuts through tied rows: each is compared. */
  readonly open: readonly Place[];
}
