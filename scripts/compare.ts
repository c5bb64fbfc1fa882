/** `deno task compare`: load two stored runs, compare them, print the ratios. */
import { Command, Option } from "commander";
import { requireCommentFolder, writeComment } from "../lib/cli/comment_file.ts";
import { asTypedHere } from "../lib/cli/command_line.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { splitList } from "../lib/cli/select_cells.ts";
import { loadCalibration } from "../lib/experiments/run/calibration.ts";
import { runFloors } from "../lib/experiments/run/run_floors.ts";
import { type RunRecord, UsageError } from "../lib/model/mod.ts";
import { defaultResults } from "../lib/project/project_file.ts";
import { loadRun } from "../lib/record/mod.ts";
import {
  brokenMargins,
  compareAnnotations,
  compareMarkdown,
  compareRuns,
  compareText,
  compareVerdict,
  isCompleteComparison,
  machineSentences,
  parseMargins,
  workloadSentences,
} from "../lib/report/mod.ts";

interface CompareArguments {
  readonly runs: readonly [first: string, second: string];
  readonly metric: readonly string[];
  readonly failOn: readonly string[];
  readonly json: boolean;
  readonly markdown: boolean;
  /** File that gets the comparison for a comment. */
  readonly comment: string | undefined;
  readonly annotations: boolean;
  readonly results: string;
}

const HELP = `
Runs are named by their folder, by the beginning of their id, by the name of a baseline (bench --save-baseline), by their
label, or as the latest. Metrics are named as in reports. Ratios are corrected for the anchor, which every
run measures in every round; what is called a change holds for all comparisons together.

Examples:
  $ deno task compare results/<run> results/<run>        the usual metrics
  $ deno task compare 2026-11-22T10 2026-11-23           runs below results/ by the beginning of their ids
  $ deno task compare main latest                        a baseline, and the newest run of all
  $ deno task compare <run> <run> --metric "shown p99,main busy"
  $ deno task compare <run> <run> --metric all --json    everything, for programs
  $ deno task compare <run> <run> --fail-on "done:5%,shown p99:10%"
                                                         ends with 4 when an interval lies beyond its margin
  $ deno task compare <run> <run> --markdown             for a comment

Exit codes: 0 every cell in both runs was compared, whatever came out; 1 some could not be (it failed or was wrong in a
run, or the machines differ), or a stored run cannot be read; 2 usage; 4 something became worse than --fail-on allows.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseCompareArguments(args: readonly string[]): CompareArguments | undefined {
  const list = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("compare")
    .description(
      "Compares the second run with the first: a sentence per workload, and ratios with intervals.",
    )
    .argument("<first>", "the run to compare with")
    .argument("<second>", "the run that is compared")
    .addOption(
      new Option("-m, --metric <names>", "metrics, repeatable or comma-separated; all for every one")
        .argParser(list).default([], "the usual ones"),
    )
    .addOption(
      new Option("--fail-on <margins>", "how much worse metrics may become, such as done:5%,shown_p99:10%")
        .argParser(list).default([], "none"),
    )
    .addOption(new Option("--json", "print the comparison as JSON").default(false).conflicts("markdown"))
    .addOption(new Option("--markdown", "print the comparison for a comment").default(false))
    .option("--comment <file>", "write the comparison for a comment into a file as well")
    .option("--annotations", "print what GitHub shows beside a pull request as well", false)
    .option("--results <folder>", "where runs and calibrations are looked for", defaultResults())
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const [first, second] = command.args as [string, string];
  const options = command.opts<Omit<CompareArguments, "runs">>();
  return { ...options, comment: options.comment, runs: [first, second] };
}

/** Compares and prints; returns the exit code. */
export function compare(
  { runs, metric, failOn, json, markdown, comment, annotations, results }: CompareArguments,
  print: (text: string) => void,
): number {
  const margins = parseMargins(marginTexts(failOn));
  requireCommentFolder(comment);
  const [first, second] = runs.map((name) => loadRun(findRun(name, results))) as [RunRecord, RunRecord];
  const named = splitList(metric);
  const comparison = compareRuns(first, second, {
    metrics: named,
    floorOf: runFloors(loadCalibration(results, second.environment.machineId)),
    alsoMetrics: margins.map((one) => one.metric),
  });
  // A comparison that is refused breaks no margin: it says so, and ends otherwise.
  const broken = comparison.areTimesComparable ? brokenMargins(comparison, margins) : [];
  const verdict = compareVerdict(comparison, broken, { base: first.id, head: second.id });
  const page = compareMarkdown(comparison, broken, verdict);
  print(
    json
      ? JSON.stringify({
        ...comparison,
        verdict,
        sentences: { workloads: workloadSentences(comparison), machine: machineSentences(comparison) },
        brokenMargins: broken,
      })
      : markdown
      ? page
      : `${compareText(comparison, broken)}\n\n${verdict}`,
  );
  if (comment !== undefined) writeComment(comment, page);
  // Beside what is read by programs, not in it.
  const annotate = json || markdown ? console.error : print;
  if (annotations) compareAnnotations(verdict, broken).forEach((line) => annotate(line));
  if (broken.length > 0) return EXIT.regressed;
  return isCompleteComparison(comparison) ? EXIT.fine : EXIT.wrong;
}

/** Splits repeated and comma-separated margins. Throws a UsageError where the option names none. */
function marginTexts(values: readonly string[]): string[] {
  const texts = splitList(values);
  if (values.length === 0 || texts.length > 0) return texts;
  throw new UsageError(
    `Cannot keep margins as --fail-on must name one, such as done:5%: got "${values.join(" ")}"`,
  );
}

if (import.meta.main) {
  try {
    const parsed = parseCompareArguments(Deno.args);
    Deno.exit(parsed === undefined ? EXIT.fine : compare(parsed, (text) => console.log(asTypedHere(text))));
  } catch (error) {
    Deno.exit(reportFailure("compare", error));
  }
}
