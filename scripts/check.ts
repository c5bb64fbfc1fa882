/**
 * `deno task check`: load what is stored, run every check, say what does not hold. For people on a terminal; as
 * annotations and a job summary under GitHub Actions; as JSON for programs.
 */
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { listHunts, parseHunts } from "../lib/conformance/fuzz/finds_file.ts";
import { findsPage } from "../lib/conformance/fuzz/finds_page.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { splitList } from "../lib/cli/select_cells.ts";
import {
  type Check,
  checkJson,
  CHECKS,
  checkText,
  dayOf,
  githubAnnotations,
  githubSummary,
  type Judge,
  loadExperiments,
  parseDay,
  runChecks,
  type StudyParser,
} from "../lib/experiments/mod.ts";
import { parseCalibration, recordedFloors } from "../lib/experiments/run/calibration.ts";
import { judgeExperiment } from "../lib/experiments/run/judge.ts";
import { type ExperimentModule, runTables } from "../lib/experiments/run/outcome.ts";
import { parseCompareStudy } from "../lib/experiments/run/compare_study_file.ts";
import { parsePowerFile } from "../lib/experiments/run/power_file.ts";
import { readPin } from "../lib/experiments/run/read_pin.ts";
import { wakeupNotes } from "../lib/experiments/run/wakeups.ts";
import { METRICS } from "../lib/metrics/mod.ts";
import { didYouMean, messageOf, UsageError } from "../lib/model/mod.ts";
import { loadRun } from "../lib/record/mod.ts";
import { parseArchiveStudy } from "../lib/scaling/archive_study.ts";
import { parseFleetStudy } from "../lib/scaling/fleet_study.ts";
import { WORKLOADS } from "../workloads/mod.ts";

interface CheckArguments {
  readonly root: string;
  readonly only: readonly string[];
  readonly list: boolean;
  readonly json: boolean;
  readonly today: string;
}

const HELP = `
Examples:
  $ deno task check                          everything
  $ deno task check --only links,reports     some checks
  $ deno task check --json                   for programs
  $ deno task check --root ../other          another repository of the same layout

Exit codes: 0 everything holds, 1 something does not, 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseCheckArguments(args: readonly string[], now: Date): CheckArguments | undefined {
  const command = new Command("check")
    .description("Checks that what is stored is what was measured, and that what is generated is current.")
    .option("--root <folder>", "repository with results/ and experiments/", ".")
    .addOption(
      new Option("--only <ids>", "checks, repeatable or comma-separated")
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "all"),
    )
    .option("--list", "print the checks, and run nothing", false)
    .option("--json", "print the faults as JSON", false)
    .addOption(new Option("--today <day>", "day against which candidates age").default(dayOf(now), "today"))
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<CheckArguments>();
  if (parseDay(options.today) === undefined) {
    throw new UsageError(`Cannot check as --today must be a day as YYYY-MM-DD: "${options.today}" is none`);
  }
  return options;
}

/** Role of the one run that an experiment's criteria are judged on. */
const JUDGED_ROLE = "comparison";

const STUDIES: Readonly<Record<string, StudyParser>> = {
  // Benches cite no run: they measure programs.
  archive: (text, file) => [parseArchiveStudy(text, file)].flatMap(() => []),
  calibration: (text, file) => parseCalibration(text, file).cells,
  compare: (text, file) => parseCompareStudy(text, file).runs,
  fleet: (text, file) => [parseFleetStudy(text, file)].flatMap(() => []),
  // Hunts cite no run: they are what they found.
  fuzz: (text, file) => {
    if (file.endsWith(".json")) parseHunts(text, file);
    else requireCurrentPage(text, file);
    return [];
  },
  // The page beside a study cites what the study cites.
  power: (text, file) => [parsePowerFile(text, file)].filter(() => file.endsWith(".json")),
};

function requireCurrentPage(text: string, file: string): void {
  if (text === findsPage(listHunts(dirname(file)))) return;
  throw new Error(
    "a page must say what the hunts beside it say, as deno task fuzz --page writes it: it does not",
  );
}

const judgeAgain: Judge = ({ experiment, exports, outcome }, resultsFolder) => {
  const judged = outcome?.evidence.find(({ role }) => role === JUDGED_ROLE);
  if (outcome === undefined || judged === undefined) return undefined;
  const run = loadRun(join(resultsFolder, judged.run));
  const judgement = judgeExperiment(
    experiment,
    run,
    recordedFloors(outcome.results),
    outcome.judging ?? 1,
  );
  return {
    results: judgement.results,
    replications: (outcome.replications ?? []).map(({ run: name, results, judging }) =>
      judgeExperiment(experiment, loadRun(join(resultsFolder, name)), recordedFloors(results), judging)
        .results
    ),
    tables: runTables(experiment, exports as ExperimentModule, run, judgement),
  };
};

/** Runs the checks and prints what they found; returns the exit code. */
export async function check(
  { root, only, list, json, today }: CheckArguments,
  print: (text: string) => void,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const checks = selectChecks(only);
  if (list) {
    print(checks.map(({ id, title }) => `${id.padEnd(16)} ${title}`).join("\n"));
    return EXIT.fine;
  }
  requireFolder(root);
  const research = await loadExperiments(root);
  const vocabulary = { adapters: ADAPTERS, workloads: WORKLOADS, metrics: METRICS };
  const results = runChecks(
    { root, today, research, vocabulary, judge: judgeAgain, studies: STUDIES, wakeups: wakeupNotes, readPin },
    checks,
  );

  print(json ? checkJson(results) : checkText(results));
  const isRight = results.every(({ faults }) => faults.length === 0);
  if (environment["GITHUB_ACTIONS"] === "true") {
    if (!isRight && !json) print(githubAnnotations(results));
    const summary = environment["GITHUB_STEP_SUMMARY"];
    if (summary) Deno.writeTextFileSync(summary, githubSummary(results), { append: true });
  }
  return isRight ? EXIT.fine : EXIT.wrong;
}

function selectChecks(only: readonly string[]): readonly Check[] {
  const ids = CHECKS.map(({ id }) => id);
  const wanted = splitList(only);
  for (const id of wanted) {
    if (ids.includes(id)) continue;
    throw new UsageError(`Cannot find check "${id}"${didYouMean(id, ids)}: checks are ${ids.join(", ")}`);
  }
  return wanted.length === 0 ? CHECKS : CHECKS.filter(({ id }) => wanted.includes(id));
}

function requireFolder(root: string): void {
  try {
    if (Deno.statSync(root).isDirectory) return;
  } catch (error) {
    throw new UsageError(`Cannot check "${root}" as it must be a folder: ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw new UsageError(`Cannot check "${root}" as it must be a folder: it is a file`);
}

if (import.meta.main) {
  try {
    const options = parseCheckArguments(Deno.args, new Date());
    Deno.exit(options === undefined ? EXIT.fine : await check(options, console.log, Deno.env.toObject()));
  } catch (error) {
    Deno.exit(reportFailure("check", error));
  }
}
