/** `deno task site`: all stored runs and experiments as one site, for a static host or opened from disk. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { readArchivedRuns } from "../lib/cli/archive_process.ts";
import { drawCard } from "../site/writer/card_picture.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { SITE_LINKS, type SiteOutcome, writeSite } from "../site/writer/write_site.ts";
import { EXPERIMENTS_LINK, hasResearch, writeExperimentPages } from "../site/experiments/mod.ts";
import { EXPERIMENTS_FOLDER, loadExperiments, type Research } from "../lib/experiments/mod.ts";
import { UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { replaceFile } from "../lib/record/mod.ts";
import {
  cardText,
  CHOICE_PAGE,
  type ChoiceView,
  type PageSocial,
  runFeed,
  type SiteLink,
  siteMap,
  socialCard,
} from "../site/pages/mod.ts";

interface SiteArguments {
  readonly out: string;
  readonly results: string;
  readonly experiments: string | undefined;
  readonly base: string | undefined;
  readonly archive: string | undefined;
}

const NO_RESEARCH: Research = { experiments: [], directions: [], lessons: [], faults: [] };

/** Files beside the pages, seen from the top of the site. */
const FILES = { map: "sitemap.xml", feed: "runs.xml", card: "card.svg", picture: "card.png" } as const;

const HELP = `
The first page, "Which database?", is made from the newest complete bench that covers at least half as many databases
times workloads as the one that covers most, with 3 blocks or more each.

Examples:
  $ deno task site                                       into _site/, to be opened from disk
  $ deno task site --archive archive                     the history over what is only in an archive, too
  $ deno task site --out public --base https://you.github.io/repository/    with map, feed and card for a host

Exit codes: 0 fine, 1 a run or an experiment cannot be read, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseSiteArguments(args: readonly string[]): SiteArguments | undefined {
  const command = new Command("site")
    .description("Writes all stored runs and experiments as one site.")
    .option("-o, --out <folder>", "where the pages go", "_site")
    .option("--base <url>", "address of the site's top; map, feed and card need it")
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .option(
      "--archive <folder>",
      "an archive, whose other runs are in the history as well (deno task archive)",
    )
    .option(
      "--experiments <folder>",
      "repository whose experiments are shown; they are code, and are run (default: this one, with its own results)",
    )
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  if (command.args.length > 0) {
    throw new UsageError(`Cannot take "${command.args[0]}" as a site shows all runs of the results folder`);
  }
  const { base, experiments, archive, ...options } = command.opts<SiteArguments>();
  return { ...options, experiments, archive, base: base === undefined ? undefined : parseBase(base) };
}

/** The address with a slash at its end. */
function parseBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new UsageError(`Cannot use --base as it must be an http address without query: got "${text}"`);
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** Writes the site; returns the exit code. */
export async function site({ results, out, experiments, base, archive }: SiteArguments): Promise<number> {
  const research = await researchBeside(results, experiments);
  const links = hasResearch(research) ? [...SITE_LINKS, EXPERIMENTS_LINK] : SITE_LINKS;
  const socialOf = base === undefined ? undefined : (view: ChoiceView) => writeCard(out, base, view);
  const archived = archive === undefined ? undefined : readArchivedRuns(archive);
  const outcome = await writeSite(results, out, links, socialOf, archived);
  const { runCount, readCount, archivedCount, strays, unreadableCount, hrefs } = outcome;
  const pages = writeExperimentPages(research, { out, results, links, hrefs });
  if (base !== undefined) writeForHost(out, base, links, outcome, pages.paths);
  for (const { path, reason } of [...strays, ...pages.strays]) console.error(`Left out ${path}: ${reason}`);
  console.error(
    `Wrote ${join(out, CHOICE_PAGE)}: ${runCount} ${runCount === 1 ? "run" : "runs"}, ${readCount} read` +
      (archived === undefined ? "" : `, ${archivedCount} from the archive`) +
      (pages.pageCount === 0
        ? ""
        : `, ${pages.pageCount} ${pages.pageCount === 1 ? "experiment" : "experiments"}`) +
      (base === undefined ? "; no map, feed and card, as these need --base" : `, for ${base}`),
  );
  return unreadableCount + pages.strays.length === 0 ? EXIT.fine : EXIT.wrong;
}

/** Writes the card, and says what links to the first page show. */
async function writeCard(out: string, base: string, view: ChoiceView): Promise<PageSocial> {
  replaceFile(join(out, FILES.card), socialCard(view));
  const reason = await drawCard(out, FILES.card, FILES.picture);
  if (reason !== undefined) console.error(`The card is SVG alone, which few networks show, as ${reason}`);
  return {
    url: base,
    image: base + (reason === undefined ? FILES.picture : FILES.card),
    imageText: cardText(view),
    feed: base + FILES.feed,
  };
}

/** What only a site with an address can have. */
function writeForHost(
  out: string,
  base: string,
  links: readonly SiteLink[],
  { lines }: SiteOutcome,
  experiments: readonly string[],
): void {
  const newest = lines[0]?.startedAt;
  const changed = newest === undefined ? {} : { changedAt: newest };
  replaceFile(
    join(out, FILES.map),
    siteMap(base, [
      ...links.map(({ path }) => ({ path: path === CHOICE_PAGE ? "" : path, ...changed })),
      ...experiments.map((path) => ({ path })),
      ...lines.map(({ href, startedAt }) => ({ path: href, changedAt: startedAt })),
    ]),
  );
  replaceFile(join(out, FILES.feed), runFeed(base, lines));
}

/** Files of experiments are modules: only those of the repository at hand are run unasked, never those beside foreign results. */
async function researchBeside(results: string, experiments: string | undefined): Promise<Research> {
  if (experiments !== undefined) {
    const research = await loadExperiments(experiments);
    if (hasResearch(research)) return research;
    throw new UsageError(
      `Cannot show experiments as "${join(experiments, EXPERIMENTS_FOLDER)}" must hold some: it has none`,
    );
  }
  const isOwn = resolve(results) === resolve("results");
  return isOwn ? await loadExperiments(".") : NO_RESEARCH;
}

if (import.meta.main) {
  try {
    const options = parseSiteArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await site(options));
  } catch (error) {
    Deno.exit(reportFailure("site", error));
  }
}
