/**
 * The pages: they are opened from disk or from a static host, without a server and without the network.
 *
 * This folder makes their data and their frame, `site/writer` makes files of it. What draws them in the browser is
 * `site/viewer`, which has its own configuration since it needs the browser's types and the chart libraries;
 * `deno task report:viewer` bundles it into `site/assets`.
 */
import type { RunRecord } from "../../lib/model/mod.ts";
import { formatCount } from "../../lib/report/format.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { outcomeSentence } from "../../lib/report/wording.ts";
import type { ChoiceView } from "./choice_view.ts";
import type { DevicesView } from "./devices.ts";
import type { HistoryView } from "./history.ts";
import { deflated, deflatedJson, type PageAssets, type PageSocial, pageText } from "./page.ts";
import { recordLines } from "./record_lines.ts";
import { CHOICE_PAGE, LIST_PAGE } from "./run_address.ts";
import { runHeading } from "./run_heading.ts";
import type { RuntimesView } from "./runtimes.ts";
import { type TimelinesByPosition, timelinesJson } from "./timeline.ts";
import { type IndexView, RUN_DATASET, TIMELINES_ELEMENT } from "./view.ts";

export * from "./assets.ts";
export { choiceView, EMPTY_CHOICE } from "./choice_data.ts";
export { chooseRun } from "./choice_run.ts";
export type { ChoiceView } from "./choice_view.ts";
export * from "./devices.ts";
export * from "./history.ts";
export * from "./imported_history.ts";
export { deflated, deflatedJson, type PageAssets, type PageSocial } from "./page.ts";
export * from "./run_address.ts";
export * from "./run_feed.ts";
export { runLine } from "./run_line.ts";
export * from "./run_points.ts";
export * from "./runtimes.ts";
export * from "./site_map.ts";
export * from "./social_card.ts";
export { type TimelinesByPosition, timelinesScript } from "./timeline.ts";
export type { IndexView, MetricView, RunLine } from "./view.ts";

/** Pages that exist beside a page, in the order of the navigation. */
export interface SiteLink {
  /** What the navigation says. */
  readonly text: string;
  /** Seen from the top of the site. */
  readonly path: string;
}

/**
 * The page of one run with everything in it. Pure: the same record and assets give the same bytes. Without `timelines`
 * it offers none.
 */
export function runPage(record: RunRecord, assets: PageAssets, timelines?: TimelinesByPosition): string {
  const { status, startedAt } = record;
  const [id, label, outcome] = [
    safeText(record.id),
    safeText(record.label),
    outcomeSentence(summarizeRun(record)),
  ];
  return pageText({
    ...runHeading({ id, label, status, startedAt, outcome }),
    links: [],
    data: deflated(recordLines(record)),
    dataset: RUN_DATASET,
    ...(timelines === undefined ? {} : { laterData: { [TIMELINES_ELEMENT]: timelinesJson(timelines) } }),
    assets,
  });
}

/** The page of a site that shows the run in its address. */
export function runsPage(assets: PageAssets, links: readonly SiteLink[] = []): string {
  return pageText({
    title: "Run - Watchbench",
    heading: "Run",
    lead: "",
    links: links.map(({ text, path }) => ({ text, href: path })),
    data: "",
    dataset: RUN_DATASET,
    assets,
  });
}

/** A file that hands a record to the page that loads it. `blocks` is the content of a file that holds its blocks. */
export function recordScript(record: RunRecord, blocks?: Uint8Array): string {
  return `watchbenchRecord("${deflated(recordLines(record, blocks), 1)}");\n`;
}

/** The page "Which database?", which every site begins with. */
export function choicePage(
  view: ChoiceView,
  assets: PageAssets,
  links: readonly SiteLink[] = [],
  social?: PageSocial,
): string {
  return listPage(CHOICE_PAGE, {
    heading: "Which database?",
    lead: choiceLead(view),
    data: view,
    assets,
    ...(social === undefined ? {} : { social }),
  }, links);
}

/** What the page says before it is drawn. */
export function choiceLead({ run, databases }: ChoiceView): string {
  if (run === undefined) return "Reactive databases (live queries), measured side by side.";
  const count = new Set(databases.map(({ adapter }) => adapter)).size;
  return `${formatCount(count)} ${
    count === 1 ? "database" : "databases"
  } measured side by side: how fast they are, how fresh their live queries stay, and how much of your main thread they take.`;
}

/** The list of runs. */
export function indexPage(view: IndexView, assets: PageAssets, links: readonly SiteLink[] = []): string {
  const count = view.runs.length;
  return listPage(LIST_PAGE, {
    heading: "Runs",
    lead: `${formatCount(count)} stored ${
      count === 1 ? "run" : "runs"
    } of reactive databases (live queries).`,
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

/** Runtimes side by side. */
export function runtimesPage(
  view: RuntimesView,
  assets: PageAssets,
  links: readonly SiteLink[] = [],
): string {
  return listPage("runtimes.html", {
    heading: "Runtimes",
    lead:
      "What the same databases take in Deno, Node, Bun and a page of a browser, and what they keep there.",
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
    readonly social?: PageSocial;
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
