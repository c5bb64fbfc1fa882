import { formatQuantity, formatShare } from "../../../../lib/report/format.ts";
import { swatch } from "../badges.ts";
import { costChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { figure, numbers } from "../page_part.ts";
import type { Entry } from "./phase_entries.ts";

/** The calling thread's CPU time beside the wall; empty when the clock of the thread was not there. */
export function costFigure(entries: readonly Entry[]): HTMLElement[] {
  const costs = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [wall, caller] = ["wall_ns", "caller_cpu_ns"].map((id) => summaryOf(metrics[id]));
    if (wall === undefined || caller === undefined) return [];
    return [{ name, color, isFloor, wallNs: wall.estimate.value, callerNs: caller.estimate.value }];
  }).toSorted((a, b) => a.callerNs - b.callerNs);
  if (costs.length === 0) return [];
  return [figure(
    "Cost on the calling thread",
    undefined,
    costChart(costs),
    h(
      "p",
      { class: "caption" },
      "Solid: CPU time that the caller's own thread spent. Pale: wall time of the phase.",
    ),
    numbers(dataTable(
      "Caller CPU and wall: the numbers behind the marks",
      [
        { title: "adapter" },
        { title: "caller CPU", isNumber: true },
        { title: "wall", isNumber: true },
        { title: "share", isNumber: true },
      ],
      costs.map(({ name, color, wallNs, callerNs }) => [
        { content: swatch(name, color), sort: name },
        { content: formatQuantity(callerNs, "ns"), sort: callerNs },
        { content: formatQuantity(wallNs, "ns"), sort: wallNs },
        { content: formatShare(Math.round(1000 * callerNs / wallNs) / 1000), sort: callerNs / wallNs },
      ]),
    )),
  )];
}
