import { formatQuantity, formatShare } from "../../../lib/report/format.ts";
import { figureMetrics } from "../../pages/figure_metrics.ts";
import type { RunView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { costChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { titleOf } from "../metric_fields.ts";
import { figure, numbers } from "../page_part.ts";
import type { Entry } from "./phase_entries.ts";

/** The calling thread's CPU time beside the whole span; empty when the clock of the thread was not there. */
export function costFigure(view: RunView, entries: readonly Entry[]): HTMLElement[] {
  const { cost } = figureMetrics(view);
  const [busyTitle, spanTitle] = [cost.busy, cost.span].map((id) => titleOf(view, id)) as [string, string];
  const costs = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [span, busy] = [cost.span, cost.busy].map((id) => summaryOf(metrics[id]));
    if (span === undefined || busy === undefined) return [];
    return [{ name, color, isFloor, spanNs: span.estimate.value, busyNs: busy.estimate.value }];
  }).toSorted((a, b) => a.busyNs - b.busyNs);
  if (costs.length === 0) return [];
  return [figure(
    "Cost on the calling thread",
    undefined,
    costChart(costs, { busyTitle, spanTitle }),
    h(
      "p",
      { class: "caption" },
      `Solid: ${busyTitle}, CPU time that the caller's own thread spent. Pale: ${spanTitle}.`,
    ),
    numbers(dataTable(
      `${busyTitle} and ${spanTitle}: the numbers behind the marks`,
      [
        { title: "database" },
        { title: busyTitle, isNumber: true },
        { title: spanTitle, isNumber: true },
        { title: "share", isNumber: true },
      ],
      costs.map(({ name, color, spanNs, busyNs }) => [
        { content: swatch(name, color), sort: name },
        { content: formatQuantity(busyNs, "ns"), sort: busyNs },
        { content: formatQuantity(spanNs, "ns"), sort: spanNs },
        { content: formatShare(Math.round(1000 * busyNs / spanNs) / 1000), sort: busyNs / spanNs },
      ]),
    )),
  )];
}
