import type { RunView, TableView } from "../../pages/view.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { part } from "../page_part.ts";

/** One database in several runtimes; nothing where every one ran in one. */
export function runtimesPart({ runtimes }: RunView): HTMLElement[] {
  if (runtimes.length === 0) return [];
  return [part("runtimes", "What changes with the runtime?", [
    ...runtimes.map(table),
    h(
      "p",
      { class: "caption" },
      "Nothing is ranked here: what a database keeps may differ from runtime to runtime, as its class says, and an order in " +
        "one runtime does not hold in another. The last column is against the first row of the same database.",
    ),
  ])];
}

function table({ title, columns, rows }: TableView): HTMLElement {
  return dataTable(
    title,
    columns,
    rows.map((row) =>
      row.map(({ text, sort }, index) => ({ content: text, sort: columns[index]?.isNumber ? sort : text }))
    ),
    { isCaptionShown: true },
  );
}
