/** The chart of the history: lines with bands over thousands of runs, drawn by uPlot on a canvas. */
import uPlot from "uplot";
import { formatQuantity } from "../../lib/report/format.ts";
import type { ChangePoint } from "../pages/change_points.ts";
import type { HistorySeries, HistoryView } from "../pages/history.ts";
import type { MetricView } from "../pages/view.ts";
import { tickText } from "./axis.ts";
import { COLOR_COUNT } from "./marks.ts";
import { h } from "./dom.ts";
import { isLogSpan } from "./log_span.ts";

/** One adapter on one machine. */
export interface HistoryLine {
  /** Adapter with its options. */
  readonly name: string;
  /** Number of its colour, and beyond {@link COLOR_COUNT} of its dashes. */
  readonly color: number;
  /** Its values. */
  readonly series: HistorySeries;
  /** Changes of level; `at` is a position in the series. */
  readonly changes: readonly ChangePoint[];
  /** Runs in which it has none although it was planned. */
  readonly gapRuns: readonly number[];
}

/** What the chart shows. */
export interface HistoryPlot {
  /** Phase, operation and metric. */
  readonly title: string;
  /** What the values are. */
  readonly metric: MetricView;
  /** Runs on the horizontal axis, oldest first. */
  readonly runs: readonly number[];
  /** One per adapter. */
  readonly lines: readonly HistoryLine[];
  /** For the names of runs. */
  readonly view: HistoryView;
}

const HEIGHT = 340;
/** Dashes of lines whose colour was given before. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3]];
/** Dots are drawn while there is room for them. */
const DOTTED_RUNS = 120;

/** Draws the chart; it follows the width of its place and the theme. */
export function historyPlot(plot: HistoryPlot): HTMLElement {
  const canvas = h("div", { role: "img", "aria-label": spoken(plot) });
  const tip = h("p", { class: "caption tip" }, "Point at a run to read it");
  const place = h("div", { class: "plot" }, canvas, tip);
  let drawn: uPlot | undefined;
  let width = 0;
  const draw = (): void => {
    drawn?.destroy();
    if (width > 0) drawn = drawPlot(plot, canvas, tip, width);
  };
  new ResizeObserver(([entry]) => {
    const next = Math.floor(entry?.contentRect.width ?? 0);
    if (next === width) return;
    width = next;
    draw();
  }).observe(place);
  const onTheme = (): void => {
    // A chart that was replaced by another one must not draw any more.
    if (place.isConnected) draw();
    else document.removeEventListener("themechange", onTheme);
  };
  document.addEventListener("themechange", onTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onTheme);
  return place;
}

function drawPlot(
  { metric, runs, lines, view }: HistoryPlot,
  place: HTMLElement,
  tip: HTMLElement,
  width: number,
): uPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const at = new Map(runs.map((run, index) => [run, index]));
  const aligned = lines.map(({ series }) => {
    const columns = [series.values, series.lower ?? series.values, series.upper ?? series.values]
      .map((values) => onAxis(series.runs, values, at, runs.length));
    return columns as [Column, Column, Column];
  });
  const known = aligned.flat(2).filter((value) => value !== null);
  const [min, max] = [
    known.reduce((a, b) => Math.min(a, b), Infinity),
    known.reduce((a, b) => Math.max(a, b), 0),
  ];
  const isLog = isLogSpan(min, max);
  const axis: uPlot.Axis = {
    stroke: color("soft"),
    grid: { stroke: color("grid"), width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  return new uPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      scales: {
        x: { time: false, range: (_, from, to) => from === to ? [from - 1, to + 1] : [from - 0.5, to + 0.5] },
        y: isLog ? { distr: 3 } : { range: (_, __, to) => [0, (to || 1) * 1.08] },
      },
      axes: [
        {
          ...axis,
          space: 90,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
          values: (_, splits) => momentTexts(splits.map((index) => view.runs[runs[index] ?? -1]?.startedAt)),
        },
        {
          ...axis,
          size: 66,
          values: (_, splits) => splits.map((value) => value === null ? "" : tickText(value, metric.unit)),
        },
      ],
      series: [
        {},
        ...lines.flatMap(({ color: number }): uPlot.Series[] => {
          const own = color(`c${number % COLOR_COUNT}`);
          const edge: uPlot.Series = { stroke: "transparent", points: { show: false } };
          return [
            {
              stroke: own,
              width: 2,
              dash: [...DASHES[Math.floor(number / COLOR_COUNT) % DASHES.length]!],
              points: { show: runs.length <= DOTTED_RUNS, size: 6, fill: color("card"), stroke: own },
            },
            edge,
            edge,
          ];
        }),
      ],
      bands: lines.map(({ color: number }, index) => ({
        series: [3 * index + 3, 3 * index + 2],
        fill: `${color(`c${number % COLOR_COUNT}`)}30`,
      })),
      hooks: {
        draw: [(chart) => drawMarks(chart, lines, at, color)],
        setCursor: [(chart) => {
          const index = chart.cursor.idx;
          const run = index === null || index === undefined ? undefined : view.runs[runs[index] ?? -1];
          if (run === undefined || index === null || index === undefined) return;
          const values = lines.map(({ name }, line) => {
            const value = aligned[line]![0][index];
            return `${name} ${
              value === null || value === undefined ? "no value" : formatQuantity(value, metric.unit)
            }`;
          });
          tip.textContent = `${run.label}, ${run.startedAt.slice(0, 16).replace("T", " ")}${
            run.commit === "" ? "" : `, ${run.commit}`
          }: ${values.join(", ")}`;
        }],
      },
    },
    [runs.map((_, index) => index), ...aligned.flat()],
    place,
  );
}

