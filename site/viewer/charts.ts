/** The charts of a run's page. Each takes what it draws and gives an element; the numbers behind it are in a table. */
import type { MetricView, QuantilesNs } from "../pages/view.ts";
import { formatCount, formatEstimate, formatQuantity, formatShare } from "../../lib/report/format.ts";
import { GAP_MARK } from "../../lib/report/known_gaps.ts";
import type { ValueSummary } from "../../lib/report/summarize_run.ts";
import { drawing, horizontalAxis, responsive, valueScale, verticalAxis } from "./axis.ts";
import { type ChartRow, rowChart, shortened } from "./chart_row.ts";
import { s } from "./dom.ts";
import { colorClass, shapeOf, shapePath } from "./marks.ts";
import { placeLabels } from "../pages/point_labels.ts";

/** Who a mark belongs to. */
export interface Owner {
  /** Adapter with its options. */
  readonly name: string;
  /** Number of its colour. */
  readonly color: number;
  /** Ran without live queries. */
  readonly isFloor: boolean;
}

/** One metric of an adapter. */
export interface Ranked extends Owner {
  /** It is known to get something wrong. */
  readonly hasGaps: boolean;
  readonly value: ValueSummary;
}

/** One metric of several adapters: interval, median and every block. */
export function rankingChart(metric: MetricView, entries: readonly Ranked[]): HTMLElement {
  const rows = entries.map(({ name, color, isFloor, hasGaps, value: { values, estimate } }): ChartRow => {
    const { lower, upper } = estimate.interval;
    return {
      // In front, as long names are cut at their end.
      name: `${hasGaps ? `${GAP_MARK} ` : ""}${name}${isFloor ? " (lower bound)" : ""}`,
      color,
      text: formatEstimate(estimate, metric.unit),
      spoken: `${name}${isFloor ? ", lower bound" : ""}${hasGaps ? ", with known gaps" : ""}: median ${
        formatQuantity(estimate.value, metric.unit)
      }, interval ${formatQuantity(lower, metric.unit)} to ${
        formatQuantity(upper, metric.unit)
      }, ${values.length} ${values.length === 1 ? "repetition" : "repetitions"}`,
      values: [...values, estimate.value, lower, upper],
      marks: (scale, y) => [
        s("line", { class: "interval", x1: scale.at(lower), x2: scale.at(upper), y1: y, y2: y }),
        ...values.map((value, index) =>
          s(
            "circle",
            { class: "dot", cx: scale.at(value), cy: y, r: 3 },
            s(
              "title",
              {},
              `${name}, repetition ${index + 1} of ${values.length}: ${formatQuantity(value, metric.unit)}`,
            ),
          )
        ),
        s("line", {
          class: "median",
          x1: scale.at(estimate.value),
          x2: scale.at(estimate.value),
          y1: y - 7,
          y2: y + 7,
        }),
      ],
    };
  });
  return rowChart(`${metric.title} by database`, metric.unit, rows);
}

/** A distribution of times of one adapter. */
export interface Spread extends Owner {
  /** Time at each share; `null` where the record cannot tell. */
  readonly quantilesNs: QuantilesNs;
}

/** Distributions as strips: minimum to maximum, the middle half, median and, where it was recorded, 99th percentile. */
export function spreadChart(
  label: string,
  shares: readonly number[],
  spreads: readonly Spread[],
): HTMLElement {
  const rows = spreads.map(({ name, color, isFloor, quantilesNs }): ChartRow => {
    const at = (share: number): number => quantilesNs[shares.indexOf(share)] ?? 0;
    const [min, low, p25, p50] = [at(0), at(0.05), at(0.25), at(0.5)];
    const [p75, high, max] = [at(0.75), at(0.95), at(1)];
    const p99 = quantilesNs[shares.indexOf(0.99)] ?? null;
    const text = (value: number): string => formatQuantity(value, "ns");
    const tail = p99 === null ? "" : `, p99 ${text(p99)}`;
    return {
      name: isFloor ? `${name} (lower bound)` : name,
      color,
      text: `p50 ${text(p50)}${tail === "" ? `, max ${text(max)}` : tail}`,
      spoken: `${name}: min ${text(min)}, quartiles ${text(p25)} and ${text(p75)}, median ${text(p50)}, p95 ${
        text(high)
      }${tail}, max ${text(max)}`,
      values: [min, max, ...(p99 === null ? [] : [p99])],
      marks: (scale, y) => [
        s("line", { class: "range", x1: scale.at(min), x2: scale.at(max), y1: y, y2: y }),
        s("line", { class: "interval", x1: scale.at(low), x2: scale.at(high), y1: y, y2: y }),
        s("line", { class: "box", x1: scale.at(p25), x2: scale.at(p75), y1: y, y2: y }),
        s("line", { class: "median", x1: scale.at(p50), x2: scale.at(p50), y1: y - 7, y2: y + 7 }),
        ...(p99 === null ? [] : [s("path", { class: "tail", d: diamond(scale.at(p99), y, 4) })]),
      ],
    };
  });
  return rowChart(label, "ns", rows);
}

