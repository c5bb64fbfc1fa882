/** Imported results as lanes of the history: a lane per section, a series per library and column. */
import type { ImportedResults, ImportedValue } from "../../lib/import/mod.ts";
import type { Direction, Unit } from "../../lib/model/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import type { HistoryValue } from "./history.ts";
import { pointKey } from "./run_points.ts";
import type { MetricView } from "./view.ts";

/** What the history takes from one file. */
export interface ImportedHistory {
  /** Values by lane. */
  readonly lanes: ReadonlyMap<string, readonly HistoryValue[]>;
  /** The source's columns as metrics, one for each unit that a column has values of. */
  readonly metrics: readonly MetricView[];
}

const BYTES_PER_MIB = 2 ** 20;

/** How values of the source are written: our unit, and how many of ours make one of theirs. */
const WRITTEN: Readonly<
  Record<ImportedValue["unit"], readonly [unit: Unit, size: number, direction: Direction]>
> = {
  ns: ["ns", 1, "lower"],
  us: ["ns", 1e3, "lower"],
  ms: ["ns", 1e6, "lower"],
  s: ["ns", 1e9, "lower"],
  B: ["bytes", 1, "lower"],
  KiB: ["bytes", 1024, "lower"],
  MB: ["bytes", BYTES_PER_MIB, "lower"],
  "per-second": ["per-second", 1, "higher"],
  percent: ["count", 1, "context"],
  "": ["count", 1, "context"],
};

/**
 * Series of one file. Of times, sizes and rates it is plain which way is better; of other columns it is not ours to say. A
 * value over repeats has its interval; bounds that stand in columns of their own are left out.
 */
export function importedHistory({ source, values }: ImportedResults): ImportedHistory {
  const lanes = new Map<string, HistoryValue[]>();
  const metrics = new Map<string, MetricView>();
  for (const { section, subsection, label, column, unit: sourceUnit, value, bound, interval } of values) {
    if (bound !== undefined) continue;
    const [unit, size, direction] = WRITTEN[sourceUnit];
    const name = safeText(column, 80);
    // One heading may stand over times in one row and rates in the next.
    const id = `${source}:${name}${sourceUnit === "" ? "" : `:${sourceUnit}`}`;
    metrics.set(id, {
      id,
      scope: "phase",
      title: titleOf(name, sourceUnit),
      unit,
      direction,
      meaning: `Column "${name}" of results imported from ${source}; not checked by the oracle`,
    });
    const lane = `imported from ${source}: ${safeText(section, 120)}`;
    const { lower, upper } = interval ?? { lower: value, upper: value };
    const entry = {
      name: safeText(label, 120),
      key: pointKey(safeText(subsection, 120), "", id),
      // Intervals have fewer digits than some values.
      point: [value * size, Math.min(lower, value) * size, Math.max(upper, value) * size] as const,
    };
    const list = lanes.get(lane);
    if (list === undefined) lanes.set(lane, [entry]);
    else list.push(entry);
  }
  return { lanes, metrics: [...metrics.values()] };
}

/** Units that our own form of the value says again. */
function titleOf(column: string, unit: ImportedValue["unit"]): string {
  if (unit === "percent") return column.endsWith("%") ? column : `${column} (%)`;
  return column.replace(/ \((?:ns|us|ms|s|B|KiB|MB)\)$/, "").replace(/_(?:ns|us|ms)$/, "");
}
