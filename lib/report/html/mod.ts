/**
 * The HTML report: pages that are opened from disk, without a server and without the network.
 *
 * This folder makes the data of the pages and their frame. What draws them in the browser is written in
 * `tools/report/viewer`, which has its own configuration since it needs the browser's types and the chart libraries;
 * `deno task report:viewer` bundles it into `assets/`.
 */
import type { RunRecord } from "../../model/mod.ts";
import { formatCount } from "../format.ts";
import { type PageAssets, pageText } from "./page.ts";
import { runView } from "./run_view.ts";
import type { IndexView } from "./view.ts";

export * from "./assets.ts";
export { escapeHtml, type PageAssets } from "./page.ts";
export { runLine } from "./run_line.ts";
export { runView } from "./run_view.ts";
export type { IndexView, RunLine, RunView } from "./view.ts";

/** Pages that exist beside a page, in the order of the navigation. */
export interface SiteLink {
  /** What the navigation says. */
  readonly text: string;
  /** Seen from the top of the site. */
  readonly path: string;
}

/** The page of one run. Pure: the same record and assets give the same bytes. */
export function runPage(record: RunRecord, assets: PageAssets, links: readonly SiteLink[] = []): string {
  const view = runView(record);
  return pageText({
    title: `${view.label}, ${view.startedAt.slice(0, 10)} - Watchbench`,
    heading: view.label,
    lead: `${view.id}, ${view.status}. ${view.outcome}.`,
    links: links.map(({ text, path }) => ({ text, href: `../${path}` })),
    data: view,
    assets,
  });
}

/** The list of runs. */
export function indexPage(view: IndexView, assets: PageAssets, links: readonly SiteLink[] = []): string {
  const count = view.runs.length;
  return pageText({
    title: "Runs - Watchbench",
    heading: "Runs",
    lead: `${formatCount(count)} stored ${count === 1 ? "run" : "runs"} of databases that can be watched.`,
    links: links.map(({ text, path }) => path === "index.html" ? { text } : { text, href: path }),
    data: view,
    assets,
  });
}
