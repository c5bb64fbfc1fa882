/** The history of stored runs for a terminal: changes of level, and metrics run by run. */
import pc from "picocolors";
import { didYouMean, type Unit, UsageError } from "../model/mod.ts";
import { bareTable } from "../report/bare_table.ts";
import { drawBar } from "../report/bar_chart.ts";
import { metricByWord } from "../report/find_metric.ts";
import { formatCount, formatQuantity, formatRatio } from "../report/format.ts";
import { type ChangePoint, changePoints, changeText, changeWord } from "../../site/pages/change_points.ts";
import type {
  HistoryLane,
  HistoryRun,
  HistorySeries,
  HistoryView,
  MetricView,
} from "../../site/pages/mod.ts";
import type { TerminalStyle } from "../report/mod.ts";
import { safeText } from "../report/safe_text.ts";
import { median, sortSamples } from "../stats/mod.ts";

/** A history as the builder gives it. */
export interface History {
  /** Runs, machines, lanes and metrics. */
  readonly view: HistoryView;
  /** In the order of the view. */
  readonly lanes: readonly HistoryLane[];
}

/**
 * What is asked of it; an empty list asks for everything. An item may be several names with commas between them; where a
 * name has commas itself, as sections of imported results and adapters with options have, the longest name is meant.
 */
export interface HistoryChoice {
  /** Workloads: `keyed-pk` or `keyed-pk@2`; sections of imported results. */
  readonly workloads: readonly string[];
  /** Adapters, with or without options: `watchlite` means `watchlite[policy=per-commit]`, too. */
  readonly adapters: readonly string[];
  /** Metrics by id, or by the words that reports use. */
  readonly metrics: readonly string[];
  /** Beginning of a machine's id; absent for all. */
  readonly machine?: string | undefined;
}

/** One line of the history with its names. */
export interface NamedSeries {
  /** Title of the workload, or section of imported results. */
  readonly lane: string;
  /** Adapter with its options. */
  readonly name: string;
  /** Phase; may be empty. */
  readonly phase: string;
  /** Label of the operations; empty for metrics of phases and blocks. */
  readonly label: string;
  /** What the values are. */
  readonly metric: MetricView;
  /** As pages name it. */
  readonly machine: string;
  /** Oldest first; an end is absent where no run of the series has an interval. */
  readonly points: readonly {
    readonly run: HistoryRun;
    readonly value: number;
    readonly lower?: number;
    readonly upper?: number;
  }[];
}

/** A series that was asked for. */
export interface ChosenSeries extends NamedSeries {
  /** Changes of level, oldest first; `at` is a position in `points`. */
  readonly changes: readonly ChangePoint[];
}

const BAR_WIDTH = 24;

/**
 * The series that are meant. Throws a UsageError for a workload, an adapter, a metric or a machine that no stored run has.
 */
export function chooseSeries({ view, lanes }: History, choice: HistoryChoice): ChosenSeries[] {
  const series = lanes.flatMap((lane, index) =>
    lane.series.map((one) => namedSeries(view, view.lanes[index]!.title, one))
  );
  const known:
    readonly (readonly [what: string, asked: readonly string[], (one: NamedSeries) => string[]])[] = [
      ["workload", choice.workloads, ({ lane }) => workloadNames(lane)],
      ["adapter", choice.adapters, ({ name }) => [name, name.split("[", 1)[0]!]],
      ["metric", choice.metrics, ({ metric }) => [metric.id]],
    ];
  const wanted = known.map(([what, typed, namesOf]) => {
    const names = new Set(series.flatMap(namesOf));
    const asked = typed.flatMap((text) => splitNames(text, names)).map((name) =>
      what === "metric" && !names.has(name) ? metricByWord(name)?.id ?? name : name
    );
    const stranger = asked.find((name) => !names.has(name));
    if (stranger !== undefined) {
      throw new UsageError(
        `Cannot find ${what} "${safeText(stranger, 60)}" in the history${didYouMean(stranger, names)}: ` +
          `stored runs have ${[...names].sort().join(", ") || "none"}`,
      );
    }
    return [asked, namesOf] as const;
  });
  const { machine } = choice;
  const isMachine = (title: string): boolean =>
    machine === undefined || title.startsWith(`machine ${machine.slice(0, 8)}`);
  if (machine !== undefined && !view.machines.some(isMachine)) {
    throw new UsageError(
      `Cannot find machine "${safeText(machine, 60)}" in the history: stored runs are of ${
        view.machines.join(", ")
      }`,
    );
  }
  return series.filter((one) =>
    isMachine(one.machine) &&
    wanted.every(([asked, namesOf]) =>
      asked.length === 0 || namesOf(one).some((name) => asked.includes(name))
    )
  ).map((one) => ({ ...one, changes: changePoints(one.points.map(({ value }) => value)) }));
}

/** The names in a text with commas, of which the longest known one counts at each place. */
function splitNames(text: string, known: ReadonlySet<string>): string[] {
  const parts = text.split(",");
  const name = (start: number, end: number): string => parts.slice(start, end).join(",").trim();
  const names: string[] = [];
  for (let start = 0; start < parts.length;) {
    let end = parts.length;
    while (end > start + 1 && !known.has(name(start, end))) end--;
    names.push(name(start, end));
    start = end;
  }
  return names.filter((one) => one !== "");
}

/** The metrics that a series list is looked at by first, one after the other where there are several. */
const USUAL_METRICS: readonly string[] = ["done_ns", "wall_ns"];

