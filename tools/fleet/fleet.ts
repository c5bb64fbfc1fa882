/** `fleet plan`, `work`, `status`, `collect`, `cancel`, `sql`: one run on more than one machine. */
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { parseBenchArguments } from "../../lib/cli/bench_options.ts";
import { EXIT } from "../../lib/cli/exit_code.ts";
import { isDiskFailure, reportFailure } from "../../lib/cli/failure.ts";
import { parseCommand } from "../../lib/cli/parse_command.ts";
import { sweepTempDirectories } from "../../lib/cli/temp_directory.ts";
import { messageOf, UsageError } from "../../lib/model/mod.ts";
import { defaultResults } from "../../lib/project/project_file.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { collectRecord, type LoadedRound, loadRound } from "./collect.ts";
import { type FleetKey, KEY_VARIABLE, readFleetKey } from "./fleet_key.ts";
import {
  type FleetPlan,
  longestRoundSeconds,
  makePlan,
  openPlan,
  roundCountOf,
  signPlan,
} from "./fleet_plan.ts";
import { FleetQueue, isAway, placeOf, type RoundStatus } from "./fleet_queue.ts";
import { setUpSql } from "./fleet_roles.ts";
import { countsText, statusText } from "./fleet_status.ts";
import { readMachine } from "./machine.ts";
import { roundJobs } from "./round_job.ts";
import { unpackRound } from "./round_result.ts";
import { Spool } from "./spool.ts";
import { work } from "./worker.ts";

/** Holds the queue's address where no option does. */
const QUEUE_VARIABLE = "WATCHBENCH_QUEUE";

const HELP = `
The queue is a PostgreSQL database: --queue postgres://user@host/database, or ${QUEUE_VARIABLE}. Passwords and TLS are as libpq has
them: PGPASSWORD, ~/.pgpass, ?sslmode=verify-full&sslrootcert=ca.pem. All members share one key, in ${KEY_VARIABLE} or in a
file (--key-file); it signs plans, rounds and results.

Examples:
  $ deno task fleet plan nightly --workload core --adapter all --blocks 12    what bench would run, as 13 rounds
  $ deno task fleet work                                                      on every machine
  $ deno task fleet status
  $ deno task fleet collect                                                   waits for all rounds, seals one record
  $ deno task fleet sql --planner planner --worker worker                     SQL for roles with least rights

Exit codes: 0 fine, 1 rounds were refused or given up, 2 usage, 3 the disk is full, 130 interrupted; what was run is kept.`;

/** What every command of the fleet has. */
interface QueueOptions {
  readonly queue?: string;
  readonly keyFile?: string;
}

/** Reads the arguments and does it; resolves to the exit code. */
export async function fleet(args: readonly string[]): Promise<number> {
  if (args[0] === "plan") return await plan(args.slice(1));
  let run: (() => Promise<number>) | undefined;
  const later = (task: () => Promise<number>): void => void (run = task);
  const command = new Command("fleet")
    .description("Runs one plan on any number of machines, by rounds, and seals one record.")
    .addHelpText("after", HELP);
  command.command("plan").description("Puts what bench would run into the queue; options are those of bench.")
    .helpOption(false).allowUnknownOption();
  queueOptions(command.command("work").description("Takes rounds and runs them, until none is left."))
    .option("--spool <folder>", "keeps rounds until the queue has them", "fleet-rounds")
    .option("--machine <name>", "name of this machine in the record (default: drawn once per spool)")
    .option("--results <folder>", "where calibrations are", defaultResults())
    .option("--stay", "wait for further plans when none is left", false)
    .addOption(
      new Option("--poll <seconds>", "between looks at an empty queue").argParser(positive).default(5),
    )
    .action((options: QueueOptions & WorkOptions) => later(() => workHere(options)));
  queueOptions(command.command("status").description("Tells plans, rounds and machines."))
    .option("--all", "collected and cancelled plans, too", false)
    .action((options: QueueOptions & { readonly all: boolean }) => later(() => status(options)));
  queueOptions(command.command("collect").description("Waits for all rounds and seals one record."))
    .argument("[plan]", "its id or label; default is the only open one")
    .option("-o, --out <folder>", "folder of all runs", defaultResults())
    .option("--partial", "do not wait: seal what has arrived", false)
    .option("--again", "put rounds without a sound result back into the queue, and seal nothing", false)
    .addOption(new Option("--poll <seconds>", "between looks at the queue").argParser(positive).default(5))
    .action((name: string | undefined, options: QueueOptions & CollectOptions) =>
      later(() => collect(name, options))
    );
  queueOptions(
    command.command("cancel").description("Takes a plan out of the queue; results that arrived stay."),
  )
    .argument("[plan]", "its id or label; default is the only open one")
    .action((name: string | undefined, options: QueueOptions) => later(() => cancel(name, options)));
  command.command("sql").description("Prints SQL that makes the queue and two roles with least rights.")
    .option("--planner <role>", "may plan, cancel and collect", "watchbench_planner")
    .option("--worker <role>", "may work", "watchbench_worker")
    .action((roles: { readonly planner: string; readonly worker: string }) =>
      later(async () => {
        console.log(setUpSql(roles));
        return EXIT.fine;
      })
    );
  if (!parseCommand(command, args)) return EXIT.fine;
  return await run?.() ?? EXIT.fine;
}

