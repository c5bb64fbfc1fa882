/** Arms over the control, pair by pair: dots, interval and estimate over the A/A band, with the bar as a line. */
// @ts-types="@types/d3-scale"
import { scaleLog } from "d3-scale";
import type { CriterionView, JudgedArmView } from "../../experiments/view.ts";
import { formatRatio, formatShare } from "../../../lib/report/format.ts";
import { drawing, responsive } from "../axis.ts";
import { shortened } from "../chart_row.ts";
import { type Child, s } from "../dom.ts";
import { resultSign } from "./result_mark.ts";

/** One row: an arm under one criterion. */
export interface RatioRow {
  /** The criterion. */
  readonly criterion: CriterionView;
  /** The arm; it has a comparison. */
  readonly arm: JudgedArmView & { readonly comparison: NonNullable<JudgedArmView["comparison"]> };
}

const ROW_HEIGHT = 74;
const TRACK_AT = 52;
const TRACK_HALF = 13;
const INSET = 12;
/** Ratios beyond these are drawn at the edge, as triangles, unless an estimate lies out there. */
const USUAL = [0.5, 2] as const;
const TICKS = [
  0.01,
  0.02,
  0.05,
  0.1,
  0.2,
  0.3,
  0.4,
  0.5,
  0.6,
  0.7,
  0.8,
  0.9,
  1,
  1.1,
  1.25,
  1.5,
  1.75,
  2,
  2.5,
  3,
  4,
  5,
  7,
  10,
  20,
  50,
  100,
] as const;
const TICK_DISTANCE = 44;

/** Draws all rows over one logarithmic axis, so that twice and half are equally far. */
export function ratioChart(control: string, rows: readonly RatioRow[]): HTMLElement {
  return responsive((width) => {
    const domain = domainOf(rows);
    const scale = scaleLog(domain, [INSET, width - INSET]);
    const at = (ratio: number): number => scale(Math.min(domain[1], Math.max(domain[0], ratio)));
    const bottom = rows.length * ROW_HEIGHT + 4;
    const label = `Ratios to ${control}, logarithmic. ${rows.map(spoken).join(". ")}`;
    return drawing(
      width,
      bottom + 20,
      label,
      axis(domain, at, bottom, width),
      ...rows.map((row, index) => rowMark(row, index, domain, at, width)),
    );
  });
}

function domainOf(rows: readonly RatioRow[]): readonly [number, number] {
  const needed = rows.flatMap((
    { criterion: { line }, arm: { comparison: { ratio, lower, upper, floor } } },
  ) => [
    ratio,
    lower,
    upper,
    1 + floor,
    1 / (1 + floor),
    line.at,
  ]);
  const dots = rows.flatMap(({ arm: { ratios } }) => ratios);
  const low = Math.min(...needed, Math.max(USUAL[0], Math.min(...dots, 1)));
  const high = Math.max(...needed, Math.min(USUAL[1], Math.max(...dots, 1)));
  return [low / 1.03, high * 1.03];
}

function axis(
  [low, high]: readonly [number, number],
  at: (ratio: number) => number,
  bottom: number,
  width: number,
): SVGElement {
  // 1 first, since it is what the others are read against; then the rounder ones.
  const order = [1, 2, 0.5, 10, 0.1, 5, 0.2, 1.5, ...TICKS];
  const chosen: number[] = [];
  for (const tick of order) {
    if (tick < low || tick > high || chosen.includes(tick)) continue;
    if (chosen.every((other) => Math.abs(at(other) - at(tick)) >= TICK_DISTANCE)) chosen.push(tick);
  }
  return s(
    "g",
    { class: "axis", "aria-hidden": "true" },
    ...chosen.map((tick) => {
      const x = at(tick);
      const anchor = x > width - 24 ? "end" : x < 24 ? "start" : "middle";
      return s(
        "g",
        {},
        s("line", { class: tick === 1 ? "one" : undefined, x1: x, x2: x, y1: 0, y2: bottom }),
        s("text", { x, y: bottom + 14, "text-anchor": anchor }, `${tick}×`),
      );
    }),
  );
}