/** Of each workload, the usual metrics; all that it has where it has none of them. */
export function usualSeries(series: readonly ChosenSeries[]): ChosenSeries[] {
  const isUsual = ({ metric }: ChosenSeries): boolean => USUAL_METRICS.includes(metric.id);
  const lanes = new Set(series.filter(isUsual).map(({ lane }) => lane));
  return series.filter((one) => isUsual(one) || !lanes.has(one.lane));
}

/** Changes of level as a table, the newest first, at most `most` of them. */
export function changesText(series: readonly ChosenSeries[], most: number, style: TerminalStyle): string {
  const { bold, green, red } = pc.createColors(style.isColored);
  const changes = series.flatMap((one) =>
    one.changes.map((change) => ({ one, change, run: one.points[change.at]!.run }))
  )
    .sort((a, b) => a.run.startedAt < b.run.startedAt ? 1 : a.run.startedAt > b.run.startedAt ? -1 : 0);
  if (changes.length === 0) {
    return `No change of level in ${
      formatCount(series.length)
    } series: one needs five runs on either side and 5 %`;
  }
  const rows = changes.slice(0, most).map(({ one, change, run }) => {
    const word = changeWord(one.metric.direction, change.ratio);
    const color = word === "better" ? green : word === "worse" ? red : (text: string) => text;
    return [
      run.startedAt.slice(0, 16).replace("T", " "),
      run.commit,
      run.label,
      one.machine.replace("machine ", ""),
      one.lane,
      one.name,
      placeText(one),
      levelsText(one, change),
      color(changeText(one.metric.direction, change.ratio)),
      `${formatRatio(change.lower)} to ${formatRatio(change.upper)}`,
    ];
  });
  const hidden = changes.length - rows.length;
  return [
    bold("Changes of level, newest first"),
    bareTable(
      ["since", "commit", "run", "machine", "workload", "adapter", "metric", "level", "change", "interval"],
      rows,
    ),
    ...(hidden === 0 ? [] : [
      `${formatCount(hidden)} older ${hidden === 1 ? "one is" : "ones are"} not shown: --last shows more`,
    ]),
  ].join("\n");
}

/** The middles of the levels before and after a change. */
function levelsText({ points, changes, metric }: ChosenSeries, change: ChangePoint): string {
  const index = changes.indexOf(change);
  const level = (from: number, to: number): string =>
    formatQuantity(median(sortSamples(points.slice(from, to).map(({ value }) => value))), metric.unit);
  const before = level(changes[index - 1]?.at ?? 0, change.at);
  return `${before} to ${level(change.at, changes[index + 1]?.at ?? points.length)}`;
}

/** Each series run by run, its newest `most` runs, oldest first. */
export function seriesText(series: readonly ChosenSeries[], most: number, style: TerminalStyle): string {
  const { bold } = pc.createColors(style.isColored);
  return series.map((one) => {
    const from = Math.max(0, one.points.length - most);
    const points = one.points.slice(from);
    const largest = points.reduce((max, { value, upper }) => Math.max(max, upper ?? value), 0);
    const starts = new Map(one.changes.map(({ at, ratio }) => [at, ratio]));
    const rows = points.map(({ run, value, lower = value, upper = value }, index) => {
      const ratio = starts.get(from + index);
      return [
        run.startedAt.slice(0, 16).replace("T", " "),
        run.commit,
        run.label,
        formatQuantity(value, one.metric.unit),
        spanText(lower, upper, one.metric.unit),
        ...(style.bars === undefined ? [] : [drawBar({ lower, upper }, largest, BAR_WIDTH, style.bars)]),
        ratio === undefined ? "" : changeText(one.metric.direction, ratio),
      ];
    });
    const runs = `${formatCount(one.points.length)} ${one.points.length === 1 ? "run" : "runs"}`;
    return [
      `${bold(`${one.name}, ${placeText(one)}`)}: ${one.lane}, ${one.machine}, ${runs}${
        from === 0 ? "" : `, the newest ${most}`
      }`,
      bareTable(
        ["run", "commit", "label", "value", "interval", ...(style.bars === undefined ? [] : [""]), ""],
        rows,
      ),
    ].join("\n");
  }).join("\n\n");
}

function namedSeries(view: HistoryView, lane: string, series: HistorySeries): NamedSeries {
  const { name, key, machine, runs, values, lower, upper } = series;
  const [phase, label, id] = JSON.parse(key) as [string, string, string];
  return {
    lane,
    name,
    phase,
    label,
    metric: view.metrics.find((metric) => metric.id === id)!,
    machine: view.machines[machine]!,
    points: runs.map((run, index) => ({
      run: view.runs[run]!,
      value: values[index]!,
      ...(lower === undefined || upper === undefined ? {} : { lower: lower[index]!, upper: upper[index]! }),
    })),
  };
}

/**
 * `keyed-pk@2` and `keyed-pk` for "Keyed primary keys (keyed-pk@2, standard)"; a section of imported results by its whole
 * title, and without what it was imported from.
 */
function workloadNames(lane: string): string[] {
  const imported = /^imported from [^:]+: (.*)$/.exec(lane)?.[1];
  if (imported !== undefined) return [lane, imported];
  const key = /(?:^|\()([^(,]+), [^,()]+\)?$/.exec(lane)?.[1] ?? lane;
  return [key, key.split("@", 1)[0]!];
}

/** Phase, operation and metric of a series. */
export function placeText({ phase, label, metric }: NamedSeries): string {
  return [phase, label, metric.title].filter((text) => text !== "").join(" / ");
}

function spanText(lower: number, upper: number, unit: Unit): string {
  return lower === upper ? "" : `${formatQuantity(lower, unit)} to ${formatQuantity(upper, unit)}`;
}
