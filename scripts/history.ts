/** `deno task history`: metrics over stored runs in the terminal, and where they changed level. */
import { Command, InvalidArgumentError, Option } from "commander";
import { archiveCommand } from "../lib/cli/archive_process.ts";
import { addImportedResults } from "../site/writer/add_imported_results.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { type OverviewColumn, overviewText } from "../lib/cli/history_overview.ts";
import { changesText, chooseSeries, seriesText, usualSeries } from "../lib/cli/history_text.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { printText } from "../lib/cli/print_text.ts";
import { openSiteIndex } from "../site/writer/site_index.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { readStoredRuns } from "../site/writer/stored_runs.ts";
import { standardOutput, type TerminalFacts, terminalStyle } from "../lib/cli/terminal_style.ts";
import { UsageError } from "../lib/model/mod.ts";
import type { Stray } from "../lib/record/mod.ts";
import { HistoryBuilder } from "../site/pages/mod.ts";

interface HistoryArguments {
  readonly workload: readonly string[];
  readonly adapter: readonly string[];
  readonly metric: readonly string[];
  readonly machine: string | undefined;
  readonly overview: OverviewColumn | undefined;
  readonly last: number;
  readonly json: boolean;
  readonly results: string;
  readonly site: string;
  readonly archive: string | undefined;
}

/** Where a history goes. */
export interface HistorySink {
  /** Takes the text. */
  print(text: string): void;
  /** What is known of the place where it is read. */
  readonly facts: TerminalFacts;
}

const HELP = `
Without a workload, all changes of level are listed, the newest first. With one, its metrics are shown run by run: done
and wall where it has them, else all. --overview shows every workload by commit, or by what runs were called (releases).
Every machine is judged by itself. A site that "deno task site" wrote is used for what has not changed since.

Examples:
  $ deno task history                                            what changed level lately
  $ deno task history -w keyed-pk -a watchlite                   wall of every run
  $ deno task history -w keyed-pk -a watchlite -m "total time,shown p99" --last 50
  $ deno task history --overview commit --last 5                 all workloads, a column per commit, with deltas
  $ deno task history -w "Scaling (10 → 20,000 rows)"            a section of imported results
  $ deno task history --archive archive -w keyed-pk              over ten thousand runs and more, with gaps
  $ deno task history --json                                     everything, for programs

Exit codes: 0 fine, 1 a run cannot be read, 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseHistoryArguments(args: readonly string[]): HistoryArguments | undefined {
  const list = (flags: string, description: string, defaults: string): Option =>
    new Option(flags, description)
      .argParser((value: string, previous: readonly string[]) => [...previous, value])
      .default([], defaults);
  const command = new Command("history")
    .description("Shows metrics over all stored runs, and where they changed level.")
    .addOption(list("-w, --workload <ids>", "workloads, repeatable or comma-separated", "all"))
    .addOption(list("-a, --adapter <names>", "adapters, repeatable or comma-separated", "all"))
    .addOption(
      list(
        "-m, --metric <ids>",
        "metrics, repeatable or comma-separated",
        "all; of a workload, done and wall",
      ),
    )
    .option("--machine <id>", "the machine that is meant (default: all)")
    .addOption(
      new Option("--overview <column>", "one table of all workloads, a column per commit or label of runs")
        .choices(["commit", "label"]),
    )
    .addOption(
      new Option("--last <n>", "runs, changes or columns that are shown").argParser(atLeastOne).default(20),
    )
    .option("--json", "print JSON", false)
    .option("--results <folder>", "where runs are looked for", defaultResults())
    .option("--site <folder>", "where site wrote its pages", "_site")
    .option(
      "--archive <folder>",
      "read an archive instead of run folders, for thousands of runs (deno task archive)",
    )
    .addHelpText("after", HELP);
  return parseCommand(command, args)
    ? {
      ...command.opts<HistoryArguments>(),
      machine: command.opts<HistoryArguments>().machine,
      overview: command.opts<HistoryArguments>().overview,
      archive: command.opts<HistoryArguments>().archive,
    }
    : undefined;
}

/** Prints the history; resolves to the exit code. */
export async function history(
  asked: HistoryArguments,
  { print, facts }: HistorySink,
): Promise<number> {
  const { workload, adapter, metric, machine, overview, last, json, results, site, archive } = asked;
  if (archive !== undefined) return await archivedHistory(archive, asked);
  const builder = new HistoryBuilder();
  const strays: Stray[] = [];
  let damagedCount = 0;
  for await (const one of readStoredRuns({ results }, openSiteIndex(site).known)) {
    if ("stray" in one) {
      damagedCount += Number(one.isDamaged);
      strays.push(one.stray);
    } else builder.addRun(one.content.line, one.content.points);
  }
  strays.push(...addImportedResults(results, builder));
  for (const { path, reason } of strays) console.error(`Left out ${path}: ${reason}`);

  const chosen = chooseSeries({ view: builder.view(() => ""), lanes: [...builder.lanes()] }, {
    workloads: workload,
    adapters: adapter,
    metrics: metric,
    machine,
  });
  const isNarrowed = metric.length === 0 && (workload.length > 0 || overview !== undefined) && !json;
  const series = isNarrowed ? usualSeries(chosen) : chosen;
  const style = terminalStyle(facts, undefined);
  if (json) print(`${JSON.stringify({ series, strays })}\n`);
  else if (series.length === 0) print("There is no such series: deno task bench makes the first run\n");
  else if (overview !== undefined) print(`${overviewText(series, overview, last, style)}\n`);
  else print(`${(workload.length > 0 ? seriesText : changesText)(series, last, style)}\n`);
  return damagedCount === 0 ? EXIT.fine : EXIT.wrong;
}

/** Has the archive's own program tell the history. Resolves to its exit code. */
async function archivedHistory(
  archive: string,
  { workload, adapter, metric, machine, overview, last, json }: HistoryArguments,
): Promise<number> {
  if (overview !== undefined) {
    throw new UsageError(
      "Cannot combine --overview with --archive as it is made from run folders: give --results",
    );
  }
  const each = (flag: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [flag, value]);
  const { code } = await archiveCommand([
    "history",
    archive,
    ...each("--workload", workload),
    ...each("--adapter", adapter),
    ...each("--metric", metric),
    ...(machine === undefined ? [] : ["--machine", machine]),
    "--last",
    String(last),
    ...(json ? ["--json"] : []),
  ], "inherit").output();
  return code;
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

if (import.meta.main) {
  try {
    const parsed = parseHistoryArguments(Deno.args);
    Deno.exit(
      parsed === undefined ? EXIT.fine : await history(parsed, { print: printText, facts: standardOutput() }),
    );
  } catch (error) {
    Deno.exit(reportFailure("history", error));
  }
}