function queueOptions(command: Command): Command {
  return command
    .option("--queue <url>", `the database (default: ${QUEUE_VARIABLE})`)
    .option("--key-file <file>", `holds the fleet's key (default: ${KEY_VARIABLE})`);
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

function queueUrl({ queue = Deno.env.get(QUEUE_VARIABLE) }: QueueOptions): string {
  if (queue === undefined || queue === "") {
    throw new UsageError(
      `Cannot reach the queue as it must be named: give --queue postgres://user@host/database or ${QUEUE_VARIABLE}`,
    );
  }
  if (/^postgres(ql)?:\/\//.test(queue)) return queue;
  throw new UsageError(
    `Cannot reach the queue as it must be named by postgres://user@host/database: got ${
      JSON.stringify(queue.split("@").at(-1))
    }`,
  );
}

async function openQueue(url: string, makes: boolean): Promise<FleetQueue> {
  try {
    return await FleetQueue.open(url, { makes });
  } catch (error) {
    if (!isAway(error)) throw error;
    throw new UsageError(`Cannot reach the queue in ${placeOf(url)}: ${messageOf(error)}`, { cause: error });
  }
}

/** What `plan` has besides the options of `bench`. */
interface PlanOptions extends QueueOptions {
  readonly heartbeat: number;
  readonly tries: number;
}

async function plan(args: readonly string[]): Promise<number> {
  const command = queueOptions(
    new Command("fleet plan").allowUnknownOption().allowExcessArguments(true).helpOption(false),
  )
    .addOption(new Option("--heartbeat <seconds>").argParser(wholeFrom(10)).default(60))
    .addOption(new Option("--tries <n>").argParser(wholeFrom(1)).default(4));
  const isHelp = args.includes("--help") || args.includes("-h");
  if (isHelp) {
    console.log(
      "The options of bench, and: --queue <url>, --key-file <file>, --heartbeat <seconds> (60: a silent worker is taken for dead), " +
        "--tries <n> (4: how often a round is tried).\n--blocks <n> is the number of measured rounds; one more keeps whole rows.\n",
    );
  }
  // What is not its own is left for bench, which tells what it does not know.
  const { own, rest } = splitOptions(args, ["--queue", "--key-file", "--heartbeat", "--tries"]);
  if (!parseCommand(command, own)) return EXIT.fine;
  const options = command.opts<PlanOptions>();
  const benchOptions = parseBenchArguments(rest);
  if (benchOptions === undefined) return EXIT.fine;
  const url = queueUrl(options);
  const key = readFleetKey(options.keyFile);
  const made = await makePlan(benchOptions, new Date(), crypto.randomUUID());
  await using queue = await openQueue(url, true);
  await queue.addPlan(signPlan(made, key), roundJobs(made, key), {
    retryCount: options.tries - 1,
    heartbeatSeconds: options.heartbeat,
    expireInSeconds: longestRoundSeconds(made.settings),
  });
  console.log(
    `Planned "${made.label}" (${made.id}): ${made.settings.cells.length} cells in ${
      roundCountOf(made)
    } rounds, the first one with whole rows`,
  );
  if (made.code.commit === undefined) {
    console.error("No commit names this code: workers need the very same files");
  }
  return EXIT.fine;
}

/** Parts options with a value from everything else. */
function splitOptions(
  args: readonly string[],
  names: readonly string[],
): { readonly own: string[]; readonly rest: string[] } {
  const [own, rest]: [string[], string[]] = [[], []];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (names.some((name) => arg.startsWith(`${name}=`))) own.push(arg);
    else if (names.includes(arg)) own.push(arg, ...args.slice(++index, index + 1));
    else rest.push(arg);
  }
  return { own, rest };
}

interface WorkOptions {
  readonly spool: string;
  readonly machine?: string;
  readonly results: string;
  readonly stay: boolean;
  readonly poll: number;
}

async function workHere(options: QueueOptions & WorkOptions): Promise<number> {
  const url = queueUrl(options);
  const key = readFleetKey(options.keyFile);
  using spool = new Spool(options.spool);
  const machine = readMachine(options.spool, options.results, options.machine);
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  await sweepTempDirectories(tempRoot());
  const tell = (line: string): void => console.error(safeText(line, 2000));
  tell(`Machine ${machine.name}: ${machine.environment.cpuModel}, ${machine.environment.coreCount} CPUs`);
  try {
    const { roundCount, waitingCount } = await work({
      url,
      key,
      machine,
      spool,
      stays: options.stay,
      pollMs: options.poll * 1000,
      signal: interrupt.signal,
      tell,
    });
    console.log(`${roundCount} rounds were run and acknowledged`);
    if (waitingCount > 0) {
      console.log(`${waitingCount} wait in ${options.spool}: fleet work sends them when it is started again`);
    }
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.fine;
  } catch (error) {
    if (!isDiskFailure(error)) throw error;
    const code = reportFailure("fleet", error);
    console.error(`Make room in ${options.spool}, then start fleet work again`);
    return code;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  }
}

/** The folder that temporary directories are made in. */
function tempRoot(): string {
  const one = Deno.makeTempDirSync();
  Deno.removeSync(one);
  return join(one, "..");
}

/** Plans of the queue that this key signed, with what is wrong with the others. */
async function trustedPlans(queue: FleetQueue, key: FleetKey) {
  const [plans, refused]: [{ plan: FleetPlan; state: RoundStatus["state"] }[], string[]] = [[], []];
  for (const { signed, state } of await queue.plans()) {
    try {
      plans.push({ plan: openPlan(signed, key), state });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refused.push(messageOf(error));
    }
  }
  return { plans, refused };
}

async function status(options: QueueOptions & { readonly all: boolean }): Promise<number> {
  const key = readFleetKey(options.keyFile);
  await using queue = await openQueue(queueUrl(options), false);
  const { plans, refused } = await trustedPlans(queue, key);
  const shown = plans.filter(({ state }) => options.all || state === "created");
  const statuses = [];
  for (const { plan, state } of shown) {
    statuses.push({
      plan,
      state,
      rounds: await queue.rounds(plan.id),
      results: await queue.resultLabels(plan.id),
    });
  }
  console.log(statusText(statuses));
  for (const reason of refused) console.error(safeText(reason, 500));
  return EXIT.fine;
}

/** The plan that was named, or the only open one. */
async function findPlan(queue: FleetQueue, key: FleetKey, name: string | undefined): Promise<FleetPlan> {
  const { plans, refused } = await trustedPlans(queue, key);
  const open = plans.filter(({ state }) => state === "created");
  const matching = name === undefined
    ? open
    : plans.filter(({ plan }) => plan.id === name || plan.label === name);
  const chosen = matching.length > 1 ? matching.filter(({ state }) => state === "created") : matching;
  if (chosen.length === 1) return chosen[0]!.plan;
  const known = plans.map(({ plan, state }) => `${plan.label} (${plan.id}, ${state})`).join(", ");
  throw new UsageError(
    `Cannot choose a plan as ${
      name === undefined ? "one must be open" : `one must be called "${safeText(name, 80)}"`
    }: ` +
      `${chosen.length} are; the queue holds ${known === "" ? "none that this key signed" : known}` +
      (refused.length === 0 ? "" : `, and ${refused.length} that another key or version made`),
  );
}

async function cancel(name: string | undefined, options: QueueOptions): Promise<number> {
  const key = readFleetKey(options.keyFile);
  await using queue = await openQueue(queueUrl(options), false);
  const plan = await findPlan(queue, key, name);
  const count = await queue.cancel(plan.id);
  console.log(
    `Cancelled "${plan.label}" (${plan.id}): ${count} rounds were not finished; results that arrived stay`,
  );
  return EXIT.fine;
}

interface CollectOptions {
  readonly out: string;
  readonly partial: boolean;
  readonly again: boolean;
  readonly poll: number;
}

async function collect(name: string | undefined, options: QueueOptions & CollectOptions): Promise<number> {
  const key = readFleetKey(options.keyFile);
  await using queue = await openQueue(queueUrl(options), false);
  const plan = await findPlan(queue, key, name);
  await using _held = await queue.hold(plan.id);
  const rounds = options.partial
    ? await queue.rounds(plan.id)
    : await waitForRounds(queue, plan, options.poll);

  Deno.mkdirSync(options.out, { recursive: true });
  const staging = Deno.makeTempDirSync({ dir: options.out, prefix: ".collect-" });
  try {
    const { arrived, refused } = await readResults(queue, plan, key, staging);
    for (const reason of refused) console.error(safeText(reason, 500));
    const there = new Set(arrived.map(({ round }) => round));
    // A round may have several jobs, those that were sent again: the last one tells how it is.
    const lacking = [...new Map(rounds.map((one) => [one.round, one])).values()]
      .filter(({ round }) => !there.has(round));
    if (options.again) {
      const wanted = new Set(lacking.map(({ round }) => round));
      await queue.addRounds(plan.id, roundJobs(plan, key).filter(({ round }) => wanted.has(round)));
      console.log(`Put ${wanted.size} rounds back into the queue`);
      return EXIT.fine;
    }
    if (lacking.length > 0 && !options.partial) {
      const reason = lacking.find(({ reason }) => reason !== undefined)?.reason;
      throw new UsageError(
        `Cannot collect plan ${plan.id} as every round must have a result that is sound: ${lacking.length} of ${
          roundCountOf(plan)
        } have none (${countsText(lacking)}${
          reason === undefined ? "" : `; ${safeText(reason, 200)}`
        }): --again has them run again, --partial seals the others`,
      );
    }
    const { folder, judged, missing, repeatedCount, wasThere } = collectRecord(plan, arrived, {
      out: options.out,
      staging: join(staging, "record"),
    });
    if (missing.length === 0 || !options.partial) await queue.markCollected(plan.id);
    for (const { machine, anchorNs, aside } of judged) {
      const anchor = anchorNs === undefined ? "no anchor" : `anchor ${(anchorNs / 1e6).toFixed(1)} ms`;
      console.log(
        `${machine.name}: ${machine.rounds.length} rounds, ${anchor}${
          aside === undefined ? "" : `; set aside: ${aside}`
        }`,
      );
    }
    if (repeatedCount > 0) console.log(`${repeatedCount} rounds arrived twice and count once`);
    if (missing.length > 0) console.log(`${missing.length} rounds are not in the record`);
    console.log(`${wasThere ? "It was there already:" : "Wrote"} ${folder}`);
    return refused.length === 0 ? EXIT.fine : EXIT.wrong;
  } finally {
    Deno.removeSync(staging, { recursive: true });
  }
}

/** Waits until no round waits or is under way; meanwhile rounds of workers that are gone are given back. */
async function waitForRounds(
  queue: FleetQueue,
  plan: FleetPlan,
  pollSeconds: number,
): Promise<RoundStatus[]> {
  let told = "";
  const maySupervise = await queue.maySupervise();
  while (true) {
    try {
      if (maySupervise) await queue.supervise(plan.id);
      const rounds = await queue.rounds(plan.id);
      const text = countsText(rounds);
      if (text !== told) console.error(told = text);
      if (!rounds.some(({ state }) => state === "created" || state === "retry" || state === "active")) {
        return rounds;
      }
    } catch (error) {
      if (!isAway(error)) throw error;
      const text = `The queue cannot be reached (${messageOf(error)}): trying again until it is back`;
      if (text !== told) console.error(told = text);
    }
    await new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
  }
}

/** Everything that arrived and is sound; what is not is told and stays in the queue. */
async function readResults(queue: FleetQueue, plan: FleetPlan, key: FleetKey, staging: string) {
  const [arrived, refused]: [LoadedRound[], string[]] = [[], []];
  for await (const { id, value } of queue.results(plan.id)) {
    const { round, machine } = value as { round?: unknown; machine?: unknown };
    try {
      arrived.push(loadRound(unpackRound(value, key, staging), plan));
    } catch (error) {
      if (isDiskFailure(error)) throw error;
      refused.push(`The result ${id} (round ${round}, machine ${machine}) is refused: ${messageOf(error)}`);
    }
  }
  return { arrived, refused };
}

if (import.meta.main) {
  try {
    Deno.exit(await fleet(Deno.args));
  } catch (error) {
    Deno.exit(reportFailure("fleet", error));
  }
}
