/** Bursts, batch by batch: when each was committed, found to concern the query, asked about and shown. */
// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
import type { TraceView } from "../../experiments/view.ts";
import type { TracedBatch } from "../../../lib/experiments/pages/trace_series.ts";
import { formatCount, formatQuantity } from "../../../lib/report/format.ts";
import { addressChoices, addressPlace, writeAddress } from "../address.ts";
import { drawing, responsive, tickText } from "../axis.ts";
import { type Child, h, labelledSelect, s } from "../dom.ts";
import { plural } from "./plural.ts";

const LEFT = 34;
const RIGHT = 10;
const TALL_ROW = 16;
const FLAT_ROW = 2.6;
/** This many batches or fewer get rows that are tall enough for marks. */
const TALL_BATCHES = 20;

/** All series over one time axis, with a choice of batches. */
export function traceChart(traces: readonly TraceView[]): HTMLElement {
  const most = Math.max(...traces.map(({ batches }) => batches.length));
  const place = h("div");
  const show = (start: number, count: number): void => {
    const cut = traces.map((trace) => ({ trace, batches: trace.batches.slice(start, start + count) }));
    const spans = cut.map(({ batches }) => spanOf(batches));
    // One length of time for all, each from its own first batch: slower bursts would otherwise push the others aside.
    const lengthNs = Math.max(1, ...spans.map(({ fromNs, toNs }) => toNs - fromNs));
    place.replaceChildren(
      ...cut.flatMap(({ trace, batches }, index) =>
        batches.length === 0 ? [] : [seriesFigure(trace, batches, spans[index]!.fromNs, lengthNs)]
      ),
    );
  };
  const ranges = [
    [`0 ${most}`, `all ${formatCount(most)}`] as const,
    ...(most <= TALL_BATCHES ? [] : Array.from({ length: Math.ceil(most / TALL_BATCHES) }, (_, index) => {
      const start = index * TALL_BATCHES;
      const end = Math.min(most, start + TALL_BATCHES);
      return [`${start} ${TALL_BATCHES}`, `${start + 1} to ${end}`] as const;
    })),
  ];
  const draw = (range: string): void => show(...range.split(" ").map(Number) as [number, number]);
  const named = addressChoices().get("batches");
  const shown = ranges.find(([value]) => value === named)?.[0] ?? ranges[0]![0];
  draw(shown);
  return h(
    "div",
    { class: "traces" },
    h(
      "div",
      { class: "controls" },
      labelledSelect("Batches", ranges, shown, (value) => {
        writeAddress({ batches: value === ranges[0]![0] ? "" : value, at: addressPlace() });
        draw(value);
      }),
      legend(),
    ),
    place,
  );
}

function legend(): HTMLElement {
  const key = (name: string, text: string, mark: Child): HTMLElement =>
    h(
      "li",
      { class: "adapter" },
      s("svg", {
        class: `trace-key ${name}`,
        width: 18,
        height: 12,
        viewBox: "0 0 18 12",
        "aria-hidden": "true",
      }, mark),
      text,
    );
  return h(
    "ul",
    { class: "verdicts" },
    key("trace", "commit", commitMark(9, 6, 5)),
    key("trace", "invalidation", invalidationMark(9, 6, 4)),
    key("trace", "re-query starts", requeryMark(9, 6, 4)),
    key("trace", "delivery", deliveryMark(9, 6, 4)),
    key("trace", "not shown yet", s("line", { class: "wait", x1: 0, x2: 18, y1: 6, y2: 6 })),
  );
}

