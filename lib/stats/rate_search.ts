/**
 * The highest rate at which something still holds, found by bisection on a logarithmic scale.
 *
 * In: what was asked so far, in order. Out: what to ask next, and what is known. Rates come from a fixed grid of 24 per
 * decade, a tenth apart, so that searches that come by the same rate ask the very same one. A search ends between two
 * neighbours of the grid, the lower of which held. The first search begins in the middle and strides until it has one
 * rate on either side; each later one begins where the earlier ones ended and strides in small steps, so that it asks
 * three or four rates. Searches are independent of each other but for where they begin: an interval of their results is
 * one between order statistics.
 */
import { type Estimate, estimateMedian } from "./interval.ts";
import { median, sortSamples } from "./quantile.ts";

/** One rate that was asked. */
export interface RateStep {
  readonly ratePerSecond: number;
  /** Whether it held. */
  readonly holds: boolean;
}

/** What one search has found. */
export interface FoundRate {
  /** Highest rate that held, per second; `undefined` when even the lowest did not. */
  readonly held?: number;
  /** The next one of the grid, which did not hold; `undefined` when even the highest held. */
  readonly failed?: number;
}

/** What is known after some steps. */
export interface RateSearchState {
  /** Of the searches that are over, in order. */
  readonly found: readonly FoundRate[];
  /** What the search that goes on, or a new one, asks next, per second. */
  readonly next: number;
}

const STEPS_PER_DECADE = 24;
/** Grid indexes: 3.16 to 100,000 per second. Below, a plan with a 99th percentile takes more than a minute. */
const LOWEST = 12;
const HIGHEST = 5 * STEPS_PER_DECADE;
/** 100 per second: what a fast typist or a busy feed asks. */
const FIRST = 2 * STEPS_PER_DECADE;
/** Half a decade. */
const FIRST_STRIDE = STEPS_PER_DECADE / 2;
const LATER_STRIDE = 1;

/** The rate at a place of the grid: three significant digits. */
function rateAt(index: number): number {
  return Number((10 ** (index / STEPS_PER_DECADE)).toPrecision(3));
}

function indexOf(ratePerSecond: number): number {
  return Math.round(Math.log10(ratePerSecond) * STEPS_PER_DECADE);
}

/** Lowest and highest rate that searches ask, per second. */
export const SEARCHED_RATES = { lowest: rateAt(LOWEST), highest: rateAt(HIGHEST) } as const;

/** Follows the steps so far. Pure, so that an interrupted search goes on from what is stored. */
export function followSearch(steps: readonly RateStep[]): RateSearchState {
  const found: FoundRate[] = [];
  let search = new Search(FIRST, FIRST_STRIDE);
  for (const { ratePerSecond, holds } of steps) {
    search.take(indexOf(ratePerSecond), holds);
    const result = search.result();
    if (result === undefined) continue;
    found.push(result);
    search = new Search(startOf(found), LATER_STRIDE);
  }
  return { found, next: rateAt(search.next()) };
}

/** Where the next search begins: the median of what held. */
function startOf(found: readonly FoundRate[]): number {
  const indexes = found.map(({ held }) => held === undefined ? LOWEST : indexOf(held));
  return Math.round(median(sortSamples(indexes)));
}

/**
 * The median of what held over several searches, and an interval from the order statistics of what held to those of what
 * failed: the grid is as much part of it as the scatter of the searches. Searches that ran off the grid count as its
 * ends. `undefined` without a search that is over.
 */
export function highestRate(found: readonly FoundRate[]): Estimate | undefined {
  if (found.length === 0) return undefined;
  const held = estimateMedian(sortSamples(found.map(({ held }) => held ?? 0)));
  const failed = estimateMedian(sortSamples(found.map(({ failed }) => failed ?? SEARCHED_RATES.highest)));
  return { ...held, interval: { ...held.interval, upper: failed.interval.upper } };
}

/** One search. */
class Search {
  #next: number;
  #stride: number;
  #held = LOWEST - 1;
  #failed = HIGHEST + 1;

  constructor(start: number, stride: number) {
    this.#next = start;
    this.#stride = stride;
  }

  take(index: number, holds: boolean): void {
    if (holds) this.#held = Math.max(this.#held, index);
    else this.#failed = Math.min(this.#failed, index);
    if (this.#isBracketed()) {
      this.#next = Math.round((this.#held + this.#failed) / 2);
      return;
    }
    this.#next = holds ? Math.min(HIGHEST, index + this.#stride) : Math.max(LOWEST, index - this.#stride);
    this.#stride *= 2;
  }

  next(): number {
    return this.#next;
  }

  result(): FoundRate | undefined {
    if (this.#failed - this.#held > 1) return undefined;
    return {
      ...(this.#held < LOWEST ? {} : { held: rateAt(this.#held) }),
      ...(this.#failed > HIGHEST ? {} : { failed: rateAt(this.#failed) }),
    };
  }

  #isBracketed(): boolean {
    return this.#held >= LOWEST && this.#failed <= HIGHEST;
  }
}
