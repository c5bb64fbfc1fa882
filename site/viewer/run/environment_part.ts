import { formatCount, formatQuantity, formatShare, NO_VALUE } from "../../../lib/report/format.ts";
import type { RunView } from "../../pages/view.ts";
import { noiseChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { figure, foldedPart, numbers } from "../page_part.ts";

/** Where it ran, and how busy the host was during each block. */
export function environmentPart(view: RunView): HTMLElement {
  return foldedPart("environment", "Environment and noise", [
    h("small", {}, "where it ran, and how busy the host was"),
  ], [
    view.blocks.length > 0 && figure(
      "CPU pressure while each repetition ran",
      undefined,
      noiseChart(view.blocks.map(({ adapter, ...block }) => ({ ...block, color: adapter }))),
      h(
        "p",
        { class: "caption" },
        "One bar per repetition in the order in which they ran, coloured by database: the share of its time in which some task waited for a CPU.",
      ),
      numbers(dataTable(
        "Repetitions in the order in which they ran",
        [
          { title: "repetition" },
          { title: "started", isNumber: true },
          { title: "took", isNumber: true },
          { title: "pressure", isNumber: true },
          { title: "load", isNumber: true },
          { title: "status" },
        ],
        view.blocks.map(({ title, startMs, elapsedMs, pressure, load, status }) => [
          { content: title, sort: title },
          { content: formatQuantity(startMs * 1e6, "ns"), sort: startMs },
          { content: formatQuantity(elapsedMs * 1e6, "ns"), sort: elapsedMs },
          { content: pressure === undefined ? NO_VALUE : formatShare(pressure), sort: pressure },
          { content: load === undefined ? NO_VALUE : formatCount(load), sort: load },
          { content: status, sort: status },
        ]),
      )),
    ),
    h(
      "dl",
      { class: "facts" },
      ...view.environment.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    ),
  ]);
}
