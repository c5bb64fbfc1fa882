/**
 * The smallest history that shows what is wrong with a stream: the last emission that fits, the commits since, the
 * emission at fault. Bounded, however long the stream was.
 */
import type { Row } from "../model/value.ts";
import type { HistoryStep } from "../model/verdict.ts";
import type { Operation } from "../model/workload.ts";
import { describeMoment } from "./describe_difference.ts";
import { excerptOf, type ResultFocus } from "./result_excerpt.ts";
import type { State } from "./state.ts";
import type { StateSequence } from "./state_sequence.ts";

/** More commits in a row are cut to the first and the last ones. */
const MOST_COMMITS = 6;

/** What the steps of one stream's history are made of. */
export interface HistorySource {
  readonly sequence: StateSequence;
  readonly operations: readonly Operation[];
  /** Acknowledgement of each operation. */
  readonly endNs: ArrayLike<number>;
  /** Call of the first operation: all times are told from here. */
  readonly originNs: number;
}

/** Makes the steps of one history, which all look at the same rows. */
export class FaultHistory {
  readonly #source: HistorySource;
  readonly #focus: ResultFocus;

  constructor(source: HistorySource, focus: ResultFocus) {
    this.#source = source;
    this.#focus = focus;
  }

  /** The commits behind the positions from `first` to `last`, both included; position 0 is the start of the phase. */
  commits(first: number, last: number): HistoryStep[] {
    const skippedCommits = Math.max(0, last - first + 1 - MOST_COMMITS);
    const resume = first + MOST_COMMITS / 2;
    const steps: HistoryStep[] = [];
    for (let position = first; position <= last; position += 1) {
      if (position === resume && skippedCommits > 0) position += skippedCommits;
      const step = this.#commit(position);
      steps.push(
        position === resume + skippedCommits && skippedCommits > 0 ? { ...step, skippedCommits } : step,
      );
    }
    return steps;
  }

  /** An emission, with the state that it is held against. */
  emission(what: string, atNs: number, state: State, rows: readonly Row[]): HistoryStep {
    return {
      kind: "emission",
      what,
      atNs: this.#sinceOrigin(atNs),
      truth: excerptOf(state.rows, this.#focus),
      shown: excerptOf(rows, this.#focus),
    };
  }

  /** The end of the phase, when the stream was quiet and still showed `rows`; `undefined` when it never showed any. */
  quiet(rows: readonly Row[] | undefined): HistoryStep {
    return {
      kind: "quiet",
      what: "the end of the phase",
      truth: excerptOf(this.#source.sequence.final.rows, this.#focus),
      ...(rows === undefined ? {} : { shown: excerptOf(rows, this.#focus) }),
    };
  }

  #commit(position: number): HistoryStep {
    const { sequence, operations, endNs } = this.#source;
    const { state, operation } = sequence.moments[position]!;
    return {
      kind: operation < 0 ? "start" : "commit",
      what: describeMoment(operations, operation),
      ...(operation < 0 ? {} : { atNs: this.#sinceOrigin(endNs[operation]!) }),
      truth: excerptOf(state.rows, this.#focus),
    };
  }

  #sinceOrigin(atNs: number): number {
    return Math.round(atNs - this.#source.originNs);
  }
}
