/** `deno task report`: stored runs as HTML pages that open from disk. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { readTimelines } from "../lib/cli/run_timelines.ts";
import { EXPERIMENTS_LINK, hasResearch, writeExperimentPages } from "../lib/experiments/pages/html/mod.ts";
import { EXPERIMENTS_FOLDER, loadExperiments, type Research } from "../lib/experiments/mod.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { listRuns, loadRun, replaceFile } from "../lib/record/mod.ts";
import { inlineAssets, readAssets, runPage } from "../lib/report/html/mod.ts";
import { SITE_LINKS, writeSite } from "../lib/cli/write_site.ts";

interface ReportArguments {
  readonly run: string | undefined;
  readonly all: boolean;
  readonly out: string;
  readonly results: string;
  readonly experiments: string | undefined;
}

const NO_RESEARCH: Research = { experiments: [], directions: [], lessons: [], faults: [] };

const HELP = `
Examples:
  $ deno task report --run results/<run> --out page    one file with everything in it: page/index.html
  $ deno task report --all --out site                  a page for each run and experiment, lists, history, devices
  $ deno task report                                   the newest run, into report/

Exit codes: 0 fine, 1 a run or an experiment cannot be read, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseReportArguments(args: readonly string[]): ReportArguments | undefined {
  const command = new Command("report")
    .description("Writes stored runs as HTML pages that open from disk.")
    .option("-r, --run <run>", "a run: its folder, or the beginning of its id")
    .option("-a, --all", "all runs in the results folder", false)
    .option("-o, --out <folder>", "where the pages go", "report")
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .option(
      "--experiments <folder>",
      "repository whose experiments are shown; they are code, and are run (default: this one, with its own results)",
    )
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  if (command.args.length > 0) {
    throw new UsageError(`Cannot take "${command.args[0]}" as runs are named by --run`);
  }
  const options = command.opts<ReportArguments>();
  if (options.all && options.run !== undefined) {
    throw new UsageError("Cannot combine --all with --run as one is all of them and the other one of them");
  }
  return { ...options, run: options.run, experiments: options.experiments };
}

/** Writes the pages; returns the exit code. */
export async function report({ run, all, out, results, experiments }: ReportArguments): Promise<number> {
  if (all) return await reportAll(results, out, experiments);
  const folder = run === undefined ? newestRun(results) : findRun(run, results);
  const record = loadRun(folder);
  const timelines = readTimelines(folder, record);
  const page = runPage(record, inlineAssets(readAssets()), timelines);
  const file = join(out, "index.html");
  try {
    Deno.mkdirSync(out, { recursive: true });
    replaceFile(file, page);
  } catch (error) {
    throw new UsageError(`Cannot write "${file}" as it must be a writable file: ${messageOf(error)}`, {
      cause: error,
    });
  }
  console.error(`Wrote ${file}`);
  return EXIT.fine;
}

async function reportAll(results: string, out: string, experiments: string | undefined): Promise<number> {
  const research = await researchBeside(results, experiments);
  const links = hasResearch(research) ? [...SITE_LINKS, EXPERIMENTS_LINK] : SITE_LINKS;
  const { runCount, readCount, strays, unreadableCount, hrefs } = await writeSite(results, out, links);
  const pages = writeExperimentPages(research, { out, results, links, hrefs });
  for (const { path, reason } of [...strays, ...pages.strays]) console.error(`Left out ${path}: ${reason}`);
  console.error(
    `Wrote ${join(out, "index.html")}: ${runCount} ${runCount === 1 ? "run" : "runs"}, ${readCount} read` +
      (pages.pageCount === 0
        ? ""
        : `, ${pages.pageCount} ${pages.pageCount === 1 ? "experiment" : "experiments"}`),
  );
  return unreadableCount + pages.strays.length === 0 ? EXIT.fine : EXIT.wrong;
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

function newestRun(results: string): string {
  const newest = listRuns(results).runs[0];
  if (newest === undefined) {
    throw new UsageError(`Cannot report a run as there must be one: "${results}" holds none`);
  }
  return newest.folder;
}

if (import.meta.main) {
  try {
    const options = parseReportArguments(Deno.args);
    Deno.exit(options === undefined ? EXIT.fine : await report(options));
  } catch (error) {
    Deno.exit(reportFailure("report", error));
  }
}