function seriesFigure(
  trace: TraceView,
  batches: readonly TracedBatch[],
  fromNs: number,
  lengthNs: number,
): HTMLElement {
  const text = `${plural(trace.deliveryCount, "delivery").replace("deliverys", "deliveries")} for ${
    plural(trace.batches.length, "batch").replace("batchs", "batches")
  }, the longest wait ${formatQuantity(trace.longestNs, "ns")}${
    trace.unshownCount === 0 ? "" : `, ${formatCount(trace.unshownCount)} never shown`
  }`;
  return h(
    "figure",
    {},
    h("figcaption", {}, h("span", { class: "title" }, trace.name), h("span", { class: "caption" }, text)),
    responsive((width) => {
      const rowHeight = batches.length <= TALL_BATCHES ? TALL_ROW : FLAT_ROW;
      const bottom = batches.length * rowHeight + 4;
      const scale = scaleLinear([0, lengthNs], [LEFT, width - RIGHT]);
      const at = (ns: number): number => scale(ns - fromNs);
      const first = batches[0]!.batch;
      const last = batches.at(-1)!.batch;
      return drawing(
        width,
        bottom + 20,
        `${trace.title}, batches ${first} to ${last}. ${text}`,
        timeAxis(scale.ticks(Math.max(2, Math.floor(width / 110))), (ns) => scale(ns), bottom, width),
        s("text", { class: "hint", x: LEFT - 6, y: 10, "text-anchor": "end", "aria-hidden": "true" }, first),
        s(
          "text",
          { class: "hint", x: LEFT - 6, y: bottom - 2, "text-anchor": "end", "aria-hidden": "true" },
          last,
        ),
        ...batches.map((batch, index) =>
          batchMark(batch, (index + 0.5) * rowHeight + 2, rowHeight, at, width - RIGHT)
        ),
      );
    }),
  );
}

function timeAxis(
  ticks: readonly number[],
  at: (ns: number) => number,
  bottom: number,
  width: number,
): SVGElement {
  return s(
    "g",
    { class: "axis", "aria-hidden": "true" },
    ...ticks.map((ns) => {
      const x = at(ns);
      return s(
        "g",
        {},
        s("line", { x1: x, x2: x, y1: 0, y2: bottom }),
        s(
          "text",
          { x, y: bottom + 14, "text-anchor": x > width - 24 ? "end" : "middle" },
          tickText(ns, "ns"),
        ),
      );
    }),
  );
}

function batchMark(
  { batch, acknowledgedNs, invalidatedNs, requeryNs, shownNs }: TracedBatch,
  y: number,
  rowHeight: number,
  at: (ns: number) => number,
  edge: number,
): SVGElement {
  const size = Math.min(5, Math.max(1.4, rowHeight / 3));
  const since = (ns: number | null): string =>
    ns === null
      ? "never"
      : `${ns < acknowledgedNs ? "−" : "+"}${formatQuantity(Math.abs(ns - acknowledgedNs), "ns")}`;
  return s(
    "g",
    { class: "trace" },
    s(
      "title",
      {},
      `batch ${batch}: committed at ${formatQuantity(acknowledgedNs, "ns")}, invalidated ${
        since(invalidatedNs)
      }, ` +
        `re-query ${since(requeryNs)}, shown ${since(shownNs)}`,
    ),
    s("line", {
      class: shownNs === null ? "wait never" : "wait",
      x1: at(acknowledgedNs),
      x2: shownNs === null ? edge : at(shownNs),
      y1: y,
      y2: y,
    }),
    commitMark(at(acknowledgedNs), y, Math.max(size, rowHeight / 2 - 1)),
    invalidatedNs !== null && rowHeight >= TALL_ROW && invalidationMark(at(invalidatedNs), y, size),
    requeryNs !== null && requeryMark(at(requeryNs), y, size),
    shownNs !== null && deliveryMark(at(shownNs), y, size),
  );
}

function commitMark(x: number, y: number, size: number): SVGElement {
  return s("line", { class: "commit", x1: x, x2: x, y1: y - size, y2: y + size });
}

function invalidationMark(x: number, y: number, size: number): SVGElement {
  return s("circle", { class: "invalidation", cx: x, cy: y, r: size });
}

function requeryMark(x: number, y: number, size: number): SVGElement {
  return s("path", {
    class: "requery",
    d: `M${x - size},${y}L${x},${y - size}L${x + size},${y}L${x},${y + size}Z`,
  });
}

function deliveryMark(x: number, y: number, size: number): SVGElement {
  return s("circle", { class: "delivery", cx: x, cy: y, r: size });
}

function spanOf(batches: readonly TracedBatch[]): { readonly fromNs: number; readonly toNs: number } {
  const times = batches.flatMap(({ acknowledgedNs, shownNs }) => [acknowledgedNs, shownNs ?? acknowledgedNs]);
  return { fromNs: batches[0]?.acknowledgedNs ?? 0, toNs: times.reduce((most, ns) => Math.max(most, ns), 0) };
}
