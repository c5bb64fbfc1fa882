/** What the truth says about a phase, before anything was measured. */
import type { Operation, Phase } from "../model/workload.ts";
import type { State } from "./state.ts";
import type { StateSequence } from "./state_sequence.ts";

/** A read and what it has to show. */
export interface ExpectedRead {
  readonly state: State;
  /** The sequence of this state alone. */
  readonly sequence: StateSequence;
}

/** Everything that a phase has to show. */
export interface PhaseTruth {
  readonly phase: Phase;
  readonly operations: readonly Operation[];
  /** One per watch; equal watches may share one. */
  readonly sequences: readonly StateSequence[];
  /** By operation index, for the reads among the operations. */
  readonly reads: ReadonlyMap<number, ExpectedRead>;
  /** One per check of the phase. */
  readonly checks: readonly ExpectedRead[];
}
