/**
 * `deno task bench:engine [runs...]`: what the engine is meant to reach, and whether it does.
 *
 * Live queries alone are measured here, one process after the other; peers and floors come from stored runs. Writes
 * `results/engine-targets.json` (every sample) and `results/engine-targets.md`.
 */
import { Command } from "commander";
import type { StreamsSample } from "../lib/engine/bench/streams_bench.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { findRun } from "../lib/cli/find_run.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { UsageError } from "../lib/model/mod.ts";
import { loadRun, readEnvironment, replaceFile } from "../lib/record/mod.ts";
import { CONFIGURATIONS, type EngineBench, enginePage } from "./bench_engine/page.ts";

const DATA_FILE = "results/engine-targets.json";
const PAGE_FILE = "results/engine-targets.md";
const DEFAULT_PROCESS_COUNT = 5;
const HELP = `
A process takes less than a minute. Peers and floors come from runs that were stored before:

Examples:
  $ deno task bench engine-targets --workload keyed-pk,fan-out,overlap,sync-burst --blocks 10 --adapter watchlite,watchlite:writer=auto,patch=on,powersync,tinybase,tanstack-db,node-sqlite,node-sqlite:rowsPerStep=16
  $ deno task bench engine-streams --workload fan-out --sweep streams=100,1000 --blocks 10 --adapter watchlite,watchlite:writer=auto,patch=on,tinybase,tanstack-db
  $ deno task bench:engine engine-targets engine-streams
  $ deno task bench:engine engine-targets engine-streams --from

With --from the stored samples are kept, and only the page is made again.
Exit codes: 0 fine, whatever was met or missed, 1 a process failed, 2 usage, 3 the disk did not take the files.`;

async function measureStreams(processCount: number): Promise<StreamsSample[]> {
  const program = new URL("../lib/engine/bench/streams_bench.ts", import.meta.url).pathname;
  const samples: StreamsSample[] = [];
  // In turns: what the machine does meanwhile is the same for all.
  const asked = Array.from({ length: processCount }, () => CONFIGURATIONS).flat();
  for (const { options } of asked) {
    const { success, code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--v8-flags=--expose-gc", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"]
        .concat("--allow-sys", program, JSON.stringify(options)),
      stderr: "inherit",
    }).output();
    if (!success) {
      throw new Error(`Cannot measure live queries as their process must end well: exit code ${code}`);
    }
    samples.push(JSON.parse(new TextDecoder().decode(stdout)) as StreamsSample);
    console.error(`Process ${samples.length} of ${asked.length} is done`);
  }
  return samples;
}

interface EngineArguments {
  /** Stored runs with peers and floors. */
  readonly runs: readonly string[];
  /** Processes for each way to open the engine. */
  readonly processCount: number;
  /** Takes the stored samples, and measures nothing. */
  readonly from: boolean;
}

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseEngineArguments(args: readonly string[]): EngineArguments | undefined {
  const command = new Command("bench:engine")
    .description("Measures what the engine is meant to reach, and says what is met and what is missed.")
    .argument("[runs...]", "stored runs with peers and floors")
    .option(
      "--processes <count>",
      "processes with live queries alone, for each way to open the engine",
      String(DEFAULT_PROCESS_COUNT),
    )
    .option("--from", `take the samples of ${DATA_FILE}, measure nothing`, false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const { processes, from } = command.opts<{ processes: string; from: boolean }>();
  const processCount = Number(processes);
  if (!Number.isSafeInteger(processCount) || processCount < 1) {
    throw new UsageError(`Cannot measure as --processes must be a whole number above 0: got "${processes}"`);
  }
  return { runs: command.processedArgs[0] as string[], processCount, from };
}

async function main({ runs, processCount, from }: EngineArguments): Promise<number> {
  // Before anything is measured: a run that is not there must not cost minutes.
  const records = runs.map((run) => loadRun(findRun(run, "results")));
  const measured = from ? JSON.parse(Deno.readTextFileSync(DATA_FILE)) as EngineBench : {
    startedAt: new Date().toISOString(),
    environment: readEnvironment(),
    samples: await measureStreams(processCount),
  };
  const bench: EngineBench = { ...measured, runs: records.map(({ id }) => id) };
  const page = enginePage(bench, records);
  replaceFile(DATA_FILE, JSON.stringify(bench, null, 2) + "\n");
  replaceFile(PAGE_FILE, page);
  console.log(page);
  return EXIT.fine;
}

if (import.meta.main) {
  try {
    const parsed = parseEngineArguments(Deno.args);
    Deno.exit(parsed === undefined ? EXIT.fine : await main(parsed));
  } catch (error) {
    Deno.exit(reportFailure("bench:engine", error));
  }
}
