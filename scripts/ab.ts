/**
 * `watchbench ab`: two revisions of a repository, or two published versions of a driver, measured in turns; a sentence per
 * workload, one verdict, and an exit code for CI.
 */
import { join, relative, resolve } from "node:path";
import { Command, Option } from "commander";
import { requireCommentFolder, writeComment } from "../lib/cli/comment_file.ts";
import {
  adapterOfPackages,
  type PackageVersions,
  parseVersions,
  pinVersions,
} from "../lib/cli/driver_versions.ts";
import { parseDuration } from "../lib/cli/duration.ts";
import { asTypedHere } from "../lib/cli/command_line.ts";
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
import { type SideMark, sideOf } from "../lib/project/sides.ts";
import {
  brokenMargins,
  compareAnnotations,
  compareMarkdown,
  compareRuns,
  compareText,
  compareVerdict,
  isCompleteComparison,
  parseMargins,
  workloadSentences,
} from "../lib/report/mod.ts";

/** Two revisions of the repository at hand. */
interface Revisions {
  readonly base: string;
  readonly head: string;
  readonly setup: string | undefined;
}

/** Two versions of the same packages. */
interface Versions {
  readonly first: PackageVersions;
  readonly second: PackageVersions;
}

interface AbArguments {
  readonly compared: Revisions | Versions;
  readonly adapter: string | undefined;
  readonly workload: readonly string[];
  readonly scale: readonly string[];
  readonly budgetMs: number;
  readonly rounds: number | undefined;
  readonly failOn: readonly string[];
  readonly json: boolean;
  readonly markdown: boolean;
  /** File that gets the comparison for a comment. */
  readonly comment: string | undefined;
  readonly annotations: boolean;
  readonly out: string;
}

/** One side, ready to be measured. */
interface Side {
  readonly mark: SideMark;
  /** What the verdict calls it. */
  readonly title: string;
  readonly selected: SelectedAdapter;
  readonly drivers?: PackageVersions;
  readonly driverConfigPath?: string;
}

/** Both, and what they rest on, which ends when it is disposed. */
interface Sides extends AsyncDisposable {
  /** Whose commit the run is of. */
  readonly root: string;
  readonly sides: readonly [Side, Side];
}

const DEFAULT_WORKLOADS = ["keyed-pk", "fan-out"];
const DEFAULT_BUDGET_MS = 5 * 60_000;
const BLOCK_TIMEOUT_MS = 120_000;
const MOST_ROUNDS = 1000;

