import type { Bar } from "../../lib/model/experiment.ts";
import { boundaryRatio } from "../../lib/experiments/rules/bar_boundary.ts";
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
  return { kind: "ratio", at: boundaryRatio(bar), passes: bar.better === "lower" ? "below" : "above" };
}
