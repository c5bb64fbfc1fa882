/** One sentence about a run: what it can be about, what it rests on, and how that is said. */
import type { Unit } from "../model/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { formatEnds, formatMiddle, formatShare } from "./format.ts";
import type { CellSummary, PhaseSummary, ValueSummary } from "./summarize_run.ts";

/**
 * In order of importance.
 *
 * `wrong`: a database gave wrong answers. `failed`: blocks did not come to their end. `pressure`: at least half of the
 * blocks shared the CPU with other work. `overview`: who is done first in how many phases, where there are several phases.
 * `starved`: a stream showed outdated rows for half of the burst while few emissions came. `storm`: twice as many
 * emissions as needed, or more. `blocked`: the event loop of the caller missed frames. `fastest`: one cell is beyond
 * doubt done before every other in one phase; said with how late it shows changes, and who shows them sooner. `undecided`: no cell is. `unmeasured`: skipped, or planned and not run.
 */
export const CONCLUSION_KINDS = [
  "wrong",
  "failed",
  "pressure",
  "overview",
  "starved",
  "storm",
  "blocked",
  "fastest",
  "undecided",
  "unmeasured",
] as const;

/** See {@link CONCLUSION_KINDS}. */
export type ConclusionKind = typeof CONCLUSION_KINDS[number];

/** What a conclusion is about. */
export interface ConclusionPlace {
  /** Id and version. */
  readonly workload: string;
  /** Size of the workload. */
  readonly scale: string;
  /** Absent when it is about the whole cell. */
  readonly phase?: string;
}

/** The number that a conclusion rests on. */
export interface ConclusionEvidence {
  /** Id of the metric. */
  readonly metric: string;
  /** `ratio`: the second cell over the first. `value`: the median over the blocks of the first cell. */
  readonly as: "ratio" | "value";
  /** The ratio, or the median in the metric's unit. */
  readonly value: number;
  /** Where the true one may be; a single point with confidence 0 from one block. */
  readonly interval: Interval;
  /** Blocks behind it, by cell. */
  readonly blockCounts: readonly number[];
}

/** One sentence about a run. */
export interface Conclusion {
  /** What it says. */
  readonly kind: ConclusionKind;
  /** One sentence without final period. Not escaped. */
  readonly sentence: string;
  /** Where it holds; empty when it is about the run. */
  readonly places: readonly ConclusionPlace[];
  /** Names of cells: the one that it is about first. */
  readonly cells: readonly string[];
  /** Absent where nothing was measured. */
  readonly evidence?: ConclusionEvidence;
}

/** A conclusion with its size, by which conclusions of one kind are ordered. */
export interface Sized extends Conclusion {
  readonly size: number;
}

/** One phase of one section with its verified cells. */
export interface PlacedPhase {
  readonly place: ConclusionPlace;
  /** Where it is, for the reader. */
  readonly text: string;
  readonly cells: readonly PlacedCell[];
}

/** One verified cell in one phase. */
export interface PlacedCell {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary;
}

/** A median with both ends of its interval, where they differ. */
export function quantity({ estimate }: ValueSummary, unit: Unit): string {
  const { lower, upper } = estimate.interval;
  const text = formatMiddle(estimate, unit);
  return lower === upper ? text : `${text} (${formatEnds(estimate, unit)})`;
}

/** How much a sentence rests on. */
export function blocksText(counts: readonly number[], confidence: number): string {
  const isAlike = new Set(counts).size === 1;
  const each = counts.length > 1 && isAlike ? " each" : "";
  if (isAlike && counts[0] === 1) return `one repetition${each}, no interval`;
  const blocks = isAlike ? `${counts[0]} repetitions${each}` : `${counts.join(" and ")} repetitions`;
  return `${blocks}, ${formatShare(confidence)} confidence`;
}

/** The least over the blocks. */
export function smallest({ values }: ValueSummary): number {
  return Math.min(...values);
}

/** The most over the blocks. */
export function largest({ values }: ValueSummary): number {
  return Math.max(...values);
}
