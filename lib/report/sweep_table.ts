/** Sweeps as tables: what each size costs, and the exponents of growth. */
import type { Metric } from "../model/mod.ts";
import { formatCount, formatEstimate, NO_VALUE } from "./format.ts";
import type { PowerLaw } from "../stats/mod.ts";
import type { ReportTable, TableCell } from "./report_table.ts";
import type { SweepSummary, SweptCell, SweptMetric } from "./summarize_sweeps.ts";

/** What an exponent says. */
export const EXPONENT_SENTENCE =
  "An exponent is the slope of log cost on log size: 0 does not grow, 1 doubles with the size. In brackets its interval, " +
  "and behind it, where the curve bends, the exponents of the smaller and of the larger half of the sizes.";

/** What grows with what, and where. */
export function sweepTitle(
  { workload, scale, parameter, meaning, phase }: Omit<SweepSummary, "cells" | "sizes">,
): string {
  return `Growth with ${parameter}${
    meaning === "" ? "" : ` (${meaning})`
  }: ${workload}, ${scale}, ${phase.name}`;
}

/**
 * One table per phase and swept parameter: the first of the metrics at every size, and the exponents of all. Rows are
 * sorted by the first exponent, those without one last.
 */
export function sweepTable(
  sweep: SweepSummary,
  metrics: readonly [lead: Metric, ...others: Metric[]],
): ReportTable {
  const { sizes, cells } = sweep;
  const [lead] = metrics;
  const known = metrics.filter(({ id }) => cells.some((cell) => cell.metrics.has(id)));
  const notes: string[] = [];
  const noteOf = (text: string): number => {
    const known = notes.indexOf(text);
    return known >= 0 ? known + 1 : notes.push(text);
  };
  const hasClasses = new Set(cells.map(({ cellClass }) => cellClass)).size > 1;
  const rows = cells.toSorted((a, b) => leadExponent(a, lead.id) - leadExponent(b, lead.id)).map((cell) => [
    textCell(cell.name),
    ...(hasClasses ? [textCell(cell.cellClass)] : []),
    ...sizes.map((_, index) => {
      const value = cell.metrics.get(lead.id)?.values[index];
      return textCell(value === undefined ? NO_VALUE : formatEstimate(value.estimate, lead.unit));
    }),
    ...known.map(({ id }) => exponentCell(cell.metrics.get(id), noteOf)),
  ]);
  return {
    title: sweepTitle(sweep),
    columns: [
      { title: "adapter", align: "left" },
      ...(hasClasses ? [{ title: "class", align: "left" } as const] : []),
      ...sizes.map((size) => ({ title: `${lead.title}, ${formatCount(size)}`, align: "right" } as const)),
      ...known.map(({ title }) => ({ title: `${title} exponent`, align: "right" } as const)),
    ],
    rows,
    notes,
  };
}

/** `0.98 (0.95 to 1.02)`, and `, 0.03 then 0.94` where the curve bends. */
export function exponentText({ exponent, interval, halves, isCurved }: PowerLaw): string {
  const ends = interval.confidence === 0 ? "" : ` (${fixed(interval.lower)} to ${fixed(interval.upper)})`;
  return `${fixed(exponent)}${ends}${isCurved ? `, ${halves.map(fixed).join(" then ")}` : ""}`;
}

function exponentCell(metric: SweptMetric | undefined, noteOf: (text: string) => number): TableCell {
  if (metric === undefined) return textCell(NO_VALUE);
  if (metric.fit.kind === "fitted") return textCell(exponentText(metric.fit.law));
  return { text: NO_VALUE, isBest: false, notes: [noteOf(`No exponent: ${metric.fit.reason}`)] };
}

function leadExponent({ metrics }: SweptCell, id: string): number {
  const fit = metrics.get(id)?.fit;
  // Not Infinity, whose difference with itself is no order.
  return fit?.kind === "fitted" ? fit.law.exponent : Number.MAX_VALUE;
}

/** Two decimals, and no sign before a zero. */
function fixed(value: number): string {
  return (Math.round(value * 100) / 100 + 0).toFixed(2);
}

function textCell(text: string): TableCell {
  return { text, isBest: false, notes: [] };
}
