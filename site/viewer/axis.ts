/** Scales and axes that every chart uses. */
// @ts-types="@types/d3-scale"
import { scaleLinear, scaleLog } from "d3-scale";
import type { Unit } from "../../lib/model/metric.ts";
import { formatQuantity } from "../../lib/report/format.ts";
import { type Child, s } from "./dom.ts";
import { isLogSpan } from "./log_span.ts";

/** Room for the value 0 beside a logarithmic axis, pixels. */
const ZERO_ROOM = 26;

/** Where values are on a chart. */
export interface ValueScale {
  /** Pixels of a value. */
  at(value: number): number;
  /** Values to label, ascending. */
  readonly ticks: readonly number[];
  /** Steps are factors. */
  readonly isLog: boolean;
}

/**
 * A scale for values that are 0 or more, from `start` to `end` in pixels: logarithmic where they are far apart, or where
 * it must be. Bars must ask for a linear one, since their length is read as the value. Whole values have no labels
 * between them.
 */
export function valueScale(
  values: readonly number[],
  start: number,
  end: number,
  { isLinear = false, isLog = false, isWhole = false }: {
    readonly isLinear?: boolean;
    readonly isLog?: boolean;
    readonly isWhole?: boolean;
  } = {},
): ValueScale {
  const positive = values.filter((value) => value > 0);
  const max = Math.max(...positive, 0);
  const min = Math.min(...positive, Infinity);
  const tickCount = Math.max(2, Math.floor(Math.abs(end - start) / 90));
  if (isLinear || positive.length === 0 || (!isLogSpan(min, max) && !isLog)) {
    const scale = scaleLinear([0, max === 0 ? 1 : max], [start, end]).nice(tickCount);
    const ticks = scale.ticks(tickCount).filter((value) => !isWhole || Number.isInteger(value));
    return { at: (value) => scale(value), ticks, isLog: false };
  }
  const hasZero = positive.length < values.length;
  const first = hasZero ? start + Math.sign(end - start) * ZERO_ROOM : start;
  const scale = scaleLog([min / 1.15, max * 1.15], [first, end]);
  const powers = scale.ticks(tickCount).filter((value) =>
    Number.isInteger(Math.log10(value)) || !spansPowers(min, max)
  );
  const step = Math.max(1, Math.ceil(powers.length / tickCount));
  const ticks = powers.filter((_, index) => index % step === 0);
  return {
    at: (value) => value > 0 ? scale(value) : start,
    ticks: hasZero ? [0, ...ticks] : ticks,
    isLog: true,
  };
}

function spansPowers(min: number, max: number): boolean {
  return Math.floor(Math.log10(max)) - Math.ceil(Math.log10(min)) >= 1;
}

/** A value as an axis labels it: without trailing zeros. */
export function tickText(value: number, unit: Unit): string {
  if (value === 0) return "0";
  return formatQuantity(value, unit).replace(/\.0+(?=\D|$)/, "").replace(/(\.\d*?[1-9])0+(?=\D|$)/, "$1");
}

/** Grid lines and labels of a horizontal axis whose labels stand at `bottom`. */
export function horizontalAxis(
  scale: ValueScale,
  unit: Unit,
  { top, bottom, width }: { readonly top: number; readonly bottom: number; readonly width: number },
): SVGGElement {
  return s(
    "g",
    { class: "axis", "aria-hidden": "true" },
    ...scale.ticks.map((value) => {
      const x = scale.at(value);
      const anchor = x > width - 24 ? "end" : x < 24 ? "start" : "middle";
      return s(
        "g",
        {},
        s("line", { x1: x, x2: x, y1: top, y2: bottom }),
        s("text", { x, y: bottom + 14, "text-anchor": anchor }, tickText(value, unit)),
      );
    }),
  );
}

/** Grid lines and labels of a vertical axis whose labels stand left of `left`. */
export function verticalAxis(
  scale: ValueScale,
  unit: Unit,
  { left, right }: { readonly left: number; readonly right: number },
): SVGGElement {
  return s(
    "g",
    { class: "axis", "aria-hidden": "true" },
    ...scale.ticks.map((value) => {
      const y = scale.at(value);
      return s(
        "g",
        {},
        s("line", { x1: left, x2: right, y1: y, y2: y }),
        s("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, tickText(value, unit)),
      );
    }),
  );
}

/** An SVG drawing with a name for those who do not see it. */
export function drawing(
  width: number,
  height: number,
  label: string,
  ...children: readonly Child[]
): SVGSVGElement {
  return s(
    "svg",
    { role: "img", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` },
    ...children,
  );
}

/** Keeps a drawing as wide as its place: `draw` is called again whenever the width changes. */
export function responsive(draw: (width: number) => SVGSVGElement): HTMLElement {
  const place = document.createElement("div");
  place.className = "drawing";
  let drawnWidth = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width === 0 || width === drawnWidth) return;
    drawnWidth = width;
    place.replaceChildren(draw(width));
  }).observe(place);
  return place;
}
