/** The command lines of `experiment` and `calibrate`. */
import { Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../cli/duration.ts";
import { parseCommand } from "../../cli/parse_command.ts";
import { UsageError } from "../../model/mod.ts";

/** What was asked of `experiment`. */
export interface ExperimentOptions {
  /** Slug of an experiment to begin; absent unless `new` was asked for. */
  readonly slug?: string;
  /** Print all experiments. */
  readonly list: boolean;
  /** Id of an experiment, as typed. */
  readonly id: string | undefined;
  /** Print the plan. */
  readonly dryRun: boolean;
  /** Write the outcome. */
  readonly record: boolean;
  /** Add the run to the evidence of the recorded outcome. */
  readonly repetition: boolean;
  /** Overwrite what was recorded. */
  readonly force: boolean;
  /** A stored run to judge instead of measuring. */
  readonly from: string | undefined;
  /** Folder of an interrupted run to go on with. */
  readonly resume: string | undefined;
  /** Milliseconds; absent for the experiment's own. */
  readonly budget: number | undefined;
  /** Print JSON. */
  readonly json: boolean;
  /** Folder of all runs; absent for the one in the repository. */
  readonly out: string | undefined;
  /** Root of the repository whose experiments are meant. */
  readonly root: string;
}

/** What was asked of `calibrate`. */
export interface CalibrateOptions {
  /** Ids of experiments whose control cells are calibrated. */
  readonly id: readonly string[];
  /** Workloads, as in `bench`. */
  readonly workload: readonly string[];
  /** Adapters, as in `bench`. */
  readonly adapter: readonly string[];
  /** Scales, as in `bench`. */
  readonly scale: readonly string[];
  /** A/A pairs, or rounds of the power study. */
  readonly pairs: number;
  /** Milliseconds; no round begins later. */
  readonly budget: number;
  /** An interrupted run to go on with; two of them, the quiet one first, for the proof of `compare`. */
  readonly resume: string | undefined;
  /** Seed of the order. */
  readonly seed: number;
  /** Make the power study instead. */
  readonly power: boolean;
  /** Prove `compare` instead. */
  readonly compare: boolean;
  /** Processes that keep CPUs busy beside the study. */
  readonly busy: number;
  /** A stored run to compute from instead of measuring. */
  readonly from: string | undefined;
  /** Print JSON. */
  readonly json: boolean;
  /** Folder of all runs; absent for the one in the repository. */
  readonly out: string | undefined;
  /** Root of the repository. */
  readonly root: string;
}

const EXPERIMENT_HELP = `
Examples:
  $ deno task experiment --list                       all experiments with their status
  $ deno task experiment new faster-readers           a file to fill in, with the next free number
  $ deno task experiment --id 127 --dry-run           the plan, the rule and the cost
  $ deno task experiment --id 127                     measure, print the computed verdict
  $ deno task experiment --id 127 --record            measure, and write the outcome beside the experiment
  $ deno task experiment --id 127 --record --from results/<run>
                                                      record a run that was measured before
  $ deno task experiment --id 127 --repetition --from results/<run>
                                                      the same question on another machine, beside what is recorded
  $ deno task experiment --id 127 --resume results/<run> --budget 10m
                                                      go on with an interrupted run, for ten minutes more

Exit codes: 0 fine, 1 an arm failed or gave wrong answers, 2 usage, 3 the disk did not take the record,
130 interrupted; what was measured is kept.`;

const CALIBRATE_HELP = `
Examples:
  $ deno task calibrate --id 079                      noise of everything that experiment 079 compares
  $ deno task calibrate -w keyed-pk -a watchlite      noise of one cell
  $ deno task calibrate --power                       false alarms and found slowdowns, for results/power/
  $ deno task calibrate --power --busy 2              the same while two other processes want the CPUs
  $ deno task calibrate --compare                     false claims and found slowdowns of compare, for results/compare/
  $ deno task calibrate --compare --from <quiet run>,<busy run>
                                                      the same again from its two stored runs
  $ deno task calibrate --compare --resume <quiet run>[,<busy run>]
                                                      go on with an interrupted proof
  $ deno task calibrate --power --resume results/<run>
                                                      go on with an interrupted study`;

/** Reads the arguments of `experiment`. Returns `undefined` when help was printed. Throws a UsageError. */
export function parseExperimentArguments(args: readonly string[]): ExperimentOptions | undefined {
  const command = shared(new Command("experiment"))
    .description(
      "Runs experiments: arms side by side, verdicts computed by the rule that was settled before.",
    )
    .argument("[new]", 'the word "new", to begin an experiment')
    .argument("[slug]", "its name: lower-case words joined by hyphens")
    .option("--list", "print all experiments with their status", false)
    .option("--id <id>", "the experiment to run")
    .option("--dry-run", "print the plan, the rule and the cost, and run nothing", false)
    .option("--record", "write the outcome beside the experiment; needs a clean working tree", false)
    .option(
      "--repetition",
      "add the run to the evidence of the recorded outcome, whose verdict stays as it is",
      false,
    )
    .option("--force", "overwrite what was recorded before", false)
    .option("--from <run>", "judge a stored run of the experiment instead of measuring")
    .option("--resume <run>", "go on with an interrupted run: its folder, or the beginning of its id")
    .addOption(
      new Option(
        "--budget <time>",
        "no new round after this time, such as 90s or 5m (default: the experiment's)",
      )
        .argParser(parseDuration),
    )
    .addHelpText("after", EXPERIMENT_HELP);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<Omit<ExperimentOptions, "slug">>();
  const [word, slug] = command.args;
  if (word !== undefined && word !== "new") {
    throw new UsageError(`Cannot do "${word}" as the only word is "new": experiments are run with --id`);
  }
  if (word === "new" && slug === undefined) {
    throw new UsageError("Cannot begin an experiment without a name: deno task experiment new <slug>");
  }
  const asked = [word === "new", options.list, options.id !== undefined].filter(Boolean).length;
  if (asked !== 1) throw new UsageError('Cannot tell what to do: give one of --list, --id and "new"');
  const conflicts = [
    options.dryRun && options.record ? "--dry-run and --record" : undefined,
    options.record && options.repetition ? "--record and --repetition" : undefined,
    options.dryRun && options.repetition ? "--dry-run and --repetition" : undefined,
    options.dryRun && options.from !== undefined ? "--dry-run and --from" : undefined,
    options.dryRun && options.resume !== undefined ? "--dry-run and --resume" : undefined,
    options.from !== undefined && options.resume !== undefined ? "--from and --resume" : undefined,
    options.budget !== undefined && options.from !== undefined ? "--budget and --from" : undefined,
    options.force && !options.record ? "--force without --record" : undefined,
  ].filter((one) => one !== undefined);
  if (conflicts.length > 0) throw new UsageError(`Cannot combine ${conflicts.join(", ")}`);
  return { ...options, ...(slug === undefined ? {} : { slug }) };
}

/** Reads the arguments of `calibrate`. Returns `undefined` when help was printed. Throws a UsageError. */
export function parseCalibrateArguments(args: readonly string[]): CalibrateOptions | undefined {
  const command = shared(new Command("calibrate"))
    .description("Measures what this machine makes up by itself: the same program against itself.")
    .addOption(listOption("--id <ids>", "experiments whose control cells are meant, repeatable", "none"))
    .addOption(
      listOption(
        "-w, --workload <ids>",
        "workloads, repeatable or comma-separated",
        "none; with --power: keyed-pk",
      ),
    )
    .addOption(
      listOption(
        "-a, --adapter <ids>",
        "adapters, repeatable or comma-separated; id:option=value",
        "none; with --power: node-sqlite and watchlite",
      ),
    )
    .addOption(listOption("-s, --scale <names>", "smoke, standard or large", "standard"))
    .addOption(
      new Option(
        "--pairs <n>",
        "A/A pairs per cell (default: 20; with --power: 40; with --compare: 48 rounds of each run)",
      ).argParser(atLeastSix),
    )
    .addOption(
      new Option("--budget <time>", "no new round after this time, such as 90s or 5m (default: 20m)")
        .argParser(parseDuration),
    )
    .addOption(new Option("--seed <n>", "seed of the order (default: 0)").argParser(wholeNumber))
    .option(
      "--power",
      "prove the statistics: plant slowdowns, count what is found and what is made up",
      false,
    )
    .option(
      "--compare",
      "prove compare: one run as the machine is, one beside a busy process, cut into short ones",
      false,
    )
    .addOption(
      new Option("--busy <n>", "with --power: processes that keep CPUs busy meanwhile (default: 0)")
        .argParser(wholeNumber),
    )
    .option("--from <run>", "compute from a stored run instead of measuring")
    .option("--resume <run>", "go on with an interrupted run: its folder, or the beginning of its id")
    .addHelpText("after", CALIBRATE_HELP);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<CalibrateOptions>();
  if (options.power && options.id.length > 0) {
    throw new UsageError(
      "Cannot combine --power with --id as the study has cells of its own: name them with -w and -a",
    );
  }
  const others = [
    options.power ? "--power" : undefined,
    options.id.length > 0 ? "--id" : undefined,
    options.busy !== undefined ? "--busy" : undefined,
  ].filter((one) => one !== undefined);
  if (options.compare && others.length > 0) {
    throw new UsageError(
      `Cannot combine --compare with ${others.join(", ")} as it measures two runs of its own, quiet and busy`,
    );
  }
  if (!options.power && options.busy !== undefined) {
    throw new UsageError("Cannot calibrate with --busy as noise floors are those of the machine as it is");
  }
  if (options.from !== undefined && options.busy !== undefined) {
    throw new UsageError("Cannot combine --from with --busy as a stored run was measured as it was");
  }
  const typed = (["id", "workload", "adapter", "scale"] as const).filter((name) => options[name].length > 0);
  const numbers = (["pairs", "seed", "busy", "from"] as const).filter((name) => options[name] !== undefined);
  const conflicts = [...typed, ...numbers];
  if (options.resume !== undefined && conflicts.length > 0) {
    throw new UsageError(
      `Cannot resume with other settings as a run keeps those it began with: ${
        conflicts.map((name) => `--${name}`).join(", ")
      } was given`,
    );
  }
  return {
    ...options,
    pairs: options.pairs ?? (options.compare ? 48 : options.power ? 40 : 20),
    // The two runs of a proof of compare share their time.
    budget: options.budget ?? (options.compare ? 12 : 20) * 60_000,
    seed: options.seed ?? 0,
    busy: options.busy ?? 0,
  };
}

function shared(command: Command): Command {
  return command
    .option("--json", "print JSON on standard output, progress on standard error", false)
    .option("-o, --out <folder>", "folder of all runs (default: results in the root)")
    .option("--root <folder>", "the repository whose experiments are meant", ".");
}

/** An option that may be given several times; `defaults` says what none of it means. */
function listOption(flags: string, description: string, defaults: string): Option {
  return new Option(flags, description)
    .argParser((value: string, previous: readonly string[]) => [...previous, value])
    .default([], defaults);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== "") return value;
  throw new InvalidArgumentError("It must be a whole number of at least 0.");
}

function atLeastSix(text: string): number {
  const value = wholeNumber(text);
  if (value >= 6) return value;
  throw new InvalidArgumentError("It must be at least 6: fewer pairs have no 95 % interval.");
}
