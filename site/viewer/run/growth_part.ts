import { formatCount, formatQuantity, NO_VALUE } from "../../../lib/report/format.ts";
import type { GrowthView, RunView, SweepView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { lineChart, type LinePoint } from "../line_chart.ts";
import { figure, numbers, part } from "../page_part.ts";
import { figureSelect } from "./figure_select.ts";
import type { RunChoices } from "./run_choices.ts";

/** How costs grow with what was swept; nothing where no size was. */
export function growthPart({ sweeps }: RunView, choices: RunChoices): HTMLElement[] {
  const shown = sweeps.filter(({ metrics }) => metrics.length > 0);
  if (shown.length === 0) return [];
  return [part("growth", "Whose cost grows?", [
    ...shown.map((sweep, index) => sweepFigure(sweep, choices, `growth-${index}`)),
    h(
      "p",
      { class: "caption" },
      "Both axes are logarithmic: a power law is a straight line, and its exponent the slope. 0 does not grow, 1 doubles " +
        "with the size. In brackets the interval of an exponent from resampled repetitions, and behind it, where the line bends, " +
        "the exponents of the smaller and of the larger half of the sizes.",
    ),
  ])];
}

function sweepFigure(sweep: SweepView, choices: RunChoices, id: string): HTMLElement {
  const { title, parameter, metrics } = sweep;
  const place = h("div");
  const show = (chosen: string): void => {
    const metric = metrics.find((one) => one.id === chosen);
    if (metric === undefined) return;
    place.replaceChildren(
      lineChart({
        label: `${metric.title} by ${parameter}`,
        isLog: true,
        x: { title: parameter, unit: "count" },
        unit: metric.unit,
        lines: metric.adapters.map((growth) => ({
          name: growth.name,
          color: growth.adapter,
          isFloor: growth.isFloor,
          points: pointsOf(sweep, growth),
          text: growth.slope === undefined ? growth.exponent : `exponent ${growth.exponent}`,
        })),
      }),
      dataTable(
        `Exponents of ${metric.title}`,
        [{ title: "database" }, { title: "exponent", isNumber: true }],
        metric.adapters.toSorted(bySlope).map(({ name, adapter, isFloor, exponent, slope }) => [
          { content: swatch(isFloor ? `${name} (lower bound)` : name, adapter), sort: name },
          { content: exponent, sort: slope },
        ]),
      ),
      numbers(dataTable(
        `${metric.title} by ${parameter}: the numbers behind the marks`,
        [{ title: "database" }, ...sweep.sizes.map((size) => ({ title: formatCount(size), isNumber: true }))],
        metric.adapters.map(({ name, adapter, points }) => [
          { content: swatch(name, adapter), sort: name },
          ...points.map((point) =>
            point === null
              ? { content: NO_VALUE }
              : { content: formatQuantity(point[0], metric.unit), sort: point[0] }
          ),
        ]),
      )),
    );
  };
  return figure(
    title,
    figureSelect(choices, id, "Of", metrics.map(({ id, title }) => [id, title]), show),
    place,
  );
}

function pointsOf({ sizes }: SweepView, { points }: GrowthView): LinePoint[] {
  return points.flatMap((point, index) =>
    point === null ? [] : [{ x: sizes[index]!, y: point[0], lower: point[1], upper: point[2] }]
  );
}

function bySlope(a: GrowthView, b: GrowthView): number {
  return (a.slope ?? Number.MAX_VALUE) - (b.slope ?? Number.MAX_VALUE);
}
