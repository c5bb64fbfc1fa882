/** The common shape of charts with one row per adapter: a line of text, and a track with marks under it. */
import type { Unit } from "../../lib/model/metric.ts";
import { drawing, horizontalAxis, responsive, type ValueScale, valueScale } from "./axis.ts";
import { type Child, s } from "./dom.ts";
import { colorClass } from "./marks.ts";

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

/** Where there is room, name, track and text share a line; else the track has one of its own. */
const LINE = { height: 20, track: 10, baseline: 14 } as const;
const TALL = { height: 40, track: 28, baseline: 15 } as const;
/** Narrowest track, pixels; names and texts that leave less get a line of their own. */
const LEAST_TRACK = 90;
const INSET = 8;
/** Average widths of characters of names and of texts, pixels. */
const CHARACTER = { name: 7.4, text: 6.6 } as const;
const LONGEST_NAME = 26;

/** Draws rows over one horizontal axis. */
export function rowChart(
  label: string,
  unit: Unit,
  rows: readonly ChartRow[],
  { isLinear = false }: { readonly isLinear?: boolean } = {},
): HTMLElement {
  return responsive((width) => {
    const nameWidth = CHARACTER.name * Math.min(
          LONGEST_NAME,
          Math.max(...rows.map(({ name }) => name.length)),
        ) + 6;
    const textWidth = CHARACTER.text * Math.max(...rows.map(({ text }) => text.length)) + 6;
    const isLine = width - nameWidth - textWidth >= LEAST_TRACK;
    const shape = isLine ? LINE : TALL;
    const [left, right] = isLine ? [nameWidth, width - textWidth] : [0, width];
    const bottom = rows.length * shape.height + 6;
    const scale = valueScale(rows.flatMap(({ values }) => values), left + INSET, right - INSET, { isLinear });
    return drawing(
      width,
      bottom + 20,
      `${label}${scale.isLog ? ", logarithmic" : ""}. ${rows.map(({ spoken }) => spoken).join(". ")}`,
      horizontalAxis(scale, unit, { top: 0, bottom, width }),
      ...rows.map((row, index) => {
        const top = index * shape.height;
        const room = isLine ? nameWidth - 6 : width - CHARACTER.text * row.text.length - 8;
        return s(
          "g",
          { class: `row ${colorClass(row.color)}` },
          s("title", {}, row.spoken),
          // All of the line answers to the pointer.
          s("rect", { class: "target", x: 0, y: top, width, height: shape.height }),
          s(
            "text",
            { class: "name", x: 0, y: top + shape.baseline },
            shortened(row.name, room / CHARACTER.name),
          ),
          s("text", { class: "value", x: width, y: top + shape.baseline, "text-anchor": "end" }, row.text),
          ...row.marks(scale, top + shape.track),
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
