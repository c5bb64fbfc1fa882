import { GAP_MARK } from "../../../../lib/report/known_gaps.ts";
import type { CellView, RunView, SectionView } from "../../../../lib/report/html/view.ts";
import { statusPill, swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { adapterAnchor } from "./adapters_part.ts";
import { KIND_COLUMNS, kindFields } from "./kind_fields.ts";

/** What became of each cell, what is known to be wrong with it all the same, and what kind of system it is. */
export function verdictTable(view: RunView, { key, scale, cells }: SectionView): HTMLElement {
  return dataTable(
    `Verdicts of ${key}, ${scale}`,
    [{ title: "adapter" }, { title: "verdict" }, ...KIND_COLUMNS],
    cells.map((cell) => [
      { content: swatch(cell.name, cell.adapter), sort: cell.name },
      { content: verdictOf(view, cell), sort: `${cell.status} ${cell.verdict ?? ""}`, class: "long" },
      ...kindFields(view.adapters[cell.adapter]!, cell.phases.some(({ unwatched }) => unwatched)),
    ]),
  );
}

function verdictOf(view: RunView, cell: CellView): HTMLElement {
  const { knownGaps } = view.adapters[cell.adapter]!;
  return h(
    "span",
    {},
    statusPill(cell),
    knownGaps.length > 0 && h(
      "small",
      { class: "gap" },
      ` ${GAP_MARK} wrong in: ${knownGaps.map(({ title }) => title).join(", ")}, see `,
      gapLink(cell),
    ),
  );
}

/** Leads to the adapter, and unfolds it: what is folded away cannot be scrolled to. */
function gapLink({ name, adapter }: CellView): HTMLElement {
  const id = adapterAnchor(adapter);
  const link = h("a", { href: `#${id}` }, name);
  link.addEventListener("click", () => document.getElementById(id)?.setAttribute("open", ""));
  return link;
}