/** What a phase cost the caller. */
export interface Cost extends Owner {
  /** Median span. */
  readonly spanNs: number;
  /** Median CPU time of the calling thread. */
  readonly busyNs: number;
}

/** CPU time of the calling thread inside the span. */
export function costChart(
  costs: readonly Cost[],
  { busyTitle, spanTitle }: { readonly busyTitle: string; readonly spanTitle: string },
): HTMLElement {
  const rows = costs.map(({ name, color, isFloor, spanNs, busyNs }): ChartRow => {
    const share = formatShare(Math.round(100 * busyNs / spanNs) / 100);
    return {
      name: isFloor ? `${name} (lower bound)` : name,
      color,
      text: `${formatQuantity(busyNs, "ns")} of ${formatQuantity(spanNs, "ns")}, ${share}`,
      spoken: `${name}: ${busyTitle} ${formatQuantity(busyNs, "ns")} of ${
        formatQuantity(spanNs, "ns")
      } ${spanTitle}, ${share}`,
      values: [0, spanNs, busyNs],
      marks: (scale, y) => {
        const start = scale.at(0);
        return [
          s("rect", {
            class: "wall",
            x: start,
            y: y - 6,
            width: Math.max(1, scale.at(spanNs) - start),
            height: 12,
          }),
          s("rect", {
            class: "cpu",
            x: start,
            y: y - 6,
            width: Math.max(1, scale.at(busyNs) - start),
            height: 12,
          }),
        ];
      },
    };
  });
  return rowChart(`${busyTitle} within ${spanTitle} by database`, "ns", rows, { isLinear: true });
}

/** What live queries delivered, and how late. */
export interface Delivery extends Owner {
  /** Median emissions after the first result. */
  readonly delivered: number;
  /** Range over blocks. */
  readonly deliveredRange: readonly [number, number];
  /** How late a change was shown: median over blocks. */
  readonly freshNs: number;
  /** How late at the far end: median over blocks. */
  readonly tailNs: number;
}

const PLOT = { left: 62, top: 14, bottom: 44, height: 270 } as const;
/** More than a character of a name takes on average, pixels. */
const CHARACTER_WIDTH = 7.2;
/** Radius of a lone point, and how much smaller each further point in the same place is. */
const POINT = { radius: 8, step: 3, least: 2 } as const;

/** Emissions against how late changes were shown: few and soon is good, few and late is starved, many is wasteful. */
export function deliveryChart(
  deliveries: readonly Delivery[],
  needed: number,
  titles: { readonly middle: string; readonly reach: string },
): HTMLElement {
  const spoken = ({ name, delivered, freshNs, tailNs }: Delivery): string =>
    `${name}: ${formatCount(delivered)} updates, ${titles.middle} ${
      formatQuantity(freshNs, "ns")
    }, ${titles.reach} ${formatQuantity(tailNs, "ns")}`;
  return responsive((width) => {
    const { left, top, height } = PLOT;
    const bottom = height - PLOT.bottom;
    const right = width - 10;
    const x = valueScale(
      [needed, ...deliveries.flatMap(({ deliveredRange }) => deliveredRange)],
      left + 8,
      right - 8,
      { isWhole: true },
    );
    const y = valueScale(deliveries.flatMap(({ freshNs, tailNs }) => [freshNs, tailNs]), bottom - 6, top + 6);
    const points = deliveries.map((one) => [x.at(one.delivered), y.at(one.freshNs)] as const);
    const names = deliveries.map(({ name }) => shortened(name, 24));
    const labels = placeLabels(points, (index) => CHARACTER_WIDTH * names[index]!.length, {
      left: left + 2,
      right: width,
      top: 0,
      bottom,
    });
    const plot = drawing(
      width,
      height,
      `Updates against ${titles.middle}, ${formatCount(needed)} needed. ${
        deliveries.map(spoken).join(". ")
      }`,
      horizontalAxis(x, "count", { top, bottom, width: right }),
      verticalAxis(y, "ns", { left, right }),
      s("line", { class: "needed", x1: x.at(needed), x2: x.at(needed), y1: top, y2: bottom }),
      s(
        "text",
        {
          class: "hint",
          x: x.at(needed) + (x.at(needed) > width / 2 ? -5 : 5),
          y: top + 4,
          "text-anchor": x.at(needed) > width / 2 ? "end" : "start",
        },
        `needed ${formatCount(needed)}`,
      ),
      s(
        "text",
        { class: "hint", x: (left + right) / 2, y: height - 6, "text-anchor": "middle" },
        "updates shown",
      ),
      ...deliveries.map((one, index) => {
        const [cx, cy] = [x.at(one.delivered), y.at(one.freshNs)];
        const label = labels[index];
        return s(
          "g",
          { class: `row ${colorClass(one.color)}`, tabindex: "0", role: "img", "aria-label": spoken(one) },
          s("title", {}, spoken(one)),
          s("line", {
            class: "range",
            x1: x.at(one.deliveredRange[0]),
            x2: x.at(one.deliveredRange[1]),
            y1: cy,
            y2: cy,
          }),
          s("line", { class: "interval", x1: cx, x2: cx, y1: cy, y2: y.at(one.tailNs) }),
          s("line", { class: "cap", x1: cx - 5, x2: cx + 5, y1: y.at(one.tailNs), y2: y.at(one.tailNs) }),
          s("path", {
            class: "point",
            d: shapePath(shapeOf(one.color), cx, cy, pointRadius(points, index)),
            "fill-rule": "evenodd",
          }),
          label?.isFar && s("line", { class: "leader", x1: cx, x2: label.x, y1: cy, y2: label.y - 4 }),
          // Whoever found no room is named while it is pointed at, or has the focus.
          label === undefined
            ? s(
              "text",
              {
                class: "name hidden-name",
                x: cx + (cx > width / 2 ? -11 : 11),
                y: cy + 4,
                "text-anchor": cx > width / 2 ? "end" : "start",
              },
              names[index],
            )
            : s("text", { class: "name", x: label.x, y: label.y, "text-anchor": label.anchor }, names[index]),
        );
      }),
    );
    // A picture's parts could not have the focus.
    plot.setAttribute("role", "group");
    return plot;
  });
}

