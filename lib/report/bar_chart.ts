/**
 * Bars for a terminal: solid up to the lower end of a value's interval, shaded from there to the upper end.
 *
 * All bars of a chart start at 0 and have one scale, so that their lengths are the ratios of the values.
 */
import type { Interval } from "../stats/mod.ts";

/** With what bars are drawn. `ascii` is for terminals that do not show UTF-8. */
export type BarCharacters = "unicode" | "ascii";

/** One eighth of a column to seven of them. */
const PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

const SOLID: Readonly<Record<BarCharacters, string>> = { unicode: "█", ascii: "#" };
const SHADED: Readonly<Record<BarCharacters, string>> = { unicode: "░", ascii: "-" };

/**
 * A bar on a scale from 0 to `largest` over `width` columns; shorter than `width` where the value is smaller, and never
 * empty for a value above 0. `lower` and `upper` lie between 0 and `largest`.
 */
export function drawBar(
  { lower, upper }: Pick<Interval, "lower" | "upper">,
  largest: number,
  width: number,
  characters: BarCharacters,
): string {
  if (upper <= 0 || largest <= 0) return "";
  const columns = (value: number): number => value / largest * width;
  const end = Math.max(1, Math.round(columns(upper)));
  // What is above 0 begins with a mark, however small it is.
  const solid = Math.min(end, Math.max(columns(lower), lower > 0 ? 1 / PARTS.length : 0));
  const shade = (count: number): string => SHADED[characters].repeat(count);
  if (characters === "ascii") {
    const whole = Math.max(Math.round(solid), lower > 0 ? 1 : 0);
    return SOLID.ascii.repeat(whole) + shade(end - whole);
  }
  const whole = Math.floor(solid);
  const part = PARTS[Math.floor((solid - whole) * PARTS.length)]!;
  return SOLID.unicode.repeat(whole) + part + shade(end - whole - part.length);
}
