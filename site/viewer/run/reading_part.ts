import type { RunView } from "../../pages/view.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { betterText } from "../metric_fields.ts";
import { foldedPart } from "../page_part.ts";

/** How the numbers are made, and what each metric means. */
export function readingPart(view: RunView): HTMLElement {
  return foldedPart("reading", "How to read this", [h("small", {}, "what each metric means")], [
    ...(view.meaning === "" ? [] : [h("p", { class: "unfair" }, view.meaning)]),
    h(
      "p",
      {},
      "A value is the median over repetitions, each of them a fresh process. Its interval lies between two of them and aims at 95 % " +
        "confidence. Whoever gave one wrong answer shows no numbers there. Fewer updates are no win by themselves: read them " +
        "beside how late changes were shown.",
    ),
    dataTable(
      "Metrics",
      [{ title: "metric" }, { title: "of a" }, { title: "better" }, { title: "meaning" }],
      view.metrics.map((metric) => [
        { content: metric.title, sort: metric.title },
        { content: metric.scope, sort: metric.scope },
        { content: betterText(metric), sort: metric.direction },
        { content: metric.meaning, sort: metric.meaning, class: "long" },
      ]),
    ),
  ]);
}
