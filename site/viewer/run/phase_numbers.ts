import { formatCount, formatEstimate, NO_VALUE } from "../../../lib/report/format.ts";
import type { RunView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { estimateField, metricTable } from "../metric_fields.ts";
import type { Entry } from "./phase_entries.ts";

/** Every number of a phase, folded away. */
export function phaseNumbers(view: RunView, phaseName: string, entries: readonly Entry[]): HTMLElement {
  const metrics = view.metrics.filter(({ scope, id }) =>
    scope === "phase" && entries.some(({ phase }) => phase.metrics[id] !== undefined)
  );
  const operations = entries.flatMap((entry) =>
    entry.phase.operations.map((operation) => ({ entry, operation }))
  );
  const ofOperations = view.metrics.filter(({ scope }) => scope === "operation");
  const counters = entries.flatMap((entry) =>
    Object.entries(entry.phase.counters).map(([counter, values]) => ({ entry, counter, values }))
  );
  return h(
    "details",
    { class: "all" },
    h("summary", {}, `All numbers of ${phaseName}`),
    metricTable(
      `Phase ${phaseName}`,
      entries.map((entry) => ({ ...entry, values: entry.phase.metrics })),
      metrics,
    ),
    dataTable(
      `Operations of ${phaseName}`,
      [
        { title: "operation" },
        { title: "database" },
        { title: "per repetition", isNumber: true },
        ...ofOperations.map(({ title, meaning }) => ({ title, hint: meaning, isNumber: true })),
      ],
      operations.map(({ entry, operation: { label, count, metrics } }) => [
        { content: label, sort: label },
        { content: swatch(entry.name, entry.color), sort: entry.name },
        { content: formatCount(count), sort: count },
        ...ofOperations.map((metric) => estimateField(summaryOf(metrics[metric.id]), metric)),
      ]),
      { isCaptionShown: true },
    ),
    counters.length > 0 && dataTable(
      `Counters of the databases in ${phaseName}`,
      [{ title: "database" }, { title: "counter" }, { title: "median", isNumber: true }],
      counters.map(({ entry, counter, values }) => {
        const value = summaryOf(values);
        return [
          { content: swatch(entry.name, entry.color), sort: entry.name },
          { content: counter, sort: counter },
          {
            content: value === undefined ? NO_VALUE : formatEstimate(value.estimate, "count"),
            sort: value?.estimate.value,
          },
        ];
      }),
      { isCaptionShown: true },
    ),
  );
}
