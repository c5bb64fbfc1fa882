/** `deno task report`: one stored run as an HTML page with everything in it. */
import { join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { readTimelines } from "../site/writer/run_timelines.ts";
import { messageOf, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { listRuns, loadRun, replaceFile } from "../lib/record/mod.ts";
import { inlineAssets, readAssets, runPage } from "../site/pages/mod.ts";

interface ReportArguments {
  readonly run: string | undefined;
  readonly out: string;
  readonly results: string;
}

const HELP = `
All runs, with the page "Which database?": deno task site.

Examples:
  $ deno task report                                   the newest run: report/index.html
  $ deno task report --run results/<run> --out page    another one: page/index.html

Exit codes: 0 fine, 1 the run cannot be read, 2 usage, 3 the disk is full.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseReportArguments(args: readonly string[]): ReportArguments | undefined {
  const command = new Command("report")
    .description("Writes a stored run as an HTML page that opens from disk.")
    .option("-r, --run <run>", "a run: its folder, or the beginning of its id")
    .option("-o, --out <folder>", "where the page goes", "report")
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  if (command.args.length > 0) {
    throw new UsageError(`Cannot take "${command.args[0]}" as runs are named by --run`);
  }
  const options = command.opts<ReportArguments>();
  return { ...options, run: options.run };
}

/** Writes the page; returns the exit code. */
export function report({ run, out, results }: ReportArguments): number {
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
    Deno.exit(options === undefined ? EXIT.fine : report(options));
  } catch (error) {
    Deno.exit(reportFailure("report", error));
  }
}
