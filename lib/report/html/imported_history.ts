/** Imported results as lanes of the history: a lane per section, a series per library and column. */
import type { ImportedResults } from "../../import/imported_results.ts";
import { safeText } from "../safe_text.ts";
import type { HistoryValue } from "./history.ts";
import { pointKey } from "./run_points.ts";
import type { MetricView } from "./view.ts";

/** What the history takes from one file. */
export interface ImportedHistory {
  /** Values by lane. */
  readonly lanes: ReadonlyMap<string, readonly HistoryValue[]>;
  /** The source's columns as metrics; which way is better is not ours to say. */
  readonly metrics: readonly MetricView[];
}

const NS_PER_MS = 1e6;

/** Series of one file. Bounds of intervals are left out: they belong to a value beside them. */
export function importedHistory({ source, values }: ImportedResults): ImportedHistory {
  const lanes = new Map<string, HistoryValue[]>();
  const metrics = new Map<string, MetricView>();
  for (const { section, subsection, label, column, unit, value, bound } of values) {
    if (bound !== undefined) continue;
    const isTime = unit === "ms";
    const id = `${source}:${safeText(column, 80)}`;
    metrics.set(id, {
      id,
      scope: "phase",
      title: safeText(column, 80).replace(/ \(ms\)$/, ""),
      unit: isTime ? "ns" : "count",
      direction: "context",
      meaning: `Column "${
        safeText(column, 80)
      }" of results imported from ${source}; not checked by the oracle`,
    });
    const lane = `imported from ${source}: ${safeText(section, 120)}`;
    const shown = isTime ? value * NS_PER_MS : value;
    const entry = {
      name: safeText(label, 120),
      key: pointKey(safeText(subsection, 120), "", id),
      point: [shown, shown, shown] as const,
    };
    const list = lanes.get(lane);
    if (list === undefined) lanes.set(lane, [entry]);
    else list.push(entry);
  }
  return { lanes, metrics: [...metrics.values()] };
}
