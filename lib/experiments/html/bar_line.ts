import type { Bar } from "../../model/experiment.ts";
import type { CriterionView } from "./view.ts";

/** Where a bar lies on a chart, and on which side of it values pass. */
export function barLine(bar: Bar): CriterionView["line"] {
  if (bar.kind === "absolute") {
    const passes = bar.comparison === "equal"
      ? "on"
      : bar.comparison === "below" || bar.comparison === "at-most"
      ? "below"
      : "above";
    return { kind: "value", at: bar.value, passes };
  }
  const isLower = bar.better === "lower";
  // A gain and an allowed loss lie on different sides of 1.
  const share = bar.kind === "improve" ? -bar.worthwhile : bar.margin;
  return { kind: "ratio", at: isLower ? 1 + share : 1 - share, passes: isLower ? "below" : "above" };
}