/** Days, and the time of day where a day is there more than once. */
function momentTexts(moments: readonly (string | undefined)[]): string[] {
  return moments.map((moment, index) => {
    const day = moment?.slice(0, 10) ?? "";
    const isRepeated = moments.some((other, place) => place !== index && other?.slice(0, 10) === day);
    return moment !== undefined && isRepeated ? `${moment.slice(5, 10)} ${moment.slice(11, 16)}` : day;
  });
}

type Column = (number | null)[];

function onAxis(
  runs: readonly number[],
  values: readonly number[],
  at: ReadonlyMap<number, number>,
  count: number,
): Column {
  const column: Column = new Array<number | null>(count).fill(null);
  for (const [index, run] of runs.entries()) {
    const place = at.get(run);
    if (place !== undefined) column[place] = values[index]!;
  }
  return column;
}

/** Changes of level as triangles on dashed lines, gaps as crosses at the foot. */
function drawMarks(
  chart: uPlot,
  lines: readonly HistoryLine[],
  at: ReadonlyMap<number, number>,
  color: (name: string) => string,
): void {
  const { ctx } = chart;
  const { left, top, width, height } = chart.bbox;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const [order, { color: number, series, changes, gapRuns }] of lines.entries()) {
    ctx.strokeStyle = ctx.fillStyle = color(`c${number % COLOR_COUNT}`);
    ctx.lineWidth = 1.5 * scale;
    for (const { at: position, ratio } of changes) {
      const place = at.get(series.runs[position]!);
      if (place === undefined) continue;
      const x = chart.valToPos(place - 0.5, "x", true);
      ctx.setLineDash([4 * scale, 4 * scale]);
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      ctx.setLineDash([]);
      const [foot, tip] = ratio > 1
        ? [top + 14 * scale, top + 4 * scale]
        : [top + 4 * scale, top + 14 * scale];
      ctx.beginPath();
      ctx.moveTo(x - 6 * scale, foot);
      ctx.lineTo(x + 6 * scale, foot);
      ctx.lineTo(x, tip);
      ctx.fill();
    }
    const y = top + height - (6 + 9 * order) * scale;
    for (const run of gapRuns) {
      const place = at.get(run);
      if (place === undefined) continue;
      const x = chart.valToPos(place, "x", true);
      ctx.beginPath();
      ctx.moveTo(x - 3 * scale, y - 3 * scale);
      ctx.lineTo(x + 3 * scale, y + 3 * scale);
      ctx.moveTo(x + 3 * scale, y - 3 * scale);
      ctx.lineTo(x - 3 * scale, y + 3 * scale);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function spoken({ title, metric, runs, lines }: HistoryPlot): string {
  const parts = lines.map(({ name, series: { values }, changes }) => {
    const newest = values.at(-1);
    return `${name}: ${values.length} values, the newest ${
      newest === undefined ? "unknown" : formatQuantity(newest, metric.unit)
    }, ${changes.length} changes of level`;
  });
  return `${title} over ${runs.length} runs. ${parts.join(". ")}`;
}
