import { formatQuantity } from "../../../lib/report/format.ts";
import type { MetricView, PhaseView, RunView } from "../../pages/view.ts";
import { GAP_MARK } from "../../../lib/report/known_gaps.ts";
import { markedSwatch } from "../badges.ts";
import { rankingChart } from "../charts.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { summaryOf } from "../estimate.ts";
import { betterText, quantityField } from "../metric_fields.ts";
import { figure, numbers } from "../page_part.ts";
import { figureSelect } from "./figure_select.ts";
import type { Entry } from "./phase_entries.ts";
import type { RunChoices } from "./run_choices.ts";

/** What a ranking can be about: a metric of the phase, or of the operations of one label. */
interface Subject {
  readonly key: string;
  readonly title: string;
  readonly metric: MetricView;
  readonly values: (phase: PhaseView) => readonly number[] | undefined;
}

/** Who is first, by any metric of the phase or of its operations: interval and a dot per block. */
export function rankingFigure(
  view: RunView,
  entries: readonly Entry[],
  choices: RunChoices,
  id: string,
): HTMLElement {
  const subjects = subjectsOf(view, entries);
  const place = h("div");
  const show = (key: string): void => {
    const subject = subjects.find((one) => one.key === key);
    if (subject === undefined) return;
    const { metric, values } = subject;
    const sign = metric.direction === "higher" ? -1 : 1;
    const rows = entries.flatMap((entry) => {
      const value = summaryOf(values(entry.phase));
      const { knownGaps } = view.adapters[entry.color]!;
      return value === undefined ? [] : [{ ...entry, value, hasGaps: knownGaps.length > 0 }];
    }).toSorted((a, b) => sign * (a.value.estimate.value - b.value.estimate.value));
    place.replaceChildren(
      rankingChart({ ...metric, title: subject.title }, rows),
      h(
        "p",
        { class: "caption" },
        metric.meaning,
        `. ${betterText(metric)}`,
        rows.some(({ hasGaps }) => hasGaps) &&
          `. ${GAP_MARK}: known to be wrong in something, as its verdict says`,
      ),
      numbers(dataTable(
        `${subject.title}: the numbers behind the marks`,
        [
          { title: "database" },
          { title: "median", isNumber: true },
          { title: "from", isNumber: true },
          { title: "to", isNumber: true },
          { title: "repetitions", isNumber: true },
          { title: "each repetition" },
        ],
        rows.map(({ name, color, value: { values, estimate } }) => [
          { content: markedSwatch(view.adapters[color]!, color), sort: name },
          quantityField(estimate.value, metric),
          quantityField(estimate.interval.lower, metric),
          quantityField(estimate.interval.upper, metric),
          { content: values.length, sort: values.length },
          { content: values.map((value) => formatQuantity(value, metric.unit)).join(", "), class: "long" },
        ]),
      )),
    );
  };
  return figure(
    "Ranking",
    figureSelect(choices, id, "Metric", subjects.map(({ key, title }) => [key, title]), show),
    place,
  );
}

function subjectsOf(view: RunView, entries: readonly Entry[]): Subject[] {
  const ofPhase = view.metrics.filter(({ scope }) => scope === "phase").map((metric): Subject => ({
    key: metric.id,
    title: metric.title,
    metric,
    values: (phase) => phase.metrics[metric.id],
  }));
  const labels = [...new Set(entries.flatMap(({ phase }) => phase.operations.map(({ label }) => label)))];
  const ofOperations = labels.flatMap((label) =>
    view.metrics.filter(({ scope }) => scope === "operation").map((metric): Subject => ({
      key: `${label}/${metric.id}`,
      title: `${label} ${metric.title}`,
      metric,
      values: (phase) => phase.operations.find((one) => one.label === label)?.metrics[metric.id],
    }))
  );
  return [...ofPhase, ...ofOperations].filter(({ values }) =>
    entries.some(({ phase }) => (values(phase)?.length ?? 0) > 0)
  );
}
