/** All workloads on one page of a terminal: a row per series, a column per commit or release, each with its delta. */
import pc from "picocolors";
import { bareTable } from "../report/bare_table.ts";
import { formatCount, formatQuantity, formatShare } from "../report/format.ts";
import { changeWord } from "../../site/pages/change_points.ts";
import type { HistoryRun } from "../../site/pages/mod.ts";
import type { TerminalStyle } from "../report/mod.ts";
import { median, sortSamples } from "../stats/mod.ts";
import { type ChosenSeries, placeText } from "./history_text.ts";

/** What a column stands for: the commit that was measured, or what the run was called, as releases are. */
export type OverviewColumn = "commit" | "label";

/** A column: all runs of one commit or label. */
interface Column {
  readonly title: string;
  /** When the first of them ran. */
  readonly since: string;
}

/**
 * The newest `most` commits or labels that the series have, oldest first. A cell is the median over the runs of its
 * column, with the delta to the column before that has one. Machines have tables of their own: their numbers must not be
 * compared.
 */
export function overviewText(
  series: readonly ChosenSeries[],
  by: OverviewColumn,
  most: number,
  style: TerminalStyle,
): string {
  const { bold } = pc.createColors(style.isColored);
  const parts = [...Map.groupBy(series, ({ machine }) => machine)].map(([machine, own]) => {
    const columns = columnsOf(own, by);
    const shown = columns.slice(-most);
    const rows = own.flatMap((one) => {
      const cells = cellsOf(one, shown, by, style);
      return cells.every((cell) => cell === "") ? [] : [[one.lane, one.name, placeText(one), ...cells]];
    });
    const hidden = columns.length - shown.length;
    const older = hidden === 0 ? "" : `; ${formatCount(hidden)} older not shown: --last shows more`;
    return [
      `${bold(machine)}: ${formatCount(shown.length)} ${shown.length === 1 ? by : `${by}s`}${older}`,
      bareTable(["workload", "adapter", "metric", ...shown.map(({ title }) => title)], rows),
    ].join("\n");
  });
  return parts.join("\n\n");
}

function columnsOf(series: readonly ChosenSeries[], by: OverviewColumn): Column[] {
  const since = new Map<string, string>();
  for (const { run } of series.flatMap(({ points }) => points)) {
    const title = titleOf(run, by);
    const known = since.get(title);
    if (known === undefined || run.startedAt < known) since.set(title, run.startedAt);
  }
  return [...since].map(([title, time]) => ({ title, since: time }))
    .sort((a, b) => a.since < b.since ? -1 : a.since > b.since ? 1 : 0);
}

/** Runs of no known commit stand under what they were called. */
function titleOf({ commit, label }: HistoryRun, by: OverviewColumn): string {
  return by === "commit" && commit !== "" ? commit : label;
}

function cellsOf(
  { points, metric: { unit, direction } }: ChosenSeries,
  columns: readonly Column[],
  by: OverviewColumn,
  style: TerminalStyle,
): string[] {
  const { green, red } = pc.createColors(style.isColored);
  const byTitle = Map.groupBy(points, ({ run }) => titleOf(run, by));
  let before: number | undefined;
  return columns.map(({ title }) => {
    const own = byTitle.get(title);
    if (own === undefined) return "";
    const value = median(sortSamples(own.map((point) => point.value)));
    const ratio = before === undefined || !(before > 0) ? undefined : value / before;
    before = value;
    const text = formatQuantity(value, unit);
    if (ratio === undefined) return text;
    const share = Number((ratio - 1).toPrecision(2));
    const delta = share === 0 ? "=" : `${share > 0 ? "+" : "-"}${formatShare(Math.abs(share))}`;
    const word = share === 0 ? "different" : changeWord(direction, ratio);
    const color = word === "better" ? green : word === "worse" ? red : (one: string) => one;
    return `${text} ${color(delta)}`;
  });
}
