import type { Interval } from "./interval.ts";

/** How many times as large the second side is as the first, with its interval. */
export interface RatioEstimate {
  /** Second side over first side; 1 means equal, 1.05 means 5 % more. */
  readonly ratio: number;
  /** Where the true ratio may be. */
  readonly interval: Interval;
}

/**
 * Natural logarithms of measured values, so that differences are ratios.
 *
 * @throws {RangeError} when a value is not a finite number above 0.
 */
export function logarithms(values: ArrayLike<number>): number[] {
  const logs: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!(value > 0 && value < Infinity)) {
      throw new RangeError(
        `Cannot take ratios as values must be finite and above 0: value ${index} is ${value}`,
      );
    }
    logs.push(Math.log(value));
  }
  return logs;
}

/** Ratios from an estimate and an interval of log ratios. */
export function ratioEstimate(logRatio: number, { lower, upper, confidence }: Interval): RatioEstimate {
  return {
    ratio: Math.exp(logRatio),
    interval: { lower: Math.exp(lower), upper: Math.exp(upper), confidence },
  };
}
