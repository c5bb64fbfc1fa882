/** `deno task compare`: load two stored runs, compare them, print the ratios. */
import { Command, Option } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { splitList } from "../lib/cli/select_cells.ts";
import { loadRun } from "../lib/record/mod.ts";
import { compareRuns, compareText, isCompleteComparison } from "../lib/report/mod.ts";

interface CompareArguments {
  readonly runs: readonly [first: string, second: string];
  readonly metric: readonly string[];
  readonly json: boolean;
  readonly results: string;
}

const HELP = `
Runs are named by their folder or by the beginning of their id.

Examples:
  $ deno task compare results/<run> results/<run>        the usual metrics
  $ deno task compare 2026-11-22T10 2026-11-23           runs below results/ by the beginning of their ids
  $ deno task compare <run> <run> --metric wall_ns,latency_p99_ns
  $ deno task compare <run> <run> --metric all --json    everything, for programs

Exit codes: 0 every cell in both runs was compared, whatever came out; 1 some could not be (it failed or was wrong in a
run, or the machines differ), or a stored run cannot be read; 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseCompareArguments(args: readonly string[]): CompareArguments | undefined {
  const command = new Command("compare")
    .description("Compares the second run with the first: ratios with intervals.")
    .argument("<first>", "the run to compare with")
    .argument("<second>", "the run that is compared")
    .addOption(
      new Option("-m, --metric <ids>", "metrics, repeatable or comma-separated; all for every one")
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "the usual ones"),
    )
    .option("--json", "print the comparison as JSON", false)
    .option("--results <folder>", "where runs are looked for", "results")
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const [first, second] = command.args as [string, string];
  return { ...command.opts<Omit<CompareArguments, "runs">>(), runs: [first, second] };
}

/** Compares and prints; returns the exit code. */
export function compare(
  { runs, metric, json, results }: CompareArguments,
  print: (text: string) => void,
): number {
  const [first, second] = runs.map((name) => loadRun(findRun(name, results)));
  const comparison = compareRuns(first!, second!, { metrics: splitList(metric) });
  print(json ? JSON.stringify(comparison) : compareText(comparison));
  return isCompleteComparison(comparison) ? EXIT.fine : EXIT.wrong;
}

if (import.meta.main) {
  try {
    const parsed = parseCompareArguments(Deno.args);
    Deno.exit(parsed === undefined ? EXIT.fine : compare(parsed, console.log));
  } catch (error) {
    Deno.exit(reportFailure("compare", error));
  }
}