function rowMark(
  { criterion, arm }: RatioRow,
  index: number,
  domain: readonly [number, number],
  at: (ratio: number) => number,
  width: number,
): SVGElement {
  const { comparison: { ratio, lower, upper, floor, verdict, pairCount, isCalibrated }, ratios, result } =
    arm;
  const top = index * ROW_HEIGHT;
  const y = top + TRACK_AT;
  const sign = result === undefined ? "" : resultSign(result);
  const bandStart = at(1 / (1 + floor));
  const numbers = `${formatRatio(ratio)} (${formatRatio(lower)} to ${formatRatio(upper)})`;
  const more = `, ${pairCount} pairs, difference ${verdict}`;
  const text = shortened(arm.arm, width / 6.4 - numbers.length - 4);
  const hasRoom = (text.length + numbers.length + more.length + 2) * 6.4 < width;
  return s(
    "g",
    { class: "row c0", "data-arm": arm.arm },
    s("title", {}, spoken({ criterion, arm })),
    s("text", { class: "name", x: 0, y: top + 15 }, shortened(criterion.title, (width - 90) / 7.6)),
    s("text", { class: `result ${result ?? ""}`, x: width, y: top + 15, "text-anchor": "end" }, sign),
    s("text", { class: "value", x: 0, y: top + 32 }, `${text}: ${numbers}${hasRoom ? more : ""}`),
    floor > 0 &&
      s("rect", {
        class: `band${isCalibrated ? "" : " uncalibrated"}`,
        x: bandStart,
        y: y - TRACK_HALF,
        width: Math.max(1, at(1 + floor) - bandStart),
        height: 2 * TRACK_HALF,
      }),
    s("line", { class: "interval", x1: at(lower), x2: at(upper), y1: y, y2: y }),
    ...ratios.map((one, pair) => dot(one, pair, y, domain, at)),
    s("line", { class: "median", x1: at(ratio), x2: at(ratio), y1: y - 10, y2: y + 10 }),
    barMark(criterion, at(criterion.line.at), y),
  );
}

/** The bar, with small ticks towards the side that passes. */
function barMark({ line: { passes }, bar }: CriterionView, x: number, y: number): Child {
  const sign = passes === "below" ? -1 : 1;
  const [top, bottom] = [y - TRACK_HALF - 3, y + TRACK_HALF + 3];
  return s(
    "g",
    { class: "bar" },
    s("title", {}, `bar: ${bar}`),
    s("path", { d: `M${x},${top}V${bottom}M${x},${top}h${sign * 6}M${x},${bottom}h${sign * 6}` }),
  );
}

function dot(
  ratio: number,
  pair: number,
  y: number,
  [low, high]: readonly [number, number],
  at: (ratio: number) => number,
): SVGElement {
  // Three heights keep dots apart without suggesting that height means something.
  const height = y + (pair % 3 - 1) * 5;
  const title = s("title", {}, `pair ${pair + 1}: ${formatRatio(ratio)}`);
  if (ratio >= low && ratio <= high) {
    return s("circle", { class: "dot", cx: at(ratio), cy: height, r: 2.6 }, title);
  }
  const [x, way] = ratio < low ? [at(low), -1] : [at(high), 1];
  return s("path", { class: "dot beyond", d: `M${x},${height - 4}l${way * 7},4l${-way * 7},4Z` }, title);
}

function spoken({ criterion: { title, bar }, arm: { arm, comparison, result } }: RatioRow): string {
  const { ratio, lower, upper, floor, verdict, pairCount, isCalibrated } = comparison;
  return `${title}, ${arm}: ${formatRatio(ratio)}, interval ${formatRatio(lower)} to ${
    formatRatio(upper)
  }, ${pairCount} pairs, ` +
    `${verdict}; ${isCalibrated ? "A/A noise" : "least floor"} ${formatShare(floor)}; bar ${bar}${
      result === undefined ? "" : `: ${result}`
    }`;
}
