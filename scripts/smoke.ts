/** `deno task smoke`: every adapter once in every runtime, small, judged; nothing is measured and nothing is stored. */
import { Command, InvalidArgumentError, Option } from "commander";
import { runBlockProcess } from "../lib/cli/block_process.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { combineCells, selectAdapters, selectRuntimes, selectWorkloads } from "../lib/cli/select_cells.ts";
import { runSmoke, type SmokeOutcome, summarizeSmoke } from "../lib/cli/smoke.ts";
import { makeTempDirectory } from "../lib/cli/temp_directory.ts";
import { runtimeParameter } from "../lib/model/mod.ts";

interface SmokeArguments {
  readonly workload: readonly string[];
  readonly adapter: readonly string[];
  readonly runtime: readonly string[];
  /** How many are tried at the same time. */
  readonly lanes: number;
  /** Seconds for one of them. */
  readonly timeout: number;
}

const MARKS: Readonly<Record<SmokeOutcome["verdict"], string>> = {
  right: "ok   ",
  wrong: "WRONG",
  failed: "FAIL ",
  skipped: "skip ",
};

const HELP = `
Examples:
  $ deno task smoke                                    every adapter in Node, Bun and Chromium
  $ deno task smoke --runtime chromium -a dexie,rxdb   two of them in a page
  $ deno task smoke -r node -w sync-burst,fan-out      other workloads

Exit codes: 0 all right (skips are told), 1 something was wrong or failed, or a runtime had nothing that was right,
2 usage, 130 interrupted.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseSmokeArguments(args: readonly string[]): SmokeArguments | undefined {
  const collect = (value: string, previous: readonly string[] | undefined): string[] => [
    ...previous ?? [],
    value,
  ];
  const command = new Command("smoke")
    .description("Tries every adapter once in every runtime, small: does it run, and is it right?")
    .addOption(new Option("-w, --workload <ids>", "workloads (default: keyed-pk)").argParser(collect))
    .addOption(new Option("-a, --adapter <ids>", "adapters (default: all)").argParser(collect))
    .addOption(
      new Option("-r, --runtime <names>", "deno, node, bun, chromium, firefox (default: node,bun,chromium)")
        .argParser(
          collect,
        ),
    )
    .addOption(
      new Option("--lanes <n>", "how many are tried at the same time").argParser(wholeNumber).default(2),
    )
    .addOption(
      new Option("--timeout <seconds>", "longest time for one of them").argParser(wholeNumber).default(60),
    )
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  const { workload, adapter, runtime, ...rest } = command.opts<
    Partial<SmokeArguments> & Pick<SmokeArguments, "lanes" | "timeout">
  >();
  return {
    workload: workload ?? ["keyed-pk"],
    adapter: adapter ?? ["all"],
    runtime: runtime ?? ["node", "bun", "chromium"],
    ...rest,
  };
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 1: got "${text}"`);
}

async function main({ workload, adapter, runtime, lanes, timeout }: SmokeArguments): Promise<number> {
  const runtimes = selectRuntimes(runtime);
  const cells = combineCells(
    await selectWorkloads(workload),
    await selectAdapters(adapter, [], runtimes),
    ["smoke"],
    runtimes.map(runtimeParameter),
  );
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  const tempDirectory = await makeTempDirectory();
  try {
    const { outcomes, isInterrupted } = await runSmoke({
      cells,
      lanes,
      nowMs: () => performance.now(),
      onOutcome: (outcome) => console.log(lineOf(outcome)),
      run: (selected, position) =>
        runBlockProcess(
          selected,
          { cell: selected.cell, evidence: "digests", blockIndex: 0, position },
          { tempDirectory, keepTemp: false, seed: 0, timeoutMs: timeout * 1000, signal: interrupt.signal },
          () => {},
        ),
    });
    const { lines, isFine } = summarizeSmoke(outcomes, runtimes);
    console.log(`\n${lines.join("\n")}`);
    return isInterrupted ? EXIT.interrupted : isFine ? EXIT.fine : EXIT.wrong;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
    await Deno.remove(tempDirectory, { recursive: true });
  }
}

function lineOf({ key, verdict, reason, elapsedMs }: SmokeOutcome): string {
  const time = elapsedMs === 0 ? "" : `  ${(elapsedMs / 1000).toFixed(1)} s`;
  return `${MARKS[verdict]}  ${key}${time}${reason === "" ? "" : `\n         ${reason}`}`;
}

if (import.meta.main) {
  try {
    const parsed = parseSmokeArguments(Deno.args);
    Deno.exitCode = parsed === undefined ? EXIT.fine : await main(parsed);
  } catch (error) {
    Deno.exitCode = reportFailure("smoke", error);
  }
}
