import { FEWEST_BLOCKS_FOR_BEST } from "../../../lib/report/best_value.ts";
import { formatCount, formatShare } from "../../../lib/report/format.ts";
import type { CellView, RunView } from "../../pages/view.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { part } from "../page_part.ts";

/** Can it be trusted: one card for each thing that decides it. */
export function trustPart(view: RunView): HTMLElement {
  const cells = view.sections.flatMap(({ cells }) => cells);
  const count = (status: CellView["status"]): number => cells.filter((cell) => cell.status === status).length;
  const verified = count("verified");
  const wrong = count("wrong");
  const blocks = summaryOf(
    cells.filter(({ status }) => status === "verified").map((cell) => cell.measuredBlockCount),
  );
  const typical = blocks?.estimate.value ?? 0;
  const confidence =
    summaryOf(Array.from({ length: Math.max(1, Math.round(typical)) }, () => 0))!.estimate.interval
      .confidence;
  const { highestPressure: loudest, warningCount } = view;
  const card = (state: string, value: string, text: string): HTMLElement =>
    h("li", { class: `card ${state}` }, h("strong", {}, value), h("span", {}, text));
  const otherParts = [
    [wrong, "wrong"],
    [count("failed"), "failed"],
    [count("skipped"), "skipped"],
    [count("missing"), "not run"],
  ].flatMap(([number, word]) => number === 0 ? [] : [`${number} ${word}`]);
  return part("trust", "Can I trust it?", [
    h(
      "ul",
      { class: "cards" },
      card(
        wrong > 0 ? "bad" : verified === cells.length ? "good" : "fair",
        `${verified} of ${cells.length} correct`,
        otherParts.length === 0 ? "every result that was shown was checked" : `databases x workloads: ${otherParts.join(", ")}`,
      ),
      card(
        typical >= 6 ? "good" : typical >= FEWEST_BLOCKS_FOR_BEST ? "fair" : "bad",
        `${formatCount(typical)} ${typical === 1 ? "repetition" : "repetitions"} each`,
        confidenceText(confidence),
      ),
      card(
        loudest === undefined ? "fair" : loudest > 0.25 ? "bad" : loudest > 0.1 ? "fair" : "good",
        loudest === undefined
          ? "CPU pressure unknown"
          : `CPU pressure up to ${formatShare(Math.round(loudest * 100) / 100)}`,
        "share of time in which other work waited",
      ),
      card(
        view.tree === "clean" ? "good" : "fair",
        view.tree === "clean"
          ? "clean commit"
          : view.tree === "dirty"
          ? "uncommitted changes"
          : "commit unknown",
        view.status === "complete" ? "the run is complete" : `the run is ${view.status}`,
      ),
      card(
        warningCount === 0 ? "good" : "fair",
        warningCount === 1 ? "1 warning" : `${warningCount} warnings`,
        warningCount === 0 ? "nothing qualifies the numbers" : "told where they belong",
      ),
    ),
    ...(view.warnings.length === 0
      ? []
      : [h("ul", { class: "notes" }, ...view.warnings.map((text) => h("li", {}, text)))]),
  ]);
}

/** What intervals of that many repetitions can say. */
function confidenceText(confidence: number): string {
  if (confidence === 0) return "too few for an interval";
  return confidence < 0.95
    ? `too few for 95 % (this is ${formatShare(confidence)})`
    : `intervals of ${formatShare(confidence)} confidence`;
}
