/**
 * Lines of values with their intervals. Over two logarithmic axes a power law is a straight line, and its exponent the
 * slope; over linear ones a trend is.
 */
import type { Unit } from "../../lib/model/metric.ts";
import { formatQuantity } from "../../lib/report/format.ts";
import { drawing, horizontalAxis, responsive, valueScale, verticalAxis } from "./axis.ts";
import { s } from "./dom.ts";
import { colorClass } from "./marks.ts";

/** A value with its interval at one place of the horizontal axis. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly lower: number;
  readonly upper: number;
}

/** One line. */
export interface ChartLine {
  /** Who it belongs to. */
  readonly name: string;
  /** Number of its colour. */
  readonly color: number;
  /** Drawn dashed. */
  readonly isFloor: boolean;
  /** In the order of `x`; on logarithmic axes points at or below 0 are left out. */
  readonly points: readonly LinePoint[];
  /** What a screen reader says and a pointer shows, behind the name. */
  readonly text: string;
  /** Places of the horizontal axis that have no value, as it would be beyond all: crosses at the top. */
  readonly beyond?: readonly number[];
  /** Where the line bends: a large dot. */
  readonly knee?: { readonly x: number; readonly y: number };
}

const PLOT = { left: 62, top: 14, bottom: 40, height: 280 } as const;

/** What is drawn. */
export interface LineChart {
  /** What the lines are. */
  readonly label: string;
  /** Both axes are logarithmic. */
  readonly isLog: boolean;
  /** What stands at the horizontal axis. */
  readonly x: { readonly title: string; readonly unit: Unit };
  /** Unit of the vertical axis. */
  readonly unit: Unit;
  readonly lines: readonly ChartLine[];
  /** A value of the vertical axis that lines should stay below. */
  readonly limit?: { readonly value: number; readonly text: string };
}

/** Draws lines. */
export function lineChart(
  { label, isLog, x: { title: xTitle, unit: xUnit }, unit, lines, limit }: LineChart,
): HTMLElement {
  const drawn = lines.map((line) => ({
    ...line,
    points: isLog ? line.points.filter(({ x, y }) => x > 0 && y > 0) : line.points,
  }));
  const scaled = isLog ? { isLog: true } : { isLinear: true };
  return responsive((width) => {
    const { left, top, height } = PLOT;
    const bottom = height - PLOT.bottom;
    const right = width - 10;
    const points = drawn.flatMap((line) => line.points);
    const places = [...points.map((point) => point.x), ...drawn.flatMap(({ beyond = [] }) => beyond)];
    const x = valueScale(places, left + 8, right - 8, scaled);
    const y = valueScale(
      [
        ...points.flatMap(({ y, lower, upper }) => [y, upper, ...(lower > 0 ? [lower] : [])]),
        ...(limit === undefined ? [] : [limit.value]),
      ],
      bottom - 6,
      top + 6,
      scaled,
    );
    return drawing(
      width,
      height,
      `${label}${isLog ? ", both axes logarithmic" : ""}. ${
        drawn.map(({ name, text }) => `${name}: ${text}`).join(". ")
      }`,
      horizontalAxis(x, xUnit, { top, bottom, width: right }),
      verticalAxis(y, unit, { left, right }),
      s(
        "text",
        { class: "hint", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" },
        xTitle,
      ),
      ...(limit === undefined ? [] : [
        s("line", { class: "needed", x1: left, x2: right, y1: y.at(limit.value), y2: y.at(limit.value) }),
        s("text", { class: "hint", x: right, y: y.at(limit.value) - 4, "text-anchor": "end" }, limit.text),
      ]),
      ...drawn.map(({ name, color, isFloor, points, text, beyond = [], knee }) =>
        s(
          "g",
          { class: `row ${colorClass(color)}` },
          s("title", {}, `${name}: ${text}`),
          ...beyond.map((place) =>
            s(
              "text",
              { x: x.at(place), y: top + 4, "text-anchor": "middle", class: "beyond" },
              s("title", {}, `${name}, ${xTitle} ${formatQuantity(place, xUnit)}: beyond`),
              "×",
            )
          ),
          knee !== undefined && s("circle", { class: "point", cx: x.at(knee.x), cy: y.at(knee.y), r: 6 }),
          s("polyline", {
            class: isFloor ? "trend floor" : "trend",
            points: points.map((point) => `${x.at(point.x)},${y.at(point.y)}`).join(" "),
          }),
          ...points.map((point) =>
            s(
              "g",
              {},
              s(
                "title",
                {},
                `${name}, ${xTitle} ${formatQuantity(point.x, xUnit)}: ${formatQuantity(point.y, unit)}`,
              ),
              s("line", {
                class: "interval",
                x1: x.at(point.x),
                x2: x.at(point.x),
                y1: y.at(point.lower > 0 ? point.lower : point.y),
                y2: y.at(point.upper),
              }),
              s("circle", { class: "dot", cx: x.at(point.x), cy: y.at(point.y), r: 3.5 }),
            )
          ),
        )
      ),
    );
  });
}
