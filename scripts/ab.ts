/**
 * `watchbench ab`: two revisions of a repository, built in worktrees of their own and measured in turns; a sentence per
 * workload, one verdict, and an exit code for CI.
 */
import { join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import { parseDuration } from "../lib/cli/duration.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import {
  combineCells,
  selectAdapter,
  type SelectedAdapter,
  selectScales,
  selectWorkloads,
  splitList,
} from "../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../lib/cli/temp_directory.ts";
import { loadCalibration } from "../lib/experiments/run/calibration.ts";
import { type MeasuredCell, named } from "../lib/experiments/run/lanes.ts";
import { measure } from "../lib/experiments/run/measure.ts";
import { runFloors } from "../lib/experiments/run/run_floors.ts";
import { isModuleName, UsageError } from "../lib/model/mod.ts";
import { readProjectFile } from "../lib/project/project_file.ts";
import { RevisionTrees } from "../lib/project/revision_trees.ts";
import { type Side, SIDE_MARK, sideOf, SIDES } from "../lib/project/sides.ts";
import { abVerdict } from "../lib/project/ab_verdict.ts";
import {
  brokenMargins,
  compareMarkdown,
  compareRuns,
  compareText,
  isCompleteComparison,
  parseMargins,
  workloadSentences,
} from "../lib/report/mod.ts";

interface AbArguments {
  readonly base: string;
  readonly head: string;
  readonly adapter: string | undefined;
  readonly workload: readonly string[];
  readonly scale: readonly string[];
  readonly setup: string | undefined;
  readonly budgetMs: number;
  readonly rounds: number | undefined;
  readonly failOn: readonly string[];
  readonly json: boolean;
  readonly markdown: boolean;
  readonly out: string;
}

const DEFAULT_WORKLOADS = ["keyed-pk", "fan-out"];
const DEFAULT_BUDGET_MS = 5 * 60_000;
const BLOCK_TIMEOUT_MS = 120_000;
/** An interval of fewer blocks is not 95 % sure. */
const FEWEST_ROUNDS = 6;
const MOST_ROUNDS = 1000;

