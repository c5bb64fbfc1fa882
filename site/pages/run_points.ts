/** What the history keeps of a run. */
import { leadMetric, METRICS } from "../../lib/metrics/mod.ts";
import {
  type AdapterClass,
  DEFAULT_RUNTIME,
  METRICS_VERSION,
  parameterText,
  type RunRecord,
  type RuntimeId,
  runtimeOf,
} from "../../lib/model/mod.ts";
import { gapTitle } from "../../lib/report/known_gaps.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import {
  type CellSummary,
  type RunSummary,
  summarizeRun,
  type ValueSummaries,
} from "../../lib/report/summarize_run.ts";
import { LONGEST_PROSE } from "./longest_prose.ts";
import { significant } from "./significant.ts";
import { environmentRows } from "./run_view.ts";

/** Median, lower and upper end of its interval. */
export type Point = readonly [median: number, lower: number, upper: number];

/** One cell of a run. */
export interface CellPoints {
  /** Workload with its version, and scale, and whether its numbers have the meaning of before: what may be compared. */
  readonly lane: string;
  /** Outside Deno: the runtime, and the lane that the cell would have in Deno. */
  readonly elsewhere?: { readonly runtime: RuntimeId; readonly lane: string };
  /** What it keeps; a floor when some phase ran unwatched. */
  readonly cellClass: AdapterClass;
  /** Title of the workload. */
  readonly title: string;
  /** Adapter with its options. */
  readonly name: string;
  /** Why there are no values; absent when there are. */
  readonly gap?: string;
  /** What the adapter is known to get wrong, though this run need not have met it; absent where nothing is known. */
  readonly wrongIn?: string;
  /**
   * Values in groups of four: an index into {@link RunPoints.keys}, then median, lower and upper end. Flat, since ten
   * thousand runs have millions, which are stored as text.
   */
  readonly points: readonly number[];
}

/** A run as the history and the list of devices see it. */
export interface RunPoints {
  /** Digest that stands for the machine. */
  readonly machineId: string;
  /** Id of the metric that its cells are ranked by. */
  readonly lead: string;
  /** Rows of the environment. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** What values are of: phase, operation label and metric as {@link pointKey} joins them; the first two may be empty. */
  readonly keys: readonly string[];
  /** In the order of the plan. */
  readonly cells: readonly CellPoints[];
}

/** Metrics that have a better and a worse side, of phases, operations and blocks. */
const FOLLOWED = new Set(METRICS.filter(({ direction }) => direction !== "context").map(({ id }) => id));

/** Phase, operation label and metric as one key. */
export function pointKey(phase: string, label: string, metric: string): string {
  return JSON.stringify([phase, label, metric]);
}

/** What the history keeps of a record. `summary` is that of the record, for who has it already. */
export function runPoints(record: RunRecord, summary: RunSummary = summarizeRun(record)): RunPoints {
  const keys: string[] = [];
  // By phase and label, then by metric: to ask with what is at hand is sooner done than to make the key first.
  const indexes = new Map<string, Map<string, number>>();
  const indexesOf = (phase: string, label: string): IndexOf => {
    const place = JSON.stringify([phase, label]);
    let own = indexes.get(place);
    if (own === undefined) indexes.set(place, own = new Map());
    return (metric) => {
      let index = own.get(metric);
      if (index === undefined) {
        index = keys.push(pointKey(phase, label, metric)) - 1;
        own.set(metric, index);
      }
      return index;
    };
  };
  // Numbers of different meanings are in no series together.
  const isOld = summary.metricsVersion < METRICS_VERSION;
  const cells = summary.sections.flatMap(({ key, scale, workload, cells }) =>
    cells.map((cell): CellPoints => ({
      lane: laneText(key, scale, isOld),
      ...elsewhereOf(cell, isOld),
      cellClass: cell.phases.some(({ unwatched }) => unwatched) ? "floor" : cell.cellClass,
      title: safeText(workload?.title ?? ""),
      name: safeText(cell.name, 120),
      ...(cell.status === "verified" ? {} : { gap: gapReason(cell) }),
      ...(cell.knownGaps.length === 0
        ? {}
        : { wrongIn: safeText(cell.knownGaps.map(gapTitle).join(", "), LONGEST_PROSE) }),
      points: pointsOf(cell, indexesOf),
    }))
  );
  return {
    machineId: safeText(record.environment.machineId),
    lead: leadMetric(record.metricsVersion).id,
    environment: environmentRows(record),
    keys,
    cells,
  };
}

function laneText(key: string, scale: string, isOld: boolean): string {
  return safeText(`${key}, ${scale}${isOld ? " of before" : ""}`);
}

function elsewhereOf({ cell }: CellSummary, isOld: boolean): Pick<CellPoints, "elsewhere"> {
  const runtime = runtimeOf(cell);
  if (runtime === DEFAULT_RUNTIME) return {};
  const { workload, workloadVersion, scale, parameters: { runtime: _, ...others } = {} } = cell;
  const key = `${workload}@${workloadVersion} ${parameterText(others)}`.trimEnd();
  return { elsewhere: { runtime, lane: laneText(key, scale, isOld) } };
}

/** Calls `visit` with every value of a cell. */
export function eachPoint(
  { keys }: Pick<RunPoints, "keys">,
  { points }: Pick<CellPoints, "points">,
  visit: (key: string, point: Point) => void,
): void {
  for (let at = 0; at < points.length; at += 4) {
    visit(keys[points[at]!]!, [points[at + 1]!, points[at + 2]!, points[at + 3]!]);
  }
}

/** Index of a metric's key, which is made when it is the first of its kind. */
type IndexOf = (metric: string) => number;

function pointsOf(
  { metrics, phases }: CellSummary,
  indexesOf: (phase: string, label: string) => IndexOf,
): number[] {
  const points: number[] = [];
  const add = (phase: string, label: string, values: ValueSummaries): void => {
    const indexOf = indexesOf(safeText(phase), safeText(label));
    for (const [id, { estimate: { value, interval } }] of values) {
      if (!FOLLOWED.has(id)) continue;
      points.push(indexOf(id), coarse(value), coarse(interval.lower), coarse(interval.upper));
    }
  };
  add("", "", metrics);
  for (const { name, metrics, operations } of phases) {
    add(name, "", metrics);
    for (const { label, metrics } of operations) add(name, label, metrics);
  }
  return points;
}

/** Four digits: a chart cannot show more. */
function coarse(value: number): number {
  return significant(value, 4);
}

function gapReason(cell: CellSummary): string {
  switch (cell.status) {
    case "wrong":
      return safeText(`wrong: ${cell.verdict}`);
    case "failed":
      return safeText(`failed: ${cell.failures[0]?.reason ?? "no reason given"}`, 160);
    case "skipped":
      return safeText(`skipped: ${cell.skipReason ?? "no reason given"}`, 160);
    default:
      return "planned and not run";
  }
}
