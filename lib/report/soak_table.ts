/** Blocks that went on for a while, as tables. */
import type { Unit } from "../model/mod.ts";
import type { Trend } from "../stats/mod.ts";
import { formatQuantity, formatRatio, NO_VALUE } from "./format.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import type { SoakSeries, SoakSummary } from "./summarize_soak.ts";

/** What the columns say. */
export const SOAK_SENTENCE =
  "Values are medians over windows of time, of the first quarter of them and of the last. Per minute: the slope by Theil " +
  "and Sen with its interval, marked with ! where it is sure and the last quarter differs from the first by a tenth or more.";

/** One table per workload and scale; rows are repetitions by metric, so that adapters can be compared. */
export function soakTables(soaks: readonly SoakSummary[]): ReportTable[] {
  const groups = Map.groupBy(soaks, ({ workload, scale }) => `${workload}, ${scale}`);
  return [...groups].map(([place, own]): ReportTable => ({
    title: `Over time: ${place}`,
    columns: [
      { title: "metric", align: "left" },
      { title: "adapter", align: "left" },
      { title: "first quarter", align: "right" },
      { title: "last quarter", align: "right" },
      { title: "ratio", align: "right" },
      { title: "per minute", align: "right" },
      { title: "windows", align: "right" },
      { title: "laps", align: "right" },
    ],
    rows: rowsOf(own),
    notes: [],
  }));
}

/** `12 KiB (8 KiB to 15 KiB)`; with `!` in front where it drifts. */
export function trendText(trend: Trend | undefined, unit: Unit, isDrifting: boolean): string {
  if (trend === undefined) return NO_VALUE;
  const { slope, interval: { lower, upper } } = trend;
  const [text, from, to] = [slope, lower, upper].map((value) => formatQuantity(value, unit, 2));
  return `${isDrifting ? "! " : ""}${text} (${from} to ${to})`;
}

function rowsOf(soaks: readonly SoakSummary[]): TableCell[][] {
  const all = soaks.flatMap((soak) => soak.series.map((series) => ({ soak, series })));
  const hasSeveral = new Set(soaks.map(({ name }) => name)).size < soaks.length;
  const byMetric = Map.groupBy(all, ({ series: { phase, id } }) => JSON.stringify([phase, id]));
  return [...byMetric.values()].flatMap((own) =>
    own.map(({ soak, series }) => rowOf(soak, series, hasSeveral).map(textCell))
  );
}

function rowOf(soak: SoakSummary, series: SoakSeries, hasSeveral: boolean): string[] {
  const { phase, title, unit, quarters: [first, last], perMinute, points, isDrifting } = series;
  return [
    phase === "" ? title : `${title}, ${phase}`,
    hasSeveral ? `${soak.name}, repetition ${soak.blockIndex}` : soak.name,
    formatQuantity(first, unit),
    formatQuantity(last, unit),
    first > 0 ? formatRatio(last / first) : NO_VALUE,
    trendText(perMinute, unit, isDrifting),
    String(points.length),
    String(soak.lapCount),
  ];
}

function textCell(text: string): TableCell {
  return { text, isBest: false, notes: [] };
}
