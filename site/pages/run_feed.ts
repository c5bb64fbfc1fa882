/** The feed of runs. Pure. */
import { formatCount } from "../../lib/report/format.ts";
import { escapeHtml } from "../../lib/report/safe_text.ts";
import type { RunLine } from "./view.ts";

/** Runs of a feed. */
const MOST_RUNS = 50;

/**
 * The text of `runs.xml`, RSS 2.0: the newest runs that are over, the newest first. `base` is the address of the top of
 * the site and ends in a slash; `runs` are in any order.
 */
export function runFeed(base: string, runs: readonly RunLine[]): string {
  const shown = runs.filter(({ status }) => status !== "running")
    .toSorted((a, b) => a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0)
    .slice(0, MOST_RUNS);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
    "<title>Watchbench runs</title>",
    `<link>${escapeHtml(base)}</link>`,
    "<description>Runs of reactive databases (live queries), as they are stored.</description>",
    `<atom:link href="${escapeHtml(`${base}runs.xml`)}" rel="self" type="application/rss+xml"/>`,
    ...shown.map((run) => item(base, run)),
    "</channel></rss>",
    "",
  ].join("\n");
}

function item(base: string, run: RunLine): string {
  const address = escapeHtml(base + run.href);
  return `<item><title>${escapeHtml(run.label)}</title><link>${address}</link>` +
    `<guid>${address}</guid><pubDate>${new Date(run.startedAt).toUTCString()}</pubDate>` +
    `<category>${run.kind}</category><description>${escapeHtml(descriptionOf(run))}</description></item>`;
}

function descriptionOf({ workloads, adapters, blockCount, counts, machine, status }: RunLine): string {
  const { verified, wrong, failed, skipped } = counts;
  const outcome = [
    `${verified} correct`,
    ...([[wrong, "wrong"], [failed, "failed"], [skipped, "skipped"]] as const)
      .flatMap(([count, word]) => count === 0 ? [] : [`${count} ${word}`]),
  ].join(", ");
  return `${adapters.join(", ")} in ${workloads.join(", ")}: ${outcome}. ${
    formatCount(blockCount)
  } blocks on machine ${machine}${status === "complete" ? "" : `, ${status}`}.`;
}
