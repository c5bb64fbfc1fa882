import type { LadderCurve, LadderView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { dataTable } from "../data_table.ts";
import { h } from "../dom.ts";
import { type ChartLine, lineChart } from "../line_chart.ts";
import { figure, numbers, part } from "../page_part.ts";

/** Seen later than this nothing seems to happen at once; see `LONGEST_SHOWN_NS`. */
const LIMIT_NS = 1e8;

/** How fast each adapter can be asked: curves of the 99th percentile over the rate, and the highest rates. */
export function ladderPart({ title, curves, tables }: LadderView, id: string): HTMLElement {
  const [highest, ...others] = tables.map(({ title, columns, rows, notes }) =>
    h(
      "div",
      {},
      dataTable(
        title,
        columns,
        rows.map((row) => row.map((text) => ({ content: text, sort: text }))),
        { isCaptionShown: true },
      ),
      ...notes.map((note) => h("p", { class: "caption" }, note)),
    )
  );
  return part(id, title, [
    figure(
      "p99 over the rate",
      undefined,
      lineChart({
        label: "99th percentile of the time from when an operation was due to its sight, over operations per second",
        isLog: true,
        x: { title: "operations per second", unit: "per-second" },
        unit: "ns",
        lines: curves.map(lineOf),
        limit: { value: LIMIT_NS, text: "100 ms" },
      }),
      h("p", { class: "legend" }, ...curves.map(({ name, adapter }) => swatch(name, adapter))),
      h(
        "p",
        { class: "caption" },
        "Large dot: the highest rate that is kept up with and seen within 100 ms in 99 % of cases. × at the top: the database " +
          "fell farther and farther behind. Floors are dashed: delays of their answers.",
      ),
      ...others.map(numbers),
    ),
    highest!,
  ]);
}

function lineOf({ name, adapter, unwatched, points, unsustained, knee, text }: LadderCurve): ChartLine {
  return {
    name,
    color: adapter,
    isFloor: unwatched,
    text,
    points: points.map(({ ratePerSecond, tailNs, lowerNs, upperNs }) => ({
      x: ratePerSecond,
      y: tailNs,
      lower: lowerNs,
      upper: upperNs,
    })),
    beyond: unsustained,
    ...(knee === undefined ? {} : { knee: { x: knee.ratePerSecond, y: knee.tailNs } }),
  };
}
