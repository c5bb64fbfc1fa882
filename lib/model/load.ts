/** How a caller asks that does not wait for answers, and how many of its calls may be under way at once. */
import type { WorkloadParameters } from "./workload.ts";

/** How arrivals are spaced: at random, as those of many independent users are, or all equally. */
export type ArrivalProcess = "poisson" | "constant";

/** All processes, the default first. */
export const ARRIVAL_PROCESSES: readonly ArrivalProcess[] = ["poisson", "constant"];

/** Operations that arrive by themselves: an open loop. */
export interface ArrivalPlan {
  /** How they are spaced. */
  readonly process: ArrivalProcess;
  /** Mean operations per second. */
  readonly ratePerSecond: number;
  /** Of the process, where it is random. */
  readonly seed: number;
}

/** Whether a database kept up with a rate: with `unsustained`, what waited grew, and no delay is a number. */
export type LoadOutcome = "sustained" | "unsustained";

/** How a workload is asked at a rate. */
export interface OpenLoop {
  /** Name of the only phase that is played. */
  readonly phase: string;
  /** The size that says how many operations this phase has. */
  readonly operationCount: string;
  /** Sizes that take the place of those of the scale, so that there is one iteration. */
  readonly parameters: WorkloadParameters;
}

/** Bounds of rates, operations per second. */
export const RATE_BOUNDS = { least: 1, most: 100_000 } as const;

/**
 * Reads a rate such as `100` or `100/s`: operations per second, within {@link RATE_BOUNDS}; `undefined` for anything
 * else.
 */
export function parseRate(text: string): number | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)(?:\/s)?$/.exec(text);
  const rate = match === null ? NaN : Number(match[1]);
  return rate >= RATE_BOUNDS.least && rate <= RATE_BOUNDS.most ? rate : undefined;
}
