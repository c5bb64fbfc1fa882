/**
 * Numbers as readers see them. `format_test.ts` is the specification, as tables.
 *
 * Nothing here asks the reader's locale: the same record must give the same bytes everywhere.
 */
import type { Unit } from "../model/mod.ts";
import { type Estimate, type Interval, median, sortSamples } from "../stats/mod.ts";

/** Stands where there is no value. */
export const NO_VALUE = "–";

const TIME_STEPS = [[1, "ns"], [1e3, "us"], [1e6, "ms"], [1e9, "s"]] as const;
const BYTE_STEPS = [[1, "B"], [2 ** 10, "KiB"], [2 ** 20, "MiB"], [2 ** 30, "GiB"]] as const;

/** Fewest significant digits of a number. */
const FEWEST_DIGITS = 2;
/** Most of them. */
const MOST_DIGITS = 3;

/**
 * A value with its unit: three significant digits or as many as are asked for, the size of the unit chosen so that the number is 1 or more; counts
 * that are whole numbers are exact.
 */
export function formatQuantity(value: number, unit: Unit, digits = MOST_DIGITS): string {
  switch (unit) {
    case "ns":
      return scaled(value, TIME_STEPS, digits);
    case "bytes":
      return scaled(value, BYTE_STEPS, digits);
    case "per-second":
      return `${significant(value, digits)}/s`;
    case "count":
      return formatCount(value);
    case "ratio":
      return significant(value, digits);
  }
}

/** A count: exact when it is a whole number, else four significant digits without trailing zeros. */
export function formatCount(value: number): string {
  if (Number.isInteger(value)) return grouped(plainDecimal(value));
  return grouped(plainDecimal(Number(value.toPrecision(4))));
}

/** A ratio as a factor, `1.25x`. */
export function formatRatio(ratio: number): string {
  return `${significant(ratio)}x`;
}

/** A share from 0 to 1 as per cent, with at most two decimals: `93.75 %`. */
export function formatShare(share: number): string {
  return `${plainDecimal(Number((share * 100).toFixed(2)))} %`;
}

/**
 * A value with how far its interval reaches: `12.3 ms ±4 %` says that the farther end is 4 % away from the value.
 *
 * It has the digits that its interval carries, see {@link digitsOf}. Where the reach is 100 % or more, or the value is
 * 0, both ends are written out. An interval that is a single point, from one block or from blocks that agree, adds
 * nothing.
 */
export function formatEstimate(estimate: Estimate, unit: Unit): string {
  const { value, interval: { lower, upper } } = estimate;
  const text = formatMiddle(estimate, unit);
  if (lower === upper) return text;
  const reach = Math.max(value - lower, upper - value) / Math.abs(value);
  // Ten digits: what rounding added must not lift a whole per cent to the next one.
  const percent = Math.ceil(Number((reach * 100).toPrecision(10)));
  if (percent >= 100 || value === 0) return `${text} (${formatEnds(estimate, unit)})`;
  return `${text} ±${percent} %`;
}

/** The value of an estimate alone, with the digits that its interval carries. */
export function formatMiddle(estimate: Estimate, unit: Unit): string {
  return formatQuantity(estimate.value, unit, digitsOf(estimate));
}

/** Both ends of an estimate's interval, with as many digits: `11.8 ms to 12.7 ms`. */
export function formatEnds(estimate: Estimate, unit: Unit): string {
  const { lower, upper } = estimate.interval;
  return [lower, upper].map((end) => formatQuantity(end, unit, digitsOf(estimate))).join(" to ");
}

/**
 * How many significant digits an estimate carries: three where the farther end of its interval is less than half a unit
 * of the second digit away, so that two would tell less than is known, else two. One block carries two, as it has no
 * interval.
 */
export function digitsOf({ value, interval: { lower, upper }, sampleCount }: Estimate): number {
  if (sampleCount < 2 || value === 0) return FEWEST_DIGITS;
  const secondUnit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Math.max(value - lower, upper - value) < secondUnit / 2 ? MOST_DIGITS : FEWEST_DIGITS;
}

/** Smallest, median and largest of at least one value: `1.02 s / 1.05 s / 1.20 s`. */
export function formatSpread(values: readonly number[], unit: Unit): string {
  const sorted = sortSamples(values);
  return [sorted[0]!, median(sorted), sorted[sorted.length - 1]!].map((value) => formatQuantity(value, unit))
    .join(" / ");
}

/** An interval of ratios: `0.98x to 1.07x`. */
export function formatRatioInterval({ lower, upper }: Interval): string {
  return `${formatRatio(lower)} to ${formatRatio(upper)}`;
}

/** `repetition 1` or `repetitions 0, 2`. */
export function formatBlocks(indexes: readonly number[]): string {
  return `${indexes.length === 1 ? "repetition" : "repetitions"} ${indexes.join(", ")}`;
}

/** The largest step whose rounded number is at least 1, so that 999.9 us is written as 1.00 ms. */
function scaled(
  value: number,
  steps: readonly (readonly [size: number, name: string])[],
  digits: number,
): string {
  let [size, name] = steps[0]!;
  for (const [nextSize, nextName] of steps) {
    if (Math.abs(Number((value / nextSize).toPrecision(digits))) >= 1) [size, name] = [nextSize, nextName];
  }
  return `${significant(value / size, digits)} ${name}`;
}

/** Some significant digits, zeros kept, never an exponent; zero is `0`. */
function significant(value: number, digits = MOST_DIGITS): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const digitsBefore = Math.floor(Math.log10(Math.abs(rounded))) + 1;
  if (digitsBefore >= digits) return grouped(plainDecimal(rounded));
  // Below one millionth nobody reads digits any more, and 100 decimals are the limit of toFixed.
  if (digitsBefore < -5) return rounded < 0 ? ">-0.000001" : "<0.000001";
  return rounded.toFixed(digits - digitsBefore);
}

/** Shortest decimal form without exponent. */
function plainDecimal(value: number): string {
  const text = String(value);
  return text.includes("e") ? BigInt(Math.round(value)).toString() : text;
}

function grouped(text: string): string {
  const [whole, fraction] = text.split(".");
  const spaced = whole!.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ",");
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}
