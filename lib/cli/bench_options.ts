/** The command line of `bench`. */
import { Command, InvalidArgumentError, Option } from "commander";
import { didYouMean, parsePacing, UsageError } from "../model/mod.ts";
import { defaultResults } from "../project/project_file.ts";
import { parseBaseline } from "../record/mod.ts";
import { parseDuration } from "./duration.ts";
import { parseCommand } from "./parse_command.ts";
import { PLAIN_WORKLOADS } from "./select_cells.ts";

/** Which blocks leave a timeline: none, the first one of each cell, or all. */
export const TIMELINE_CHOICES = ["none", "first", "all"] as const;

/** What a page may draw: a list of rows for each live query. */
export const RENDER_CHOICES = ["dom"] as const;

/** See {@link TIMELINE_CHOICES}. */
export type TimelineChoice = typeof TIMELINE_CHOICES[number];

/** What was typed, with defaults filled in; names are not looked up yet. */
export interface BenchOptions {
  readonly label: string | undefined;
  readonly workload: readonly string[];
  readonly adapter: readonly string[];
  readonly scale: readonly string[];
  readonly runtime: readonly string[];
  /** As `parsePacing` reads it; absent for the workloads' own. */
  readonly pacing: string | undefined;
  /** Each as it was typed: `name=value,value,...`. */
  readonly sweep: readonly string[];
  /** Milliseconds that each block goes on; absent where it ends with its program. */
  readonly duration: number | undefined;
  /** Rates or `auto`, as `loadVariants` reads it; absent for closed loops. */
  readonly rate: string | undefined;
  /** How arrivals are spaced; absent when not typed. */
  readonly arrivals: string | undefined;
  /** How many operations may be under way; absent for one. */
  readonly inFlight: string | undefined;
  /** What pages draw results as; absent where they draw nothing. */
  readonly render: typeof RENDER_CHOICES[number] | undefined;
  /** Blocks with numbers per cell; absent when the run is to stop by itself. A resumed run keeps its own. */
  readonly blocks: number | undefined;
  /** Milliseconds for a run that stops by itself; absent when not typed. */
  readonly budget: number | undefined;
  readonly seed: number | undefined;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly timeline: TimelineChoice;
  readonly out: string;
  readonly json: boolean;
  /** Bars in the tables; absent when not typed: a terminal gets them, a pipe does not. */
  readonly charts: boolean | undefined;
  /** Name that is to stand for the run; absent for none. */
  readonly saveBaseline: string | undefined;
  readonly resume: string | undefined;
  /** Everything that reports tell, not the overview alone. */
  readonly full: boolean;
  readonly list: boolean;
  /** Whether the list opens every adapter. */
  readonly probe: boolean;
  readonly dryRun: boolean;
  readonly keepTemp: boolean;
}

const EXAMPLES = `
Examples:
  $ deno task bench                                          three workloads on the default adapters
  $ deno task bench --workload keyed-pk --adapter pglite     one database on one workload
  $ deno task bench --workload keyed-pk@1                    the workload as resqlite defines it
  $ deno task bench --adapter pglite:mode=changes,tinybase   an adapter with an option, and another one
  $ deno task bench --runtime node,chromium -a tinybase      one database in two runtimes
  $ deno task bench --workload all --scale smoke             everything once, small
  $ deno task bench --adapter pglite --budget 15m            more time, for narrower intervals
  $ deno task bench --sweep streams=10,30,100,300,1000       how cost grows with open live queries
  $ deno task bench --duration 10m --adapter watchlite       what changes in ten minutes
  $ deno task bench --rate auto --workload fan-out           the highest rate that every adapter keeps up with
  $ deno task bench nightly --blocks 10 --json               a labelled run of a fixed length, JSON on stdout
  $ deno task bench --save-baseline main                     what deno task compare main latest compares with
  $ deno task bench --resume results/<run>                   go on with an interrupted run
  $ deno task bench --resume results/<run> --budget 20m      measure on until its intervals are narrow, or 20 min are spent

Exit codes: 0 fine, 1 a database failed or gave wrong answers, 2 usage, 3 the disk did not take the record,
130 interrupted; what was measured is kept.`;

/**
 * Reads the arguments of `bench`. Returns `undefined` when help was asked for and printed.
 * Throws a UsageError, with the nearest flag, for what cannot be understood.
 */
