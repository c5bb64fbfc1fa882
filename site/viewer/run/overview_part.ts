import { bestValue, FEWEST_BLOCKS_FOR_BEST } from "../../../lib/report/best_value.ts";
import { formatCount, formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import { leadMetrics } from "../../pages/lead_metrics.ts";
import type {
  AdapterView,
  CellView,
  MetricView,
  RunView,
  SectionView,
} from "../../pages/view.ts";
import { GAP_MARK } from "../../../lib/report/known_gaps.ts";
import { markedSwatch, statusPill } from "../badges.ts";
import { dataTable, type TableField } from "../data_table.ts";
import { h, labelledSelect } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { heatClass } from "../heat.ts";
import { colorClass } from "../marks.ts";
import { betterText } from "../metric_fields.ts";
import { part } from "../page_part.ts";
import { adapterFilter } from "./adapter_filter.ts";
import { ranked } from "./phase_entries.ts";
import type { RunChoices } from "./run_choices.ts";

/** Narrower windows show cards. */
const CARDS = "(max-width: 40rem)";

/** A column of the matrix. */
interface PhaseColumn {
  readonly title: string;
  readonly section: SectionView;
  readonly phase: string;
  readonly best: string | undefined;
  readonly lead: number | undefined;
}

/** Which one: every adapter and every workload in one matrix, by the metric that is chosen. */
export function overviewPart(
  view: RunView,
  sections: readonly { readonly section: SectionView; readonly id: string }[],
  choices: RunChoices,
): HTMLElement {
  const metrics = leadMetrics(view.metrics);
  const place = h("div");
  const narrow = matchMedia(CARDS);
  const chosen = (): MetricView | undefined =>
    metrics.find(({ id }) => id === choices.of("metric")[0]) ?? metrics[0];
  const draw = (): void => {
    const metric = chosen();
    if (metric === undefined) return;
    const columns = columnsOf(sections.map(({ section }) => section), metric);
    const hidden = choices.of("hide");
    const rows = view.adapters.flatMap((adapter, index) =>
      hidden.includes(adapter.name)
        ? []
        : [{ adapter, index, fields: columns.map((column) => overviewField(column, index, metric)) }]
    );
    place.replaceChildren(
      narrow.matches ? cards(columns, rows) : table(metric, columns, rows),
      h("p", { class: "caption" }, metric.meaning, `. ${betterText(metric)}`),
    );
  };
  const select = labelledSelect(
    "Metric",
    metrics.map(({ id, title }) => [id, title]),
    chosen()?.id ?? "",
    (id) => choices.set("metric", id === metrics[0]?.id ? [] : [id]),
  );
  choices.listen("metric", () => {
    select.querySelector("select")!.value = chosen()?.id ?? "";
    draw();
  });
  choices.listen("hide", draw);
  narrow.addEventListener("change", draw);
  draw();
  return part("overview", "Which one?", [
    metrics.length === 0
      ? h("p", {}, "Nothing was correct throughout, so there is nothing to rank")
      : h("div", { class: "controls" }, select, adapterFilter(view, choices)),
    place,
    h(
      "p",
      { class: "caption" },
      `Factors are against the best median with live queries. ★: the best beyond doubt, its interval touches no other ` +
        `and every one has at least ${FEWEST_BLOCKS_FOR_BEST} repetitions. A bound is a lower bound: it ran without live queries.`,
      view.adapters.some(({ knownGaps }) => knownGaps.length > 0) &&
        ` ${GAP_MARK}: known to be wrong in something, told under Databases.`,
    ),
  ]);
}

interface OverviewRow {
  readonly adapter: AdapterView;
  readonly index: number;
  readonly fields: readonly TableField[];
}

function columnsOf(sections: readonly SectionView[], metric: MetricView): PhaseColumn[] {
  return sections.flatMap((section) =>
    section.phases.map(({ name }) => ({
      title: section.phases.length > 1 ? `${section.key} ${name}` : section.key,
      section,
      phase: name,
      best: bestEntry(section, name, metric),
      lead: leadingValue(section, name, metric),
    }))
  );
}

function table(
  metric: MetricView,
  columns: readonly PhaseColumn[],
  rows: readonly OverviewRow[],
): HTMLElement {
  const box = dataTable(
    `${metric.title} of every database and workload`,
    [
      { title: "database" },
      ...columns.map(({ title, section }) => ({ title, isNumber: true, hint: section.question })),
      { title: "class", hint: "What a crash can take, or that it has a server, is a model or ran unwatched" },
    ],
    rows.map(({ adapter, index, fields }) => [
      { content: markedSwatch(adapter, index), sort: adapter.name },
      ...fields,
      { content: adapter.cellClass, sort: adapter.cellClass },
    ]),
  );
  box.classList.add("small", "matrix");
  return box;
}

function cards(columns: readonly PhaseColumn[], rows: readonly OverviewRow[]): HTMLElement {
  return h(
    "div",
    { class: "choice-cards" },
    h(
      "ol",
      {},
      ...rows.map(({ adapter, index, fields }) =>
        h(
          "li",
          { class: `choice-card ${colorClass(index)}` },
          h(
            "div",
            { class: "top" },
            h("h3", {}, markedSwatch(adapter, index)),
            h("small", { class: "quiet" }, adapter.cellClass),
          ),
          h(
            "dl",
            { class: "numbers" },
            ...fields.map((field, column) =>
              h(
                "div",
                { class: field.class },
                h("dt", {}, columns[column]!.title),
                h("dd", {}, field.content),
              )
            ),
          ),
        )
      ),
    ),
  );
}

function overviewField(
  { section, phase: phaseName, best, lead }: PhaseColumn,
  index: number,
  metric: MetricView,
): TableField {
  const { id, unit, direction } = metric;
  const cell: CellView | undefined = section.cells.find((one) => one.adapter === index);
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
  const heat = phase?.unwatched ? "" : heatClass(ratio);
  return {
    content: h(
      "span",
      {},
      best === cell.name ? h("span", { class: "star" }, "★ ") : undefined,
      h("b", {}, formatQuantity(median, unit)),
      h("small", {}, phase?.unwatched ? " bound" : ratio === undefined ? "" : ` ${factorText(ratio)}`),
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
