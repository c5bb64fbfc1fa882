import type { Bar } from "../../model/experiment.ts";

/** A bar that compares an arm with the control. */
export type ComparedBar = Exclude<Bar, { readonly kind: "absolute" }>;

/** The ratio arm / control at which the bar lies: what is not above it passes for lower, what is not below for higher. */
export function boundaryRatio(bar: ComparedBar): number {
  // A gain and an allowed loss lie on different sides of 1.
  const share = bar.kind === "improve" ? -bar.worthwhile : bar.margin;
  return bar.better === "lower" ? 1 + share : 1 - share;
}