export function parseBenchArguments(args: readonly string[]): BenchOptions | undefined {
  const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("bench")
    .description(
      "Runs workloads against databases, one fresh process per repetition, and leaves a report of what was correct.",
    )
    .argument("[label]", "name of the run, part of its folder's name")
    .addOption(
      new Option(
        "-w, --workload <ids>",
        "workloads, repeatable or comma-separated; id@version for an older one; core for the five that people ask first, all for every quick one",
      ).argParser(collect).default([], PLAIN_WORKLOADS.join(", ")),
    )
    .addOption(
      new Option(
        "-a, --adapter <ids>",
        "adapters, repeatable or comma-separated; id:option=value; all for every one",
      ).argParser(collect).default([], "six of them"),
    )
    .addOption(
      new Option("-s, --scale <names>", "smoke, standard or large").argParser(collect).default(
        [],
        "standard",
      ),
    )
    .addOption(
      new Option(
        "-r, --runtime <names>",
        "where it runs, repeatable or comma-separated: deno, node, bun, chromium, firefox",
      ).argParser(collect).default([], "deno, or where the adapter lives"),
    )
    .addOption(
      new Option(
        "--pacing <turns>",
        "what the caller does between operations: turns of the event loop (0, 1, 4) or a timer (1ms)",
      ).argParser(pacing).default(undefined, "a mix of them"),
    )
    .addOption(
      new Option(
        "--sweep <name=values>",
        "set a size of the workload to several values, repeatable: streams=10,100,1000; --list names them",
      ).argParser(collect).default([], "none"),
    )
    .addOption(
      new Option(
        "--duration <time>",
        "go through the workload again and again on one session: 10m; memory and delays window by window",
      ).argParser(parseDuration),
    )
    .addOption(
      new Option(
        "--rate <rates>",
        "operations arrive by themselves: so many a second (100/s; 10,100,1000), or auto: the highest rate that is " +
          "shown within 100 ms",
      ).default(undefined, "each operation waits for the one before"),
    )
    .addOption(
      new Option("--arrivals <process>", "how they are spaced: poisson or constant").default(
        undefined,
        "poisson",
      ),
    )
    .addOption(
      new Option(
        "--in-flight <counts>",
        "operations under way at once (4; 1,4,16), as far as no result sees two of them",
      ).default(undefined, "one"),
    )
    .addOption(
      new Option(
        "--render <what>",
        "pages draw every result in their next frame, as a list of rows (dom), and long and missed frames are counted",
      ).choices(RENDER_CHOICES).default(undefined, "nothing is drawn"),
    )
    .addOption(
      new Option(
        "--budget <time>",
        "measure until intervals are 95 % sure and ±10 % wide, or until this time is spent (default: 5m)",
      ).argParser(parseDuration),
    )
    .addOption(
      new Option("-b, --blocks <n>", "a fixed number of repetitions instead").argParser(integerFrom(1)),
    )
    .addOption(
      new Option("--seed <n>", "seed of the order and of the traffic (default: 0)").argParser(integerFrom(0)),
    )
    .addOption(
      new Option(
        "--timeout <seconds>",
        "longest time for one repetition; slow databases need more (default: 120)",
      )
        .argParser(integerFrom(1)),
    )
    .addOption(
      new Option(
        "--timeline <blocks>",
        "repetitions that leave a picture of what happened when: none, the first of each, or all",
      ).argParser(timelineChoice).default("first"),
    )
    .option("-o, --out <folder>", "folder of all runs", defaultResults())
    .option("--json", "print the run as JSON on standard output, progress on standard error", false)
    .option("--charts", "draw bars in the tables (default: on a terminal)")
    .option("--no-charts", "draw no bars")
    .addOption(
      new Option(
        "--save-baseline <name>",
        "make the name stand for this run when it is complete: compare <name> latest",
      ).argParser(parseBaseline),
    )
    .option("--full", "print all tables at the end, not the overview alone", false)
    .option(
      "--resume <run>",
      "go on with an interrupted run: its folder, or the beginning of its id; with a longer --budget also with a complete one",
    )
    .option("--list", "print workloads and adapters with what they can do, and run nothing", false)
    .option("--probe", "with --list: open every adapter to see whether it runs here", false)
    .option("--dry-run", "print the plan and the time it will take, and run nothing", false)
    .option("--keep-temp", "keep the databases that were written", false)
    .addHelpText("after", EXAMPLES);
  if (!parseCommand(command, args)) return undefined;
  const options = command.opts<Omit<BenchOptions, "label">>();
  if (options.probe && !options.list) {
    throw new UsageError("Cannot probe without --list as the list is what it is shown in");
  }
  if (options.dryRun && options.resume !== undefined) {
    throw new UsageError("Cannot combine --dry-run with --resume as the plan of a run is in its record");
  }
  if (options.blocks !== undefined && options.budget !== undefined) {
    throw new UsageError("Cannot combine --blocks with --budget as a run ends by one of them: give one");
  }
  const { charts, saveBaseline } = options;
  return { ...options, charts, saveBaseline, label: command.args[0] };
}

function pacing(text: string): string {
  if (parsePacing(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be a number of turns, such as 4, or a timer, such as 1ms.");
}

function timelineChoice(text: string): TimelineChoice {
  const choice = TIMELINE_CHOICES.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw new InvalidArgumentError(
    `It must be one of ${TIMELINE_CHOICES.join(", ")}${didYouMean(text, TIMELINE_CHOICES)}.`,
  );
}

function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}
