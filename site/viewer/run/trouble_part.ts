import { formatCount } from "../../../lib/report/format.ts";
import type { CellView } from "../../pages/view.ts";
import { pill } from "../badges.ts";
import { h } from "../dom.ts";
import { historyTable } from "./history_table.ts";

/** What went wrong with a cell: wrong answers with their evidence, failures, the reason of a skip. */
export function troublePart(cell: CellView): HTMLElement[] {
  const findings = cell.findings.map(({ verdict, phase, query, detail, history, seen }) =>
    h(
      "li",
      {},
      h("p", {}, pill(verdict, "bad"), " ", detail),
      h("p", { class: "caption" }, `Phase ${phase}; seen in ${seen.join("; ")}`),
      h("pre", { tabindex: "0" }, h("code", {}, query)),
      history !== undefined && historyTable(history),
    )
  );
  const [first, ...others] = findings;
  return [
    ...(findings.length === 0 ? [] : [
      h(
        "div",
        { class: "trouble bad" },
        h("h3", {}, `${cell.name} was wrong: no speed is shown`),
        h("p", {}, `${formatCount(cell.findingCount)} wrong answers. The smallest history that shows it:`),
        h("ul", {}, first),
        others.length > 0 && h(
          "details",
          {},
          h(
            "summary",
            {},
            others.length === 1 ? "1 more kind of evidence" : `${others.length} more kinds of evidence`,
          ),
          h("ul", {}, ...others),
        ),
      ),
    ]),
    ...cell.failures.map(({ lead, reason, output }) =>
      h(
        "div",
        { class: "trouble fair" },
        h("h3", {}, lead),
        h("p", {}, reason),
        output.length > 0 && h("pre", { tabindex: "0" }, h("code", {}, output.join("\n"))),
      )
    ),
    ...(cell.skipReason === undefined ? [] : [
      h("div", { class: "trouble" }, h("h3", {}, `${cell.name} was skipped`), h("p", {}, cell.skipReason)),
    ]),
  ];
}
