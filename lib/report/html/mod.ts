/**
 * The HTML report: pages that are opened from disk, without a server and without the network.
 *
 * This folder makes the data of the pages and their frame. What draws them in the browser is written in
 * `tools/report/viewer`, which has its own configuration since it needs the browser's types and the chart libraries;
 * `deno task report:viewer` bundles it into `assets/`.
 */
import type { RunRecord } from "../../model/mod.ts";
import { formatCount } from "../format.ts";
import { type RunSummary, summarizeRun } from "../summarize_run.ts";
import type { DevicesView } from "./devices.ts";
import type { HistoryView } from "./history.ts";
import { sharedAssets } from "./assets.ts";
import { deflatedJson, type Page, type PageAssets, pageText } from "./page.ts";
import { runPageData, runPageHead } from "./run_page_data.ts";
import { runTimelines, timelinesJson, type TimelineSource } from "./timeline.ts";
import { runView } from "./run_view.ts";
import { type IndexView, type RunView, TIMELINES_ELEMENT } from "./view.ts";

export * from "./assets.ts";
export * from "./devices.ts";
export * from "./history.ts";
export * from "./imported_history.ts";
export { deflatedJson, escapeHtml, type PageAssets } from "./page.ts";
export { runLine } from "./run_line.ts";
export * from "./run_page_data.ts";
export * from "./run_points.ts";
export { runView } from "./run_view.ts";
export { type TimelinesByPosition, type TimelineSource, timelinesScript } from "./timeline.ts";
export type { IndexView, RunLine, RunView } from "./view.ts";

/** Pages that exist beside a page, in the order of the navigation. */
export interface SiteLink {
  /** What the navigation says. */
  readonly text: string;
  /** Seen from the top of the site. */
  readonly path: string;
}

/**
 * The page of one run. Pure: the same record and assets give the same bytes. `summary` is that of the record, for who
 * has it already. Without `source` the page offers no timelines.
 */
export function runPage(
  record: RunRecord,
  assets: PageAssets,
  links: readonly SiteLink[] = [],
  summary: RunSummary = summarizeRun(record),
  source?: TimelineSource,
): string {
  const view = viewOf(record, summary, source);
  return runPageText(view, {
    data: deflatedJson(runPageData(view)),
    links,
    ...(source?.kind === "page"
      ? { laterData: { [TIMELINES_ELEMENT]: timelinesJson(source.timelines) } }
      : {}),
    assets,
  });
}

/** A page in a site, and the file that it loads when it is too large to carry everything. */
export interface RunPageFiles {
  /** The page. */
  readonly page: string;
  /** A script; absent when the page carries everything. */
  readonly details?: string;
}

/** Above this many characters of deflated data, a page of a site carries the head only: fifty pages stay below 1 MB. */
const LONGEST_WHOLE = 12_000;

/** The page of one run in a site with shared assets; `detailsHref` is where its second file will stand. */
export function runPageFiles(
  record: RunRecord,
  summary: RunSummary,
  { links, source, detailsHref }: {
    readonly links: readonly SiteLink[];
    readonly source: TimelineSource;
    readonly detailsHref: string;
  },
): RunPageFiles {
  const view = viewOf(record, summary, source);
  const whole = deflatedJson(runPageData(view));
  const assets = sharedAssets(1);
  if (whole.length <= LONGEST_WHOLE) return { page: runPageText(view, { data: whole, links, assets }) };
  return {
    page: runPageText(view, { data: deflatedJson(runPageHead(view, detailsHref)), links, assets }),
    details: `watchbenchDetails(${JSON.stringify(whole)});\n`,
  };
}

function viewOf(record: RunRecord, summary: RunSummary, source: TimelineSource | undefined): RunView {
  const timelines = runTimelines(record, summary, source);
  return { ...runView(record, summary), ...(timelines === undefined ? {} : { timelines }) };
}

function runPageText(
  { label, startedAt, id, status, outcome }: RunView,
  { links, ...page }: Pick<Page, "data" | "laterData" | "assets"> & { readonly links: readonly SiteLink[] },
): string {
  return pageText({
    ...page,
    title: `${label}, ${startedAt.slice(0, 10)} - Watchbench`,
    heading: label,
    lead: `${id}, ${status}. ${outcome}.`,
    links: links.map(({ text, path }) => ({ text, href: `../${path}` })),
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
