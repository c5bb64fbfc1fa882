import { formatQuantity } from "../../../lib/report/format.ts";
import type { RunView, SoakView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { lineChart } from "../line_chart.ts";
import { figure, part } from "../page_part.ts";
import { figureSelect } from "./figure_select.ts";
import type { RunChoices } from "./run_choices.ts";

/** What changed while blocks went on; nothing where none did. */
export function soakPart({ soaks }: RunView, choices: RunChoices): HTMLElement[] {
  const shown = soaks.filter(({ metrics }) => metrics.length > 0);
  if (shown.length === 0) return [];
  return [part("soak", "What changes with time?", [
    ...shown.map((soak, index) => soakFigure(soak, choices, `soak-${index}`)),
    h(
      "p",
      { class: "caption" },
      "Each point is the median over a window of time. Per minute: the slope by Theil and Sen with its interval, marked " +
        "with ! where it is sure and the last quarter differs from the first by a tenth or more.",
    ),
  ])];
}

function soakFigure({ title, metrics }: SoakView, choices: RunChoices, id: string): HTMLElement {
  const place = h("div");
  const show = (chosen: string): void => {
    const metric = metrics.find((one) => one.title === chosen);
    if (metric === undefined) return;
    place.replaceChildren(
      lineChart({
        label: `${metric.title} over time`,
        isLog: false,
        x: { title: "time since the repetition began", unit: "ns" },
        unit: metric.unit,
        lines: metric.series.map(({ name, adapter, points, texts }) => ({
          name,
          color: adapter,
          isFloor: false,
          points: points.map(([atMs, value]) => ({ x: atMs * 1e6, y: value, lower: value, upper: value })),
          text: `${texts[0]} in the first quarter, ${texts[1]} in the last, ${texts[2]} per minute`,
        })),
      }),
      dataTable(
        `${metric.title}: the beginning, the end and the trend`,
        [
          { title: "database" },
          { title: "first quarter", isNumber: true },
          { title: "last quarter", isNumber: true },
          { title: "per minute", isNumber: true },
          { title: "largest", isNumber: true },
        ],
        metric.series.map(({ name, adapter, points, texts }) => {
          const largest = Math.max(...points.map(([, value]) => value));
          return [
            { content: swatch(name, adapter), sort: name },
            ...texts.map((text) => ({ content: text })),
            { content: formatQuantity(largest, metric.unit), sort: largest },
          ];
        }),
      ),
    );
  };
  return figure(
    title,
    figureSelect(choices, id, "Of", metrics.map((metric) => [metric.title, metric.title]), show),
    place,
  );
}