/** Points in one place are drawn as rings, the later ones inside the earlier ones, so that each is seen. */
function pointRadius(points: readonly (readonly [x: number, y: number])[], index: number): number {
  const [x, y] = points[index]!;
  const before =
    points.slice(0, index).filter((other) => Math.hypot(other[0] - x, other[1] - y) < POINT.radius).length;
  return Math.max(POINT.least, POINT.radius - POINT.step * before);
}

/** One block of a run on its time axis. */
export interface NoiseBlock {
  /** Cell and block. */
  readonly title: string;
  /** Number of its colour. */
  readonly color: number;
  /** From the start of the run. */
  readonly startMs: number;
  /** Duration. */
  readonly elapsedMs: number;
  /** Share of time in which a task waited for a CPU. */
  readonly pressure?: number;
}

/** CPU pressure during each block, in the order in which they ran. */
export function noiseChart(blocks: readonly NoiseBlock[]): HTMLElement {
  return responsive((width) => {
    const [left, right, top, bottom] = [44, width - 6, 8, 130];
    const end = Math.max(1, ...blocks.map(({ startMs, elapsedMs }) => startMs + elapsedMs));
    const x = valueScale([0, end * 1e6], left, right, { isLinear: true });
    const known = blocks.map(({ pressure }) => pressure ?? 0);
    const y = valueScale([0, ...known].map((share) => share * 100), bottom, top, { isLinear: true });
    const loudest = Math.max(...known);
    return drawing(
      width,
      bottom + 24,
      `CPU pressure over the run, ${blocks.length} repetitions, at most ${formatShare(loudest)}`,
      horizontalAxis(x, "ns", { top, bottom, width }),
      s(
        "g",
        { class: "axis", "aria-hidden": "true" },
        ...y.ticks.map((value) =>
          s(
            "g",
            {},
            s("line", { x1: left, x2: right, y1: y.at(value), y2: y.at(value) }),
            s("text", { x: left - 6, y: y.at(value) + 4, "text-anchor": "end" }, `${formatCount(value)} %`),
          )
        ),
      ),
      ...blocks.map(({ title, color, startMs, elapsedMs, pressure }) => {
        const height = Math.max(2, bottom - y.at((pressure ?? 0) * 100));
        const start = x.at(startMs * 1e6);
        return s(
          "rect",
          {
            class: `noise ${colorClass(color)}`,
            x: start,
            y: bottom - height,
            width: Math.max(2, x.at((startMs + elapsedMs) * 1e6) - start - 1),
            height,
          },
          s("title", {}, `${title}: ${pressure === undefined ? "pressure unknown" : formatShare(pressure)}`),
        );
      }),
    );
  });
}

function diamond(x: number, y: number, size: number): string {
  return `M${x - size},${y}L${x},${y - size}L${x + size},${y}L${x},${y + size}Z`;
}