const HELP = `
Both revisions are checked out into temporary worktrees, made ready by the setup, and measured block by block in turns.
What bench/watchbench.json says is taken where nothing is typed.

Examples:
  $ watchbench ab --base main                                    HEAD against main
  $ watchbench ab --base v1.2.0 --head my-branch --budget 10m
  $ watchbench ab --base main --setup "npm ci && npm run build"
  $ watchbench ab --base main --fail-on done:5%,shown_p50:10%   ends with 4 when an interval lies beyond its margin
  $ watchbench ab --base main --markdown                         for a comment

Exit codes: 0 nothing became worse than the margins allow; 1 a side failed or gave wrong answers; 2 usage; 3 the disk did
not take the run; 4 something became worse; 130 interrupted, and what was measured is kept.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseAbArguments(args: readonly string[], root: string): AbArguments | undefined {
  const list = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("ab")
    .description("Measures two revisions of this repository side by side, and tells which one is faster.")
    .requiredOption("--base <revision>", "the revision to compare with")
    .option("--head <revision>", "the revision that is compared", "HEAD")
    .option("-a, --adapter <path>", "the adapter, a path that both revisions have")
    .addOption(
      new Option("-w, --workload <ids>", "workloads, repeatable or comma-separated").argParser(list)
        .default([], DEFAULT_WORKLOADS.join(", ")),
    )
    .addOption(
      new Option("-s, --scale <names>", "smoke, standard or large").argParser(list).default([], "standard"),
    )
    .option("--setup <command>", "a shell command that makes a fresh checkout ready")
    .addOption(
      new Option("--budget <time>", "no new round after this time (default: 5m)").argParser(parseDuration),
    )
    .addOption(
      new Option("--rounds <n>", "a fixed number of rounds instead, one block of each side").argParser(
        Number,
      ),
    )
    .addOption(
      new Option("--fail-on <margins>", "how much worse metrics may become, such as done:5%,shown_p50:10%")
        .argParser(list).default([], "none"),
    )
    .addOption(new Option("--json", "print the comparison as JSON").default(false).conflicts("markdown"))
    .addOption(new Option("--markdown", "print the comparison for a comment").default(false))
    .option("-o, --out <folder>", "folder of all runs")
    .allowExcessArguments(false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const typed = command.opts<Partial<AbArguments> & { base: string; head: string; budget?: number }>();
  const project = readProjectFile(root);
  const { rounds } = typed;
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS)) {
    throw new UsageError(
      `Cannot measure ${rounds} rounds as --rounds must be a whole number from 1 to ${MOST_ROUNDS}`,
    );
  }
  const orElse = (values: readonly string[] | undefined, others: readonly string[] = []): readonly string[] =>
    values === undefined || values.length === 0 ? others : values;
  return {
    base: typed.base,
    head: typed.head,
    adapter: typed.adapter ?? project?.adapters.find(isModuleName),
    workload: orElse(typed.workload, project?.workloads ?? DEFAULT_WORKLOADS),
    scale: orElse(typed.scale),
    setup: typed.setup ?? project?.setup,
    budgetMs: typed.budget ??
      (project?.budget === undefined ? DEFAULT_BUDGET_MS : parseDuration(project.budget)),
    rounds,
    failOn: orElse(typed.failOn, project?.failOn),
    json: typed.json ?? false,
    markdown: typed.markdown ?? false,
    out: typed.out ?? project?.results ?? "results",
  };
}

/** Measures and tells; returns the exit code. */
export async function ab(options: AbArguments, print: (text: string) => void): Promise<number> {
  const { adapter: adapterPath, rounds } = options;
  const margins = parseMargins(splitList(options.failOn));
  if (adapterPath === undefined || !isModuleName(adapterPath)) {
    throw new UsageError(
      `Cannot compare revisions as --adapter must name a module of this repository, such as ./bench/adapter.ts: got ${
        adapterPath === undefined ? "none" : `"${adapterPath}"`
      }`,
    );
  }
  const workloads = await selectWorkloads(options.workload);
  const scales = selectScales(options.scale);
  const folder = await makeTempDirectory();
  try {
    await using trees = await RevisionTrees.in(".", folder);
    const inside = relative(trees.repository, resolve(adapterPath));
    if (inside.startsWith("..")) {
      throw new UsageError(
        `Cannot compare revisions as the adapter must be in the repository: "${adapterPath}" is outside`,
      );
    }
    const [base, head] = [await trees.commitOf(options.base), await trees.commitOf(options.head)];
    const sides = new Map<Side, SelectedAdapter>();
    for (const [side, commit] of [["base", base], ["head", head]] as const) {
      console.error(
        `Building ${side}: ${commit.slice(0, 12)}${options.setup === undefined ? "" : `, ${options.setup}`}`,
      );
      const root = await trees.build(commit, options.setup);
      sides.set(side, await selectAdapter(join(root, inside)));
    }
    const groups = workloads.flatMap((workload) =>
      scales.map((scale) =>
        SIDES.map((side): MeasuredCell =>
          named(combineCells([workload], [sides.get(side)!], [scale])[0]!, SIDE_MARK, side)
        )
      )
    );
    const { record } = await measure({
      label: "ab",
      resultsFolder: options.out,
      root: trees.repository,
      groups,
      blocksPerSide: 1,
      seed: 0,
      mostRounds: rounds ?? MOST_ROUNDS,
      budgetMs: rounds === undefined ? options.budgetMs : Infinity,
      timeoutMs: BLOCK_TIMEOUT_MS,
      isEnough: () => false,
    });
    const [first, second] = SIDES.map((side) => sideOf(record, side)) as [typeof record, typeof record];
    const comparison = compareRuns(first, second, {
      floorOf: runFloors(loadCalibration(options.out, record.environment.machineId)),
      alsoMetrics: margins.map(({ metric }) => metric),
    });
    const broken = brokenMargins(comparison, margins);
    const verdict = abVerdict(comparison, broken, { base, head, fewestBlocks: FEWEST_ROUNDS });
    print(
      options.json
        ? JSON.stringify({
          base,
          head,
          run: record.id,
          verdict,
          ...comparison,
          sentences: workloadSentences(comparison),
          brokenMargins: broken,
        })
        : `${
          options.markdown ? compareMarkdown(comparison, broken) : compareText(comparison, broken)
        }\n\n${verdict}`,
    );
    console.error(`Wrote ${join(options.out, record.id, "report.md")}`);
    if (record.status === "partial") return EXIT.interrupted;
    if (broken.length > 0) return EXIT.regressed;
    return isCompleteComparison(comparison) ? EXIT.fine : EXIT.wrong;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const options = parseAbArguments(Deno.args, ".");
    Deno.exit(options === undefined ? EXIT.fine : await ab(options, console.log));
  } catch (error) {
    Deno.exit(reportFailure("ab", error));
  }
}
