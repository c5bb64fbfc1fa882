/**
 * Many runs as series: one per machine, adapter, phase, operation label and metric. Values are collected run by run, so
 * that ten thousand runs need no more memory than their numbers.
 */
import { LaneOrder, type OrderedRun } from "./lane_order.ts";
import { METRIC_VIEWS } from "./metric_views.ts";
import { NewestTexts, wrongInOf } from "./newest_texts.ts";
import { type CellPoints, eachPoint, type Point, type RunPoints } from "./run_points.ts";
import type { MetricView, RunLine } from "./view.ts";

/** A run on the time axis. */
export interface HistoryRun {
  /** What the user called it. */
  readonly label: string;
  /** Its page; empty for imported results. */
  readonly href: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Commit, shortened. */
  readonly commit: string;
  /** Index into {@link HistoryView.machines}. */
  readonly machine: number;
}

/** One line of a chart. */
export interface HistorySeries {
  /** Adapter with its options, or the library of imported results. */
  readonly name: string;
  /** Phase, operation label and metric as {@link pointKey} joins them. */
  readonly key: string;
  /** Index into {@link HistoryView.machines}. */
  readonly machine: number;
  /** Indexes into {@link HistoryView.runs}, ascending. */
  readonly runs: readonly number[];
  /** Medians. */
  readonly values: readonly number[];
  /** What the adapter was known to get wrong in its newest run; absent where nothing is known. */
  readonly wrongIn?: string;
  /** Lower ends; absent where no run has an interval. */
  readonly lower?: readonly number[];
  /** Upper ends. */
  readonly upper?: readonly number[];
}

/** Why an adapter has no value in a run. */
export interface HistoryGap {
  /** Adapter with its options. */
  readonly name: string;
  /** Index into {@link HistoryView.runs}. */
  readonly run: number;
  /** In words. */
  readonly reason: string;
}

/** Everything about one workload at one scale, or one section of imported results. */
export interface HistoryLane {
  /** In order of first appearance. */
  readonly series: readonly HistorySeries[];
  /** In order of time. */
  readonly gaps: readonly HistoryGap[];
}

/** The data of the history page; lanes are files of their own, loaded when they are looked at. */
export interface HistoryView {
  /** Which page this is the data of. */
  readonly page: "history";
  /** Oldest first. */
  readonly runs: readonly HistoryRun[];
  /** Machines in the order in which runs came. */
  readonly machines: readonly string[];
  /** In the order of {@link LaneOrder}, those of imported results behind ours; each names its file. */
  readonly lanes: readonly { readonly title: string; readonly file: string }[];
  /** Metrics that series may be of. */
  readonly metrics: readonly MetricView[];
}

interface OpenSeries {
  readonly name: string;
  readonly key: string;
  readonly machine: number;
  readonly runs: number[];
  readonly values: number[];
  readonly lower: number[];
  readonly upper: number[];
}

interface OpenLane {
  readonly title: string;
  readonly isImported: boolean;
  /** By machine and name, then by key: ten thousand runs ask for a series millions of times. */
  readonly owners: Map<string, Map<string, OpenSeries>>;
  readonly gaps: HistoryGap[];
  /** By name of the adapter. */
  readonly wrongIn: NewestTexts;
}

/** A value without an interval is its own interval. */
export interface HistoryValue {
  /** See {@link HistorySeries.name}. */
  readonly name: string;
  /** See {@link HistorySeries.key}. */
  readonly key: string;
  /** Median and ends. */
  readonly point: Point;
}

/** What the history shows of a run beside its values, and what decides whether it opens on its workloads. */
export type HistoryLine = Pick<RunLine, "label" | "href" | "commit"> & OrderedRun;

/** Values of a run, as far as the history needs them. */
export type HistoryPoints = Pick<RunPoints, "machineId" | "keys"> & {
  readonly cells: readonly HistoryCell[];
};

/** A cell as far as the history needs it. */
export type HistoryCell = Omit<CellPoints, "cellClass" | "elsewhere">;

/** A run that is in an archive. */
export interface ArchivedRun {
  /** Name of its run folder, made harmless. */
  readonly id: string;
  /** Its page is nowhere, so that its address is empty. */
  readonly line: HistoryLine;
  /** Medians without intervals. */
  readonly points: HistoryPoints;
}

/** Collects runs in any order, and gives the page and its lanes in the order of time. */
export class HistoryBuilder {
  readonly #runs: HistoryRun[] = [];
  readonly #machines: string[] = [];
  readonly #lanes = new Map<string, OpenLane>();
  readonly #order = new LaneOrder();
  readonly #metrics: MetricView[] = METRIC_VIEWS.filter(({ direction }) => direction !== "context");

  /** Adds a run of ours. */
  addRun(line: HistoryLine, points: HistoryPoints): void {
    const { label, href, startedAt, commit } = line;
    const { machineId, cells } = points;
    const run = this.#addRun({ label, href, startedAt, commit }, machineTitle(machineId));
    this.#order.addRun(line, cells.map(({ lane }) => lane));
    for (const cell of cells) {
      const { lane, title, name, gap, wrongIn } = cell;
      const open = this.#lane(lane, { title: title === "" ? lane : `${title} (${lane})`, isImported: false });
      if (gap !== undefined) open.gaps.push({ name, run, reason: gap });
      open.wrongIn.add(name, startedAt, wrongIn);
      const owned = this.#owner(open, run, name);
      const { machine } = this.#runs[run]!;
      eachPoint(points, cell, (key, point) => addPoint(owned, key, { name, run, machine }, point));
    }
  }

