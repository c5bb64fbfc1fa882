import { formatCount, formatQuantity } from "../../../lib/report/format.ts";
import { figureMetrics } from "../../pages/figure_metrics.ts";
import type { RunView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { deliveryChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { titleOf } from "../metric_fields.ts";
import { figure, numbers } from "../page_part.ts";
import type { Entry } from "./phase_entries.ts";

/** Emissions against how late changes were shown; empty when nobody had live queries. */
export function deliveryFigure(view: RunView, entries: readonly Entry[]): HTMLElement[] {
  const { delay } = figureMetrics(view);
  const [middle, reach] = [delay.middle, delay.tail].map((id) => titleOf(view, id)) as [string, string];
  const deliveries = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [delivered, fresh, tail] = ["emissions_delivered", delay.middle, delay.tail].map((id) => summaryOf(metrics[id]));
    if (delivered === undefined || fresh === undefined || tail === undefined) return [];
    return [{
      name,
      color,
      isFloor,
      delivered: delivered.estimate.value,
      deliveredRange: [Math.min(...delivered.values), Math.max(...delivered.values)] as const,
      freshNs: fresh.estimate.value,
      tailNs: tail.estimate.value,
    }];
  });
  if (deliveries.length === 0) return [];
  const needed = Math.max(
    ...entries.map(({ phase }) => summaryOf(phase.metrics["emissions_needed"])?.estimate.value ?? 0),
  );
  return [figure(
    `Updates against ${middle}`,
    undefined,
    deliveryChart(deliveries, needed, { middle, reach }),
    h(
      "p",
      { class: "caption" },
      `Dot: ${middle}, the bar reaches to ${reach}. ` +
        "Low and on the line is best: left of the line and high is a " +
        "starved live query, right of it is work that nobody needed.",
    ),
    numbers(dataTable(
      `Updates and ${middle}: the numbers behind the marks`,
      [
        { title: "database" },
        { title: "shown", isNumber: true },
        { title: "needed", isNumber: true },
        { title: middle, isNumber: true },
        { title: reach, isNumber: true },
      ],
      deliveries.map(({ name, color, delivered, freshNs, tailNs }) => [
        { content: swatch(name, color), sort: name },
        { content: formatCount(delivered), sort: delivered },
        { content: formatCount(needed), sort: needed },
        { content: formatQuantity(freshNs, "ns"), sort: freshNs },
        { content: formatQuantity(tailNs, "ns"), sort: tailNs },
      ]),
    )),
  )];
}
