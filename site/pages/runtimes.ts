/**
 * Runtimes side by side: what a database takes in Deno, Node, Bun and a page, from the newest bench on one machine that
 * has it in each. Nothing is ranked: what a runtime lets a database store, and when it is done with it, differs.
 *
 *     runs ──► addRun: the newest cell by workload, machine, database and runtime ──► view: those in several runtimes
 */
import { comparedTimes } from "../../lib/report/runtime_tables.ts";
import {
  type AdapterClass,
  DEFAULT_RUNTIME,
  METRICS_VERSION,
  RUNTIME_IDS,
  type RuntimeId,
  runtimeTitle,
  type Unit,
} from "../../lib/model/mod.ts";
import { machineTitle } from "./history.ts";
import { type CellPoints, eachPoint, type Point, type RunPoints } from "./run_points.ts";
import type { RunLine } from "./view.ts";

/** One database in one runtime. */
export interface RuntimePlace {
  /** Index into {@link RuntimesView.runs}: where it was measured. */
  readonly run: number;
  /** What it keeps there. */
  readonly cellClass: AdapterClass;
  /** Why it has no values; absent when it has. */
  readonly gap?: string;
  /** Median, lower and upper end by metric. */
  readonly values: Readonly<Record<string, Point>>;
}

/** One row: a database in a phase of a workload, on one machine. */
export interface RuntimesRow {
  /** Workload, version and scale, and what else is set beside it but the runtime. */
  readonly lane: string;
  /** Name of the phase. */
  readonly phase: string;
  /** How pages name the machine. */
  readonly machine: string;
  /** Adapter with its options. */
  readonly name: string;
  /** By index of the runtime; `null` where no run has it. */
  readonly places: readonly (RuntimePlace | null)[];
}

/** The data of the page. */
export interface RuntimesView {
  /** Which page this is the data of. */
  readonly page: "runtimes";
  /** Titles of those that some row has, in the order of the model. */
  readonly runtimes: readonly string[];
  /** Times that can be looked at, in the order of reports. */
  readonly metrics: readonly { readonly id: string; readonly title: string; readonly unit: Unit }[];
  /** Runs that values are from, the newest first. */
  readonly runs: readonly Pick<RunLine, "label" | "href" | "startedAt">[];
  /** In order of first appearance, rows of one workload together. */
  readonly rows: readonly RuntimesRow[];
}

/** Times of phases that reports lead with. */
const SHOWN = comparedTimes(METRICS_VERSION);

/** The newest that is known of a cell. */
interface Newest {
  readonly line: RunLine;
  readonly cell: CellPoints;
  /** By phase and metric; empty where there is a gap. */
  readonly phases: ReadonlyMap<string, Readonly<Record<string, Point>>>;
}

interface Database {
  readonly lane: string;
  readonly machine: string;
  readonly name: string;
  readonly newest: Map<RuntimeId, Newest>;
}

/** Collects runs in any order. */
export class RuntimesBuilder {
  readonly #databases = new Map<string, Database>();

  /**
   * Adds a run. What is newer takes the place of what is older, even where it is a gap: a database that was wrong the
   * last time has no number. Only benches count, as experiments set something beside it.
   */
  addRun(line: RunLine, points: RunPoints): void {
    if (line.kind !== "bench") return;
    const shown = shownKeys(points);
    for (const cell of points.cells) {
      const { runtime, lane } = cell.elsewhere ?? { runtime: DEFAULT_RUNTIME, lane: cell.lane };
      const machine = machineTitle(points.machineId);
      const id = JSON.stringify([lane, machine, cell.name]);
      let database = this.#databases.get(id);
      if (database === undefined) {
        this.#databases.set(id, database = { lane, machine, name: cell.name, newest: new Map() });
      }
      const known = database.newest.get(runtime);
      if (known !== undefined && known.line.startedAt > line.startedAt) continue;
      database.newest.set(runtime, { line, cell, phases: phasesOf(points, cell, shown) });
    }
  }

  /** The page. */
  view(): RuntimesView {
    const compared = this.#databases.values().filter(({ newest }) => newest.size > 1).toArray();
    const runtimes = RUNTIME_IDS.filter((id) => compared.some(({ newest }) => newest.has(id)));
    const lines = [...new Set(compared.flatMap(({ newest }) => [...newest.values()].map(({ line }) => line)))]
      .sort((a, b) => a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0);
    const runOf = new Map(lines.map((line, index) => [line, index]));
    const lanes = Map.groupBy(compared, ({ lane }) => lane);
    const rows = [...lanes.values()].flatMap((databases) => rowsOf(databases, runtimes, runOf));
    return {
      page: "runtimes",
      runtimes: runtimes.map(runtimeTitle),
      metrics: SHOWN.filter(({ id }) =>
        rows.some(({ places }) => places.some((place) => place !== null && id in place.values))
      ).map(({ id, title, unit }) => ({ id, title, unit })),
      runs: lines.map(({ label, href, startedAt }) => ({ label, href, startedAt })),
      rows,
    };
  }
}

function rowsOf(
  databases: readonly Database[],
  runtimes: readonly RuntimeId[],
  runOf: ReadonlyMap<RunLine, number>,
): RuntimesRow[] {
  const phases = new Set(
    databases.flatMap(({ newest }) => [...newest.values()].flatMap((one) => [...one.phases.keys()])),
  );
  return [...phases].flatMap((phase) =>
    databases.map(({ lane, machine, name, newest }): RuntimesRow => ({
      lane,
      phase,
      machine,
      name,
      places: runtimes.map((runtime) => {
        const found = newest.get(runtime);
        if (found === undefined) return null;
        const { line, cell: { cellClass, gap }, phases } = found;
        return {
          run: runOf.get(line)!,
          cellClass,
          ...(gap === undefined ? {} : { gap }),
          values: phases.get(phase) ?? {},
        };
      }),
    }))
  );
}

/** Keys of a run that are of metrics which the page shows, with their phase. */
function shownKeys({ keys }: RunPoints): Map<string, { readonly phase: string; readonly metric: string }> {
  const ids = SHOWN.map(({ id }) => id);
  return new Map(keys.flatMap((key) => {
    // Nearly all keys are of other metrics, and parsing is what takes the time.
    if (!ids.some((id) => key.includes(id))) return [];
    const [phase, label, metric] = JSON.parse(key) as [string, string, string];
    return label === "" && ids.includes(metric) ? [[key, { phase, metric }] as const] : [];
  }));
}

function phasesOf(
  points: RunPoints,
  cell: CellPoints,
  shown: ReturnType<typeof shownKeys>,
): Newest["phases"] {
  const phases = new Map<string, Record<string, Point>>();
  eachPoint(points, cell, (key, point) => {
    const found = shown.get(key);
    if (found === undefined) return;
    let values = phases.get(found.phase);
    if (values === undefined) phases.set(found.phase, values = {});
    values[found.metric] = point;
  });
  return phases;
}