  /** Adds results that came from elsewhere. */
  addImported(
    run: Omit<HistoryRun, "machine">,
    machine: string,
    lanes: ReadonlyMap<string, readonly HistoryValue[]>,
    metrics: readonly MetricView[],
  ): void {
    const index = this.#addRun(run, machine);
    for (const metric of metrics) {
      if (!this.#metrics.some(({ id }) => id === metric.id)) this.#metrics.push(metric);
    }
    for (const [lane, values] of lanes) {
      const open = this.#lane(lane, { title: lane, isImported: true });
      for (const { name, key, point } of values) {
        addPoint(this.#owner(open, index, name), key, {
          name,
          run: index,
          machine: this.#runs[index]!.machine,
        }, point);
      }
    }
  }

  /** The page without its lanes. */
  view(fileOf: (lane: number) => string): HistoryView {
    return {
      page: "history",
      runs: this.#runs.toSorted(byTime),
      machines: this.#machines,
      lanes: this.#lanesInOrder().map(({ title }, index) => ({ title, file: fileOf(index) })),
      metrics: this.#metrics,
    };
  }

  /** The lanes in the order of the view. */
  *lanes(): Generator<HistoryLane> {
    const places = this.#places();
    for (const { owners, gaps, wrongIn } of this.#lanesInOrder()) {
      yield {
        series: [...owners.values()].flatMap((owned) =>
          [...owned.values()].map((series) => ({
            ...closed(places === undefined ? series : moved(series, places)),
            ...wrongInOf(wrongIn.of(series.name)),
          }))
        ),
        gaps: places === undefined
          ? gaps
          : gaps.map((gap) => ({ ...gap, run: places[gap.run]! })).sort((a, b) => a.run - b.run),
      };
    }
  }

  /** Where runs are in the order of time; `undefined` when they came in it. */
  #places(): readonly number[] | undefined {
    const order = this.#runs.map((run, index) => ({ run, index })).sort((a, b) => byTime(a.run, b.run));
    if (order.every(({ index }, place) => index === place)) return undefined;
    const places: number[] = [];
    for (const [place, { index }] of order.entries()) places[index] = place;
    return places;
  }

  #addRun(run: Omit<HistoryRun, "machine">, machineTitle: string): number {
    let machine = this.#machines.indexOf(machineTitle);
    if (machine < 0) machine = this.#machines.push(machineTitle) - 1;
    return this.#runs.push({ ...run, machine }) - 1;
  }

  #lanesInOrder(): OpenLane[] {
    const places = this.#order.places();
    const placeOf = (key: string): number => places.get(key) ?? places.size;
    return [...this.#lanes].sort(([first, a], [second, b]) =>
      Number(a.isImported) - Number(b.isImported) || placeOf(first) - placeOf(second)
    ).map(([, lane]) => lane);
  }

  #lane(key: string, made: Pick<OpenLane, "title" | "isImported">): OpenLane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { ...made, owners: new Map(), gaps: [], wrongIn: new NewestTexts() };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #owner(lane: OpenLane, run: number, name: string): Map<string, OpenSeries> {
    const id = `${this.#runs[run]!.machine} ${name}`;
    let owned = lane.owners.get(id);
    if (owned === undefined) {
      owned = new Map();
      lane.owners.set(id, owned);
    }
    return owned;
  }
}

function addPoint(
  owned: Map<string, OpenSeries>,
  key: string,
  { name, run, machine }: { readonly name: string; readonly run: number; readonly machine: number },
  [median, lower, upper]: Point,
): void {
  let series = owned.get(key);
  if (series === undefined) {
    series = { name, key, machine, runs: [], values: [], lower: [], upper: [] };
    owned.set(key, series);
  }
  series.runs.push(run);
  series.values.push(median);
  series.lower.push(lower);
  series.upper.push(upper);
}

function byTime(a: HistoryRun, b: HistoryRun): number {
  return a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0;
}

/** The same series in the order of time. */
function moved(series: OpenSeries, places: readonly number[]): OpenSeries {
  const order = series.runs.map((run, index) => ({ index, place: places[run]! }))
    .sort((a, b) => a.place - b.place);
  const inOrder = (values: readonly number[]): number[] => order.map(({ index }) => values[index]!);
  return {
    ...series,
    runs: order.map(({ place }) => place),
    values: inOrder(series.values),
    lower: inOrder(series.lower),
    upper: inOrder(series.upper),
  };
}

/** How pages name a machine. */
export function machineTitle(machineId: string): string {
  return `machine ${machineId.slice(0, 8)}`;
}

function closed({ name, key, machine, runs, values, lower, upper }: OpenSeries): HistorySeries {
  const isExact = values.every((value, index) => value === lower[index] && value === upper[index]);
  return { name, key, machine, runs, values, ...(isExact ? {} : { lower, upper }) };
}
