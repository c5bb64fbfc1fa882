import type { HistoryStep, ResultExcerpt } from "../../../lib/model/verdict.ts";
import { formatCount, formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import { h } from "../dom.ts";

const TITLES = ["time", "what happened", "true from then on", "shown"] as const;

/** The smallest history of a fault: what happened, what was true, what was shown; the fault is in the last shown line. */
export function historyTable(steps: readonly HistoryStep[]): HTMLElement {
  const fault = steps.findLastIndex(({ shown }) => shown !== undefined);
  const rows = steps.flatMap(({ kind, what, atNs, skippedCommits, truth, shown }, index) => [
    ...(skippedCommits === undefined ? [] : [h(
      "tr",
      { class: "muted" },
      h("td", {}),
      h(
        "td",
        { colspan: "3" },
        `${formatCount(skippedCommits)} more ${skippedCommits === 1 ? "commit" : "commits"}`,
      ),
    )]),
    h(
      "tr",
      { class: index === fault ? "fault" : kind },
      h(
        "td",
        { class: "number", "data-title": TITLES[0] },
        atNs === undefined ? NO_VALUE : formatQuantity(atNs, "ns"),
      ),
      h("th", { scope: "row" }, kind === "commit" ? `commit of ${what}` : what),
      h("td", { "data-title": TITLES[2] }, excerptOf(truth)),
      h(
        "td",
        { "data-title": TITLES[3] },
        shown === undefined ? (kind === "quiet" ? "nothing" : "") : excerptOf(shown),
      ),
    ),
  ]);
  return h(
    "div",
    { class: "table rows", role: "group", tabindex: "0", "aria-label": "Smallest history" },
    h(
      "table",
      { class: "history" },
      h("caption", { class: "hidden" }, "The smallest history that shows it"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...TITLES.map((text, index) =>
            h("th", { scope: "col", class: index === 0 ? "number" : undefined }, text)
          ),
        ),
      ),
      h("tbody", {}, ...rows),
    ),
  );
}

function excerptOf({ rowCount, rows }: ResultExcerpt): HTMLElement {
  return h(
    "span",
    {},
    h("small", {}, rowCount === 1 ? "1 row" : `${formatCount(rowCount)} rows`),
    ...rows.map((row) => h("code", { class: "row" }, row)),
  );
}
