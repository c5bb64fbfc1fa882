import { formatEstimate, formatQuantity, NO_VALUE } from "../../lib/report/format.ts";
import type { BlockValues, MetricView, RunView } from "../pages/view.ts";
import type { ValueSummary } from "../../lib/report/summarize_run.ts";
import { swatch } from "./badges.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { summaryOf } from "./estimate.ts";

/** A median with its interval, sorted by the median. */
export function estimateField(value: ValueSummary | undefined, { unit }: MetricView): TableField {
  if (value === undefined) return { content: NO_VALUE };
  return { content: formatEstimate(value.estimate, unit), sort: value.estimate.value };
}

/** A value in the unit of its metric. */
export function quantityField(value: number, { unit }: MetricView): TableField {
  return { content: formatQuantity(value, unit), sort: value };
}

/** One row per adapter, one column per metric. */
export function metricTable(
  caption: string,
  rows: readonly { readonly name: string; readonly color: number; readonly values: BlockValues }[],
  metrics: readonly MetricView[],
): HTMLElement {
  return dataTable(
    caption,
    [
      { title: "database" },
      ...metrics.map(({ title, meaning }) => ({ title, hint: meaning, isNumber: true })),
    ],
    rows.map(({ name, color, values }) => [
      { content: swatch(name, color), sort: name },
      ...metrics.map((metric) => estimateField(summaryOf(values[metric.id]), metric)),
    ]),
    { isCaptionShown: true },
  );
}

/** The heading of a metric; its id where the run does not have it. */
export function titleOf({ metrics }: Pick<RunView, "metrics">, id: string): string {
  return metrics.find((metric) => metric.id === id)?.title ?? id;
}

/** Which way is better, as a sentence without its full stop. */
export function betterText({ direction }: MetricView): string {
  switch (direction) {
    case "lower":
      return "Lower is better";
    case "higher":
      return "Higher is better";
    case "target":
      return "As many as the truth needs is best";
    case "context":
      return "Neither way is better";
  }
}
