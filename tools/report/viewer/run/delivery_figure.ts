import { formatCount, formatQuantity } from "../../../../lib/report/format.ts";
import { swatch } from "../badges.ts";
import { deliveryChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { figure, numbers } from "../page_part.ts";
import type { Entry } from "./phase_entries.ts";

/** Emissions against freshness; empty when nobody had live queries. */
export function deliveryFigure(entries: readonly Entry[]): HTMLElement[] {
  const deliveries = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [delivered, fresh, tail] = ["emissions_delivered", "freshness_p50_ns", "freshness_p99_ns"]
      .map((id) => summaryOf(metrics[id]));
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
    "Emissions against freshness",
    undefined,
    deliveryChart(deliveries, needed),
    h(
      "p",
      { class: "caption" },
      "Dot: median freshness, the bar reaches to its 99th percentile. Low and on the line is best: left of the line and high is a " +
        "starved stream, right of it is work that nobody needed.",
    ),
    numbers(dataTable(
      "Emissions and freshness: the numbers behind the marks",
      [
        { title: "adapter" },
        { title: "delivered", isNumber: true },
        { title: "needed", isNumber: true },
        { title: "fresh p50", isNumber: true },
        { title: "fresh p99", isNumber: true },
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
