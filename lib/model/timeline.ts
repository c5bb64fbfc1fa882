/**
 * What happened in one block on a time axis, for a picture: operations, emissions, outdated spans.
 *
 * Nothing here is measured for a number. It is made after the judgement, of one iteration per phase, and bounded.
 * Ascending columns are stored as gaps, each entry being the difference to the one before (the first one to 0), which
 * takes a third of the bytes; {@link gapsOf} and {@link fromGaps} turn one into the other. Times are whole
 * microseconds since the first operation of the phase was called, unrecorded ones included; what came before, such as
 * first results, has negative times.
 */
import type { Operation } from "./workload.ts";
import type { Verdict } from "./verdict.ts";

/** Operations with the same kind and label. */
export interface OperationLabel {
  /** What they do. */
  readonly kind: Operation["kind"];
  /** As the workload says. */
  readonly label: string;
}

/** Operations in execution order; they never overlap. All columns have the same length. */
export interface OperationColumns {
  /** Index into {@link PhaseTimeline.labels}. */
  readonly label: readonly number[];
  /** From the acknowledgement of the operation before, or from 0, to the call. */
  readonly gapUs: readonly number[];
  /** From the call to the acknowledgement. */
  readonly tookUs: readonly number[];
}

/** One emission that cannot be true. */
export interface EmissionFault {
  /** Index of the emission. */
  readonly emission: number;
  /** What is wrong with it. */
  readonly verdict: "phantom" | "regressed";
}

/** One watched query. */
export interface StreamTimeline {
  /** Index of the watch in its phase. */
  readonly watch: number;
  /** Index into {@link PhaseTimeline.queries}. */
  readonly query: number;
  /** Its arguments as text; empty without any. */
  readonly args: string;
  /** Indexes of the operations that changed the result, as gaps. */
  readonly changeGaps: readonly number[];
  /** When each emission came, as gaps; the first result is the first one. */
  readonly emissionGapsUs: readonly number[];
  /**
   * How many of the changes are in what each emission shows, as gaps: the fewest that fit, and never fewer than before.
   * One that fits nowhere counts for as many as the one before it. Of the same length as the emissions.
   */
  readonly shownGaps: readonly number[];
  /** Emissions that cannot be true, in order. */
  readonly faults: readonly EmissionFault[];
  /** When the stream showed an outdated result: ends of ascending spans, from and to in turns, as gaps. */
  readonly outdatedGapsUs: readonly number[];
  /** When the library computed the result anew, in the same form; absent where it does not tell. */
  readonly requeryGapsUs?: readonly number[];
  /** Errors that the live query delivered, the first ones. */
  readonly errors: readonly { readonly atUs: number; readonly message: string }[];
  /** The last emission was not the final state, or there was none. */
  readonly isLost: boolean;
}

/** What did not fit: everything from a moment on, and streams beyond the busiest. */
export interface TimelineCut {
  /** Nothing that began at this time or later is here. Spans that were open end here. */
  readonly atUs: number;
  /** Operations left out. */
  readonly operationCount: number;
  /** Emissions left out, of all streams. */
  readonly emissionCount: number;
  /** Streams left out as a whole. */
  readonly streamCount: number;
}

/** One run of one phase. */
export interface PhaseTimeline {
  /** Name of the phase. */
  readonly phase: string;
  /** Counts from 0, warm-ups included: the first one that went wrong, else the last recorded one. */
  readonly iteration: number;
  /** Of this iteration. */
  readonly verdict: Verdict;
  /** The phase has watches, but the adapter has no live queries. */
  readonly unwatched: boolean;
  /** The last acknowledgement or emission, whichever came later: the phase was quiet from then on. */
  readonly quietUs: number;
  /** Index of the first recorded operation: changes and emissions count from its call on. */
  readonly recordedFrom: number;
  /** In order of first use. */
  readonly labels: readonly OperationLabel[];
  /** What the caller did. */
  readonly operations: OperationColumns;
  /** Texts of the watched queries, each once. */
  readonly queries: readonly string[];
  /** In the order of the watches; empty when the phase ran unwatched. */
  readonly streams: readonly StreamTimeline[];
  /** Absent when everything is here. */
  readonly cut?: TimelineCut;
}

/** Version of the format of timelines; it has its own, as records changed and timelines did not. */
export const TIMELINE_SCHEMA_VERSION = 1;

/** The pictures of one block. */
export interface BlockTimeline {
  /** Version of the format of timelines. */
  readonly schemaVersion: number;
  /** Key of its cell. */
  readonly cellKey: string;
  /** Counts from 0 within its cell. */
  readonly blockIndex: number;
  /** In order of the workload. */
  readonly phases: readonly PhaseTimeline[];
}

/** Where the timeline of a block is stored. */
export interface TimelineReference {
  /** File in the folder `timelines` of the run. */
  readonly file: string;
  /** SHA-256 of the file in hex. */
  readonly sha256: string;
}

/** Differences between neighbours, the first one to 0. */
export function gapsOf(values: ArrayLike<number>): number[] {
  return Array.from(values, (value, index) => value - (index === 0 ? 0 : values[index - 1]!));
}

/** Running sums: the values that {@link gapsOf} was given. */
export function fromGaps(gaps: readonly number[]): number[] {
  let sum = 0;
  return gaps.map((gap) => sum += gap);
}

/** Call and acknowledgement of each operation, microseconds. */
export function operationTimes({ gapUs, tookUs }: OperationColumns): {
  readonly startUs: readonly number[];
  readonly endUs: readonly number[];
} {
  const startUs: number[] = [];
  const endUs: number[] = [];
  let endedUs = 0;
  for (const [index, gap] of gapUs.entries()) {
    const startedUs = endedUs + gap;
    endedUs = startedUs + tookUs[index]!;
    startUs.push(startedUs);
    endUs.push(endedUs);
  }
  return { startUs, endUs };
}
