/** What the truth says about a phase, before anything was measured. */
import type { BoundQuery, Operation, Phase } from "../model/workload.ts";
import type { State } from "./state.ts";
import type { StateSequence } from "./state_sequence.ts";

/** A read and what it has to show. */
export interface ExpectedRead {
  readonly state: State;
  /** The sequence of this state alone; of all states of the query in the phase, where the read runs beside writes. */
  readonly sequence: StateSequence;
  /** Writes run beside it: any state between its call and its answer is right. */
  readonly isBesideWrites?: true;
}

/** Everything that a phase has to show. */
export interface PhaseTruth {
  readonly phase: Phase;
  readonly operations: readonly Operation[];
  /** Every live query of the phase, in the order in which they are opened. */
  readonly watched: readonly BoundQuery[];
  /** One per live query; equal ones may share one. Those of a page hold what was true while it was open. */
  readonly sequences: readonly StateSequence[];
  /** How many of the first live queries of pages are closed again before the phase is over. */
  readonly leftCount: number;
  /** By operation index, for the reads among the operations. */
  readonly reads: ReadonlyMap<number, ExpectedRead>;
  /** By operation index, what each transaction's reads have to see, in order. */
  readonly transactionReads: ReadonlyMap<number, readonly ExpectedRead[]>;
  /** One per check of the phase. */
  readonly checks: readonly ExpectedRead[];
  /** See `WriteGroups`; absent where operations run one after the other. */
  readonly groups?: Int32Array;
}
