/** Ladders of rates as a page shows them. */
import { formatEstimate, formatQuantity } from "../../lib/report/format.ts";
import { ladderHeading, ladderTables, rateText } from "../../lib/report/ladder_table.ts";
import type { LadderRow, RateLadder } from "../../lib/report/rate_ladder.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { significant } from "./significant.ts";
import type { LadderCurve, LadderView } from "./view.ts";

/** The data of one ladder; `adapterOf` gives the colour of a name. */
export function ladderView(ladder: RateLadder, adapterOf: ReadonlyMap<string, number>): LadderView {
  return {
    title: safeText(ladderHeading(ladder)),
    curves: ladder.rows.map((row) => curveOf(row, adapterOf.get(row.name) ?? 0)),
    tables: ladderTables(ladder).map(({ title, columns, rows, notes }) => ({
      title,
      columns: columns.map(({ title, align }) => ({ title: safeText(title), isNumber: align === "right" })),
      rows: rows.map((row) => row.map(({ text }) => safeText(text))),
      notes,
    })),
  };
}

function curveOf(row: LadderRow, adapter: number): LadderCurve {
  const { name, unwatched, points, highest } = row;
  const five = (value: number): number => significant(value, 5);
  const knee = highest === undefined || highest.isBelowAll
    ? undefined
    : points.find(({ ratePerSecond }) => ratePerSecond === highest.estimate.value);
  return {
    name: safeText(name),
    adapter,
    unwatched,
    points: points.flatMap(({ ratePerSecond, tail }) =>
      tail === undefined ? [] : [{
        ratePerSecond,
        tailNs: five(tail.value),
        lowerNs: five(tail.interval.lower),
        upperNs: five(tail.interval.upper),
      }]
    ),
    unsustained: points.flatMap(({ ratePerSecond, tail }) => tail === undefined ? [ratePerSecond] : []),
    ...(knee?.tail === undefined
      ? {}
      : { knee: { ratePerSecond: knee.ratePerSecond, tailNs: five(knee.tail.value) } }),
    text: highest === undefined
      ? "no highest rate"
      : `keeps ${rateText(highest)}${
        knee?.tail === undefined
          ? ""
          : `, p99 ${formatEstimate(knee.tail, "ns")} at ${formatQuantity(knee.ratePerSecond, "per-second")}`
      }`,
  };
}
