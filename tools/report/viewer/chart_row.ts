/** The common shape of charts with one row per adapter: a line of text, and a track with marks under it. */
import type { Unit } from "../../../lib/model/metric.ts";
import { drawing, horizontalAxis, responsive, type ValueScale, valueScale } from "./axis.ts";
import { COLOR_COUNT } from "./badges.ts";
import { type Child, s } from "./dom.ts";

/** One row of a chart. */
export interface ChartRow {
  /** Adapter. */
  readonly name: string;
  /** Number of its colour. */
  readonly color: number;
  /** What stands at the end of the line of text. */
  readonly text: string;
  /** What a screen reader says and a pointer shows. */
  readonly spoken: string;
  /** Values that the scale must hold. */
  readonly values: readonly number[];
  /** Marks around `y`, the middle of the track. */
  marks(scale: ValueScale, y: number): readonly Child[];
}

const ROW_HEIGHT = 40;
const TRACK_AT = 28;
const INSET = 8;

/** Draws rows over one horizontal axis. */
export function rowChart(
  label: string,
  unit: Unit,
  rows: readonly ChartRow[],
  { isLinear = false }: { readonly isLinear?: boolean } = {},
): HTMLElement {
  return responsive((width) => {
    const bottom = rows.length * ROW_HEIGHT + 6;
    const scale = valueScale(rows.flatMap(({ values }) => values), INSET, width - INSET, { isLinear });
    return drawing(
      width,
      bottom + 20,
      `${label}${scale.isLog ? ", logarithmic" : ""}. ${rows.map(({ spoken }) => spoken).join(". ")}`,
      horizontalAxis(scale, unit, { top: 0, bottom, width }),
      ...rows.map((row, index) => {
        const top = index * ROW_HEIGHT;
        return s(
          "g",
          { class: `row c${row.color % COLOR_COUNT}` },
          s("title", {}, row.spoken),
          s(
            "text",
            { class: "name", x: 0, y: top + 15 },
            shortened(row.name, (width - 6.6 * row.text.length - 8) / 7.6),
          ),
          s("text", { class: "value", x: width, y: top + 15, "text-anchor": "end" }, row.text),
          ...row.marks(scale, top + TRACK_AT),
        );
      }),
    );
  });
}

/** A name cut to a number of characters. */
export function shortened(text: string, longest: number): string {
  const limit = Math.max(6, Math.floor(longest));
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
