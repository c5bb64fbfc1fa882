/**
 * The HTML report: pages that are opened from disk, without a server and without the network.
 *
 * This folder makes the data of the pages and their frame. What draws them in the browser is written in
 * `tools/report/viewer`, which has its own configuration since it needs the browser's types and the chart libraries;
 * `deno task report:viewer` bundles it into `assets/`.
 */
import type { RunRecord } from "../../model/mod.ts";
import { formatCount } from "../format.ts";
import { safeText } from "../safe_text.ts";
import { type RunSummary, summarizeRun } from "../summarize_run.ts";
import { outcomeSentence } from "../wording.ts";
import type { DevicesView } from "./devices.ts";
import type { HistoryView } from "./history.ts";
import { sharedAssets } from "./assets.ts";
import { deflated, deflatedJson, type PageAssets, pageText } from "./page.ts";
import { recordLines } from "./record_lines.ts";
import { timelinesJson, type TimelineSource } from "./timeline.ts";
import { type IndexView, type RunPageData, TIMELINES_ELEMENT } from "./view.ts";

export * from "./assets.ts";
export * from "./devices.ts";
export * from "./history.ts";
export * from "./imported_history.ts";
export { deflatedJson, escapeHtml, type PageAssets } from "./page.ts";
export { runLine } from "./run_line.ts";
export * from "./run_points.ts";
export { type TimelinesByPosition, type TimelineSource, timelinesScript } from "./timeline.ts";
export type { IndexView, RunLine } from "./view.ts";

/** Pages that exist beside a page, in the order of the navigation. */
export interface SiteLink {
  /** What the navigation says. */
  readonly text: string;
  /** Seen from the top of the site. */
  readonly path: string;
}

/** What a page of a run is made of. */
export interface RunPageParts {
  /** Other pages. */
  readonly links?: readonly SiteLink[];
  /** Where its timelines are; without it, the page offers none. */
  readonly source?: TimelineSource;
}

/** The page of one run with its record in it. Pure: the same record and assets give the same bytes. */
export function runPage(record: RunRecord, assets: PageAssets, parts: RunPageParts = {}): string {
  return runPageText(record, summarizeRun(record), parts, assets, { packed: deflated(recordLines(record)) });
}

/** A page in a site, and the file that it loads when it is too large to carry its record. */
export interface RunPageFiles {
  /** The page. */
  readonly page: string;
  /** A script; absent when the page carries its record. */
  readonly record?: string;
}

/** Above this many characters of a packed record, it stands beside its page: fifty pages stay below 1 MB. */
const LONGEST_INSIDE = 13_000;

/** What a page in a site is made of. */
export interface SitePageParts extends RunPageParts {
  /** Where its second file will stand, seen from the page. */
  readonly recordHref: string;
  /** Content of a file that holds the record's blocks, for who has it. */
  readonly blocksBytes?: Uint8Array | undefined;
}

/** The page of one run in a site with shared assets. `summary` is that of the record. */
export function runPageFiles(
  record: RunRecord,
  summary: RunSummary,
  { recordHref, blocksBytes, ...parts }: SitePageParts,
): RunPageFiles {
  const packed = deflated(recordLines(record, blocksBytes));
  const assets = sharedAssets(1);
  return packed.length <= LONGEST_INSIDE
    ? { page: runPageText(record, summary, parts, assets, { packed }) }
    : {
      page: runPageText(record, summary, parts, assets, { file: recordHref }),
      record: `watchbenchRecord(${JSON.stringify(packed)});\n`,
    };
}

function runPageText(
  record: RunRecord,
  summary: RunSummary,
  { links = [], source }: RunPageParts,
  assets: PageAssets,
  place: { readonly packed: string } | { readonly file: string },
): string {
  const { id, label, startedAt, status } = record;
  const data: RunPageData = {
    page: "run",
    ...("file" in place ? { record: place.file } : {}),
    ...(source === undefined ? {} : { timelines: source.kind === "file" ? source.href : "" }),
  };
  return pageText({
    title: `${safeText(label)}, ${startedAt.slice(0, 10)} - Watchbench`,
    heading: safeText(label),
    lead: `${safeText(id)}, ${status}. ${outcomeSentence(summary)}.`,
    links: links.map(({ text, path }) => ({ text, href: `../${path}` })),
    data: "packed" in place ? place.packed : "",
    dataset: { ...data },
    ...(source?.kind === "page"
      ? { laterData: { [TIMELINES_ELEMENT]: timelinesJson(source.timelines) } }
      : {}),
    assets,
  });
}

/** The list of runs. */
export function indexPage(view: IndexView, assets: PageAssets, links: readonly SiteLink[] = []): string {
  const count = view.runs.length;
  return listPage("index.html", {
    heading: "Runs",
    lead: `${formatCount(count)} stored ${count === 1 ? "run" : "runs"} of databases that can be watched.`,
    data: view,
    assets,
  }, links);
}

/** Metrics over runs. */
export function historyPage(view: HistoryView, assets: PageAssets, links: readonly SiteLink[] = []): string {
  return listPage("history.html", {
    heading: "History",
    lead: "Every metric over runs and commits, each machine by itself.",
    data: view,
    assets,
  }, links);
}

/** Machines side by side. */
export function devicesPage(view: DevicesView, assets: PageAssets, links: readonly SiteLink[] = []): string {
  return listPage("devices.html", {
    heading: "Devices",
    lead: "The machines that ran the bench, side by side.",
    data: view,
    assets,
  }, links);
}

function listPage(
  path: string,
  page: {
    readonly heading: string;
    readonly lead: string;
    readonly data: unknown;
    readonly assets: PageAssets;
  },
  links: readonly SiteLink[],
): string {
  return pageText({
    ...page,
    data: deflatedJson(page.data),
    title: `${page.heading} - Watchbench`,
    links: links.map((link) =>
      link.path === path ? { text: link.text } : { text: link.text, href: link.path }
    ),
  });
}