const HELP = `
Revisions are checked out into temporary worktrees and made ready by the setup; versions of a driver get a lock file of
their own. Both sides are measured block by block in turns. What bench/watchbench.json says is taken where nothing is
typed.

Examples:
  $ deno task ab --base main                                    HEAD against main
  $ deno task ab --base v1.2.0 --head my-branch --budget 10m
  $ deno task ab --base main --setup "npm ci && npm run build"
  $ deno task ab --base main --fail-on "done:5%,shown p50:10%"  ends with 4 when an interval lies beyond its margin
  $ deno task ab --base main --markdown                         for a comment
  $ deno task ab --a tinybase@9.7.1 --b tinybase@10.0.1        two published versions of a driver
  $ deno task ab --a dexie@4.4.5 --b dexie@4.4.7 -w fan-out -a dexie:cache=disabled

Exit codes: 0 nothing became worse than the margins allow; 1 a side failed or gave wrong answers; 2 usage; 3 the disk did
not take the run; 4 something became worse; 130 interrupted, and what was measured is kept.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseAbArguments(args: readonly string[], root: string): AbArguments | undefined {
  const list = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("ab")
    .description(
      "Measures two revisions of this repository, or two versions of a driver, side by side, and tells which one is faster.",
    )
    .option("--base <revision>", "the revision to compare with")
    .option("--head <revision>", "the revision that is compared (default: HEAD)")
    .option("--a <packages>", "the version to compare with, such as tinybase@9.7.1")
    .option("--b <packages>", "the version that is compared, of the same packages")
    .option(
      "-a, --adapter <adapter>",
      "with revisions a path that both have, with versions the id of a registered adapter",
    )
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
      new Option("--rounds <n>", "a fixed number of rounds instead, one repetition of each side").argParser(
        Number,
      ),
    )
    .addOption(
      new Option("--fail-on <margins>", "how much worse metrics may become: done:5%,shown_p50:10%")
        .argParser(list).default([], "none"),
    )
    .addOption(new Option("--json", "print the comparison as JSON").default(false).conflicts("markdown"))
    .addOption(new Option("--markdown", "print the comparison for a comment").default(false))
    .option("--comment <file>", "write the comparison for a comment into a file as well")
    .option("--annotations", "print what GitHub shows beside a pull request as well", false)
    .option("-o, --out <folder>", "folder of all runs")
    .allowExcessArguments(false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const typed = command.opts<Partial<AbArguments> & TypedSides & { budget?: number }>();
  const project = readProjectFile(root);
  const { rounds } = typed;
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS)) {
    throw new UsageError(
      `Cannot measure ${rounds} rounds as --rounds must be a whole number from 1 to ${MOST_ROUNDS}`,
    );
  }
  const orElse = (values: readonly string[] | undefined, others: readonly string[] = []): readonly string[] =>
    values === undefined || values.length === 0 ? others : values;
  const compared = comparedOf(typed, project?.setup);
  return {
    compared,
    adapter: typed.adapter ?? ("base" in compared ? project?.adapters.find(isModuleName) : undefined),
    workload: orElse(typed.workload, project?.workloads ?? DEFAULT_WORKLOADS),
    scale: orElse(typed.scale),
    budgetMs: typed.budget ??
      (project?.budget === undefined ? DEFAULT_BUDGET_MS : parseDuration(project.budget)),
    rounds,
    failOn: orElse(typed.failOn, project?.failOn),
    json: typed.json ?? false,
    markdown: typed.markdown ?? false,
    comment: typed.comment,
    annotations: typed.annotations ?? false,
    out: typed.out ?? project?.results ?? "results",
  };
}

interface TypedSides {
  readonly base?: string;
  readonly head?: string;
  readonly setup?: string;
  readonly a?: string;
  readonly b?: string;
}

function comparedOf(
  { base, head, setup, a, b }: TypedSides,
  projectSetup: string | undefined,
): AbArguments["compared"] {
  if (a === undefined && b === undefined) {
    if (base !== undefined) return { base, head: head ?? "HEAD", setup: setup ?? projectSetup };
    throw new UsageError(
      "Cannot compare as the side to compare with must be named: --base main for a revision, or --a and --b for two " +
        "versions of a driver",
    );
  }
  const others = [base === undefined ? "" : "--base", head === undefined ? "" : "--head"].filter(Boolean);
  if (setup !== undefined) others.push("--setup");
  if (others.length > 0) {
    throw new UsageError(
      `Cannot combine ${
        others.join(", ")
      } with --a and --b as revisions are compared or versions are: give one of them`,
    );
  }
  if (a === undefined || b === undefined) {
    throw new UsageError(
      `Cannot compare versions as both must be named: ${a === undefined ? "--a" : "--b"} is missing`,
    );
  }
  const [first, second] = [parseVersions(a), parseVersions(b)];
  const names = (side: PackageVersions): string => Object.keys(side).sort().join(", ");
  if (names(first) !== names(second)) {
    throw new UsageError(
      `Cannot compare versions as both sides must name the same packages: got ${names(first)} and ${
        names(second)
      }`,
    );
  }
  if (versionText(first) === versionText(second)) {
    throw new UsageError(`Cannot compare ${a} with itself as the sides must differ`);
  }
  return { first, second };
}

/** Of several packages in the order of their names: `1.1.0+13.2.0`. */
function versionText(side: PackageVersions): string {
  return Object.keys(side).sort().map((name) => side[name]).join("+");
}

/** Measures and tells; returns the exit code. */
export async function ab(options: AbArguments, print: (text: string) => void): Promise<number> {
  const { compared, rounds } = options;
  const margins = parseMargins(splitList(options.failOn));
  const workloads = await selectWorkloads(options.workload);
  const scales = selectScales(options.scale);
  requireCommentFolder(options.comment);
  const folder = await makeTempDirectory();
  try {
    await using both = "base" in compared
      ? await revisionSides(compared, options.adapter, folder)
      : await versionSides(compared, options.adapter, folder);
    const { root, sides } = both;
    const groups = workloads.flatMap((workload) =>
      scales.map((scale) =>
        sides.map(({ mark, selected, drivers, driverConfigPath }): MeasuredCell => {
          const plain = named(combineCells([workload], [selected], [scale])[0]!, mark.name, mark.value);
          return {
            ...plain,
            cell: { ...plain.cell, ...(drivers === undefined ? {} : { drivers }) },
            ...(driverConfigPath === undefined ? {} : { driverConfigPath }),
          };
        })
      )
    );
    const { record } = await measure({
      label: "ab",
      resultsFolder: options.out,
      root,
      groups,
      blocksPerSide: 1,
      seed: 0,
      mostRounds: rounds ?? MOST_ROUNDS,
      budgetMs: rounds === undefined ? options.budgetMs : Infinity,
      timeoutMs: BLOCK_TIMEOUT_MS,
      isEnough: () => false,
    });
    const [first, second] = sides.map(({ mark }) => sideOf(record, mark)) as [typeof record, typeof record];
    const comparison = compareRuns(first, second, {
      areInterleaved: true,
      floorOf: runFloors(loadCalibration(options.out, record.environment.machineId)),
      alsoMetrics: margins.map(({ metric }) => metric),
    });
    const broken = brokenMargins(comparison, margins);
    const [base, head] = sides.map(({ title }) => title) as [string, string];
    const verdict = compareVerdict(comparison, broken, { base, head });
    const comment = compareMarkdown(comparison, broken, verdict);
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
        : options.markdown
        ? comment
        : `${compareText(comparison, broken)}\n\n${verdict}`,
    );
    if (options.comment !== undefined) writeComment(options.comment, comment);
    // Beside what is read by programs, not in it.
    const annotate = options.json || options.markdown ? console.error : print;
    if (options.annotations) compareAnnotations(verdict, broken).forEach((line) => annotate(line));
    console.error(`Wrote ${join(options.out, record.id, "report.md")}`);
    if (record.status === "partial") return EXIT.interrupted;
    if (broken.length > 0) return EXIT.regressed;
    return isCompleteComparison(comparison) ? EXIT.fine : EXIT.wrong;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Both revisions in worktrees below `folder`. Throws a UsageError for what cannot be found or built. */
async function revisionSides(
  { base, head, setup }: Revisions,
  adapter: string | undefined,
  folder: string,
): Promise<Sides> {
  if (adapter === undefined || !isModuleName(adapter)) {
    throw new UsageError(
      `Cannot compare revisions as --adapter must name a module of this repository, such as ./bench/adapter.ts: got ${
        adapter === undefined ? "none" : `"${adapter}"`
      }`,
    );
  }
  const trees = await RevisionTrees.in(".", folder);
  try {
    const inside = relative(trees.repository, resolve(adapter));
    if (inside.startsWith("..")) {
      throw new UsageError(
        `Cannot compare revisions as the adapter must be in the repository: "${adapter}" is outside`,
      );
    }
    const commits = [await trees.commitOf(base), await trees.commitOf(head)];
    for (const note of await trees.notes(head, commits)) console.error(note);
    const sides: Side[] = [];
    for (const [index, commit] of commits.entries()) {
      const value = index === 0 ? "base" : "head";
      const title = commit.slice(0, 12);
      console.error(`Building ${value}: ${title}${setup === undefined ? "" : `, ${setup}`}`);
      const root = await trees.build(commit, setup);
      if (!isFile(join(root, inside))) {
        throw new UsageError(
          `Cannot compare revisions as both must have the adapter: ${value}, ${title}, has no ${inside}; commit it there, or ` +
            "name one that both have by --adapter",
        );
      }
      sides.push({
        mark: { name: "side", value },
        title,
        selected: await selectAdapter(join(root, inside)),
      });
    }
    return {
      root: trees.repository,
      sides: sides as [Side, Side],
      [Symbol.asyncDispose]: () => trees[Symbol.asyncDispose](),
    };
  } catch (error) {
    await trees[Symbol.asyncDispose]();
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Both versions with locks below `folder`, which its owner removes. Throws a UsageError for what cannot be had. */
async function versionSides(
  { first, second }: Versions,
  spec: string | undefined,
  folder: string,
): Promise<Sides> {
  if (spec !== undefined && isModuleName(spec)) {
    throw new UsageError(
      `Cannot compare versions as --adapter must be registered: got "${spec}"; --base compares revisions of a repository`,
    );
  }
  const selected = await selectAdapter(spec ?? adapterOfPackages(Object.keys(first)).id);
  const sides: Side[] = [];
  for (const versions of [first, second]) {
    const title = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
    console.error(`Getting ${title}`);
    const own = join(folder, `versions-${sides.length}`);
    await Deno.mkdir(own);
    const { adapter, drivers, configPath } = await pinVersions(selected.adapter, versions, own);
    sides.push({
      mark: { name: "version", value: versionText(versions) },
      title,
      selected: { ...selected, adapter },
      drivers,
      ...(configPath === undefined ? {} : { driverConfigPath: configPath }),
    });
  }
  return {
    root: ".",
    sides: sides as [Side, Side],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

if (import.meta.main) {
  try {
    const options = parseAbArguments(Deno.args, ".");
    Deno.exit(
      options === undefined ? EXIT.fine : await ab(options, (text) => console.log(asTypedHere(text))),
    );
  } catch (error) {
    Deno.exit(reportFailure("ab", error));
  }
}
