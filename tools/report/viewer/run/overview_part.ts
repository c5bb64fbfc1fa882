import { bestValue, FEWEST_BLOCKS_FOR_BEST } from "../../../../lib/report/best_value.ts";
import { formatCount, formatQuantity, NO_VALUE } from "../../../../lib/report/format.ts";
import { leadMetrics } from "../../../../lib/report/html/lead_metrics.ts";
import type { CellView, MetricView, RunView, SectionView } from "../../../../lib/report/html/view.ts";
import { GAP_MARK } from "../../../../lib/report/known_gaps.ts";
import { markedSwatch, statusPill } from "../badges.ts";
import { dataTable, type TableField } from "../data_table.ts";
import { h, labelledSelect } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { betterText } from "../metric_fields.ts";
import { part } from "../page_part.ts";
import { KIND_COLUMNS, kindFields } from "./kind_fields.ts";
import { ranked } from "./phase_entries.ts";

/** Which one: every adapter and every workload in one table, by the metric that is chosen. */
export function overviewPart(
  view: RunView,
  sections: readonly { readonly section: SectionView; readonly id: string }[],
): HTMLElement {
  const metrics = leadMetrics(view.metrics);
  const columns = sections.flatMap(({ section }) =>
    section.phases.map((phase) => ({ section, phase, several: section.phases.length > 1 }))
  );
  const place = h("div");
  const show = (id: string): void => {
    const metric = metrics.find((one) => one.id === id);
    if (metric === undefined) return;
    const bests = columns.map(({ section, phase }) => bestEntry(section, phase.name, metric));
    const leads = columns.map(({ section, phase }) => leadingValue(section, phase.name, metric));
    const rows = view.adapters.map((adapter, index): TableField[] => [
      { content: markedSwatch(adapter, index), sort: adapter.name },
      ...columns.map(({ section, phase }, column): TableField => {
        const cell = section.cells.find((one) => one.adapter === index);
        return overviewField(cell, phase.name, metric, bests[column], leads[column]);
      }),
      ...kindFields(adapter),
    ]);
    place.replaceChildren(
      dataTable(
        `${metric.title} of every adapter and workload`,
        [
          { title: "adapter" },
          ...columns.map(({ section, phase, several }) => ({
            title: several ? `${section.key} ${phase.name}` : section.key,
            isNumber: true,
            hint: section.question,
          })),
          ...KIND_COLUMNS,
        ],
        rows,
      ),
      h("p", { class: "caption" }, metric.meaning, `. ${betterText(metric)}`),
    );
  };
  const first = metrics[0]?.id ?? "";
  show(first);
  return part("overview", "Which one?", [
    metrics.length === 0
      ? h("p", {}, "No cell was verified, so there is nothing to rank")
      : labelledSelect("Metric", metrics.map(({ id, title }) => [id, title]), first, show),
    place,
    h(
      "p",
      { class: "caption" },
      `Factors are against the best median with live queries. ★: the best beyond doubt, its interval touches no other ` +
        `and every one has at least ${FEWEST_BLOCKS_FOR_BEST} blocks. A floor ran without live queries.`,
      view.adapters.some(({ knownGaps }) => knownGaps.length > 0) &&
        ` ${GAP_MARK}: known to be wrong in something, told under Adapters.`,
    ),
  ]);
}

function overviewField(
  cell: CellView | undefined,
  phaseName: string,
  { id, unit, direction }: MetricView,
  best: string | undefined,
  lead: number | undefined,
): TableField {
  if (cell === undefined) return { content: NO_VALUE };
  const phase = cell.phases.find(({ name }) => name === phaseName);
  const value = summaryOf(phase?.metrics[id]);
  if (value === undefined) {
    return { content: cell.status === "verified" ? NO_VALUE : statusPill(cell), class: "muted" };
  }
  const median = value.estimate.value;
  const ratio = lead === undefined || lead === 0 || median === 0 || direction === "target"
    ? undefined
    : direction === "higher"
    ? lead / median
    : median / lead;
  const heat = ratio === undefined || phase?.unwatched
    ? ""
    : ratio <= 1.1
    ? "heat0"
    : ratio <= 2
    ? "heat1"
    : ratio <= 10
    ? "heat2"
    : "heat3";
  return {
    content: h(
      "span",
      {},
      best === cell.name ? h("span", { class: "star" }, "★ ") : undefined,
      h("b", {}, formatQuantity(median, unit)),
      h("small", {}, phase?.unwatched ? " floor" : ratio === undefined ? "" : ` ${factorText(ratio)}`),
    ),
    sort: median,
    class: heat,
  };
}

function factorText(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : formatCount(Math.round(ratio))}×`;
}

/** The best median among cells with live queries. */
function leadingValue(
  section: SectionView,
  phaseName: string,
  { id, direction }: MetricView,
): number | undefined {
  const medians = ranked(section, phaseName).flatMap(({ phase }) =>
    summaryOf(phase.metrics[id])?.estimate.value ?? []
  );
  if (medians.length === 0) return undefined;
  return direction === "higher" ? Math.max(...medians) : Math.min(...medians);
}

function bestEntry(
  section: SectionView,
  phaseName: string,
  { id, direction }: MetricView,
): string | undefined {
  const candidates = ranked(section, phaseName).filter(({ hasFailures }) => !hasFailures).flatMap(
    ({ name, phase }) => {
      const value = summaryOf(phase.metrics[id]);
      return value === undefined ? [] : [{ of: name, value }];
    },
  );
  return bestValue(candidates, direction);
}
