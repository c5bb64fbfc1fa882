/** Bursts as a small picture for Markdown pages: the report's chart without what needs a script. Pure text. */
import { formatQuantity } from "../../report/format.ts";
import { escapeHtml, safeText } from "../../report/safe_text.ts";
import { summarizeTrace, type TraceSeries } from "./trace_series.ts";

/** A burst with the few words above it. */
export interface NamedSeries {
  /** Name of the arm. */
  readonly name: string;
  /** Its batches. */
  readonly series: TraceSeries;
}

const WIDTH = 760;
const LEFT = 8;
const PANEL_TOP = 24;
const PANEL_HEIGHT = 130;
const PANEL_GAP = 14;
const FOOT = 40;
const TICK_COUNT = 8;

// Readers of Markdown pages show pictures on their own ground: both themes are in the picture.
const STYLE =
  "text{font:12px system-ui,sans-serif;fill:#566173}.name{font-weight:600;fill:#1b2330}path,line{fill:none}" +
  ".grid{stroke:#dfe3ea}.wait{stroke:#e3a97f}.commit{stroke:#1b2330}.ask{stroke:#2563c9}.show{stroke:#12805c;stroke-width:2}" +
  "@media(prefers-color-scheme:dark){text{fill:#a3aebf}.name{fill:#e6eaf1}.grid{stroke:#2b3545}.wait{stroke:#8a5630}" +
  ".commit{stroke:#e6eaf1}.ask{stroke:#6ea2ff}.show{stroke:#45c99a}}";

/** An SVG document with a panel per series over one time axis; the same series give the same bytes. */
export function tracePicture(all: readonly NamedSeries[]): string {
  const endNs = Math.max(
    1,
    ...all.flatMap(({ series: { batches } }) =>
      batches.map(({ shownNs, acknowledgedNs }) => Math.max(shownNs ?? 0, acknowledgedNs))
    ),
  );
  const stepNs = tickStep(endNs);
  const at = (ns: number): string => (LEFT + ns / endNs * (WIDTH - 2 * LEFT)).toFixed(1);
  const panels = all.map(({ name, series }, index) =>
    panel(name, series, PANEL_TOP + index * (PANEL_TOP + PANEL_HEIGHT + PANEL_GAP), at)
  );
  const bottom = PANEL_TOP + all.length * (PANEL_TOP + PANEL_HEIGHT + PANEL_GAP) - PANEL_TOP;
  const ticks = Array.from({ length: Math.floor(endNs / stepNs) + 1 }, (_, index) => {
    const x = at(index * stepNs);
    const anchor = index === 0 ? "start" : Number(x) > WIDTH - 30 ? "end" : "middle";
    const text = index === 0 ? "0" : formatQuantity(index * stepNs, "ns");
    return `<line class="grid" x1="${x}" x2="${x}" y1="${PANEL_TOP}" y2="${bottom}"/>` +
      `<text x="${x}" y="${bottom + 14}" text-anchor="${anchor}">${text}</text>`;
  });
  const height = bottom + FOOT;
  const legend =
    "Each line: a batch from its commit (dark) over the start of its re-query (blue) to its delivery (green)";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>Bursts batch by batch, from commit to delivery</title>`,
    `<style>${STYLE}</style>`,
    ...ticks,
    ...panels,
    `<text x="${LEFT}" y="${height - 8}">${legend}</text>`,
    `</svg>\n`,
  ].join("\n");
}

function panel(name: string, series: TraceSeries, top: number, at: (ns: number) => string): string {
  const { batches } = series;
  const { deliveryCount, longestNs } = summarizeTrace(series);
  const height = PANEL_HEIGHT / batches.length;
  const half = Math.max(0.6, height / 2);
  const rows = batches.map((batch, index) => ({
    ...batch,
    y: top + PANEL_TOP - 12 + (index + 0.5) * height,
  }));
  const upright = (ns: number | null, y: number): string =>
    ns === null ? "" : `M${at(ns)},${(y - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
  const path = (kind: string, parts: readonly string[]): string =>
    `<path class="${kind}" d="${parts.join("")}"/>`;
  const text = `${deliveryCount} ${
    deliveryCount === 1 ? "delivery" : "deliveries"
  } for ${batches.length} batches, the longest wait ${formatQuantity(longestNs, "ns")}`;
  return [
    `<text class="name" x="${LEFT}" y="${top}">${escapeHtml(safeText(name, 60))}</text>`,
    `<text x="${WIDTH - LEFT}" y="${top}" text-anchor="end">${text}</text>`,
    path(
      "wait",
      rows.flatMap(({ acknowledgedNs, shownNs, y }) =>
        shownNs === null ? [] : [`M${at(acknowledgedNs)},${y.toFixed(1)}H${at(shownNs)}`]
      ),
    ),
    path("commit", rows.map(({ acknowledgedNs, y }) => upright(acknowledgedNs, y))),
    path("ask", rows.map(({ requeryNs, y }) => upright(requeryNs, y))),
    path("show", rows.map(({ shownNs, y }) => upright(shownNs, y))),
  ].join("\n");
}

/** A round step of which at most eight fit. */
function tickStep(endNs: number): number {
  const raw = endNs / TICK_COUNT;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
}
