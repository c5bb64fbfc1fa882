/** `deno task fuzz`: try adapters with random histories against the oracle. */
import { Command, InvalidArgumentError } from "commander";
import { join, resolve } from "node:path";
import { ADAPTERS } from "../lib/adapters/mod.ts";
import { durationText } from "../lib/cli/duration.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { splitAdapterList } from "../lib/cli/select_cells.ts";
import { makeTempDirectory } from "../lib/cli/temp_directory.ts";
import { adapterIdsIn, type ConformanceTarget, findTargets } from "../lib/conformance/find_targets.ts";
import { listHunts, type StoredHunt, storeHunt, writeWhole } from "../lib/conformance/fuzz/finds_file.ts";
import { fateOf, findsPage, isOpen, PAGE_FILE } from "../lib/conformance/fuzz/finds_page.ts";
import { type Find, hunt } from "../lib/conformance/fuzz/hunt.ts";
import { replayFinds } from "../lib/conformance/fuzz/replay_finds.ts";
import { scenarioText } from "../lib/conformance/fuzz/scenario_text.ts";
import { defaultOptions, type OptionValues } from "../lib/model/adapter.ts";
import { DriverUnavailableError, UsageError } from "../lib/model/errors.ts";
import { DEFAULT_RUNTIME } from "../lib/model/runtime.ts";

interface FuzzArguments {
  readonly adapter: readonly string[];
  /** In all, divided equally among the adapters. */
  readonly minutes: number;
  readonly seed: number | undefined;
  readonly out: string | undefined;
  readonly list: boolean;
  readonly again: boolean;
  readonly page: boolean;
}

const DEFAULT_MINUTES = 2;
const STORED = "results/fuzz";

const HELP = `
Tables, writes and queries are random, within what an adapter declares; what is read and shown is held against the
oracle. A find is made small and printed as a scenario for lib/conformance/found_scenarios.ts. What is found, and what
known gaps name, is cut out from there on. Without adapters all registered ones that run here are tried, one after the
other. A hunt ends with its time, or with ten finds.

Examples:
  $ deno task fuzz --adapter pglite --minutes 10              one adapter for ten minutes
  $ deno task fuzz --adapter pglite:mode=changes --seed 7     with this option, and histories that can be repeated
  $ deno task fuzz --minutes 22 --out ${STORED}            a minute each, kept by adapter
  $ deno task fuzz --again --adapter rxdb                     play what is kept again, and keep what became of it
  $ deno task fuzz --list                                     what is kept

Exit codes: 0 nothing was wrong, 1 something was that no known gap names, 2 usage, 130 interrupted; what was found is
kept.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseFuzzArguments(args: readonly string[]): FuzzArguments | undefined {
  const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("fuzz")
    .description("Tries adapters with random histories against the oracle.")
    .allowExcessArguments(true)
    .option("-a, --adapter <ids>", "adapters, repeatable or comma-separated; id:option=value", collect, [])
    .option("-m, --minutes <number>", "for all adapters together", minutesOf, DEFAULT_MINUTES)
    .option("--seed <number>", "whole number; the same one gives the same histories", seedOf)
    .option("--out <folder>", "keep what is found there, one file for each adapter")
    .option("--again", `play what is kept in --out, or in ${STORED}, again`, false)
    .option("--list", `show what is kept in --out, or in ${STORED}`, false)
    .option("--page", `write ${PAGE_FILE} of what is kept in --out, or in ${STORED}, anew`, false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  if (command.args.length > 0) {
    throw new UsageError(`Cannot go on as adapters are named by --adapter: got "${command.args.join(" ")}"`);
  }
  const options = command.opts<FuzzArguments>();
  const chosen = (["again", "list", "page"] as const).filter((name) => options[name]);
  if (chosen.length > 1) {
    throw new UsageError(`Cannot go on as only one thing can be done at a time: got --${chosen.join(" --")}`);
  }
  return options;
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (text.trim() === "" || !(minutes > 0 && minutes <= 24 * 60)) {
    throw new InvalidArgumentError("It must be a number above 0 and at most 1440.");
  }
  return minutes;
}

function seedOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number below 1000000000.");
  return Number(text);
}

async function main(options: FuzzArguments): Promise<number> {
  // A task runs in the repository, whatever folder it was started from.
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const out = options.out === undefined ? undefined : resolve(folder, options.out);
  if (options.list) return list(out ?? STORED);
  if (options.page) {
    writePage(out ?? STORED);
    return EXIT.fine;
  }
  const targets = await chosenTargets(options.adapter, folder);
  const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000_000;
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, onSignal);
  let findCount = 0;
  try {
    if (options.again) return await playAgain(out ?? STORED, targets, interrupt.signal);
    for (const target of targets) {
      if (interrupt.signal.aborted) break;
      findCount += await huntOne(target, {
        seed,
        durationMs: Math.round(options.minutes * 60_000 / targets.length),
        signal: interrupt.signal,
        out,
      });
    }
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, onSignal);
  }
  if (interrupt.signal.aborted) return EXIT.interrupted;
  return findCount > 0 ? EXIT.wrong : EXIT.fine;
}

/**
 * Every adapter once, with the options that were named and the others at their defaults; all that run here when none is named.
 * Throws a UsageError for what cannot be found or does not run here.
 */
export async function chosenTargets(values: readonly string[], folder: string): Promise<ConformanceTarget[]> {
  const named = splitAdapterList(values);
  if (values.length > 0 && named.length === 0) {
    throw new UsageError(`Cannot go on as --adapter must name one: got "${values.join(" ")}"`);
  }
  const specs = named.length === 0 || named.includes("all") ? adapterIdsIn(DEFAULT_RUNTIME) : named;
  const targets: ConformanceTarget[] = [];
  for (const spec of specs) targets.push((await findTargets([spec], folder))[0]!);
  return targets;
}

interface HuntSettings {
  readonly seed: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
  readonly out: string | undefined;
}

/** Resolves to the number of finds. */
async function huntOne(
  target: ConformanceTarget,
  { seed, durationMs, signal, out }: HuntSettings,
): Promise<number> {
  const { adapter, options } = target;
  const title = titleOf(adapter.id, options);
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const finds: Find[] = [];
  const stored = (
    counts: Omit<StoredHunt, "startedAt" | "options" | "drivers" | "seed" | "durationMs" | "finds">,
  ): StoredHunt => ({
    startedAt,
    options,
    drivers: adapter.drivers,
    seed,
    durationMs: Math.round(performance.now() - startMs),
    ...counts,
    finds: finds.map((find, index) => ({
      message: find.message,
      traits: [...find.traits],
      isSteady: find.isSteady,
      scenario: textOf(find, keyOf(adapter.id, seed, index), title),
    })),
  });
  const directory = await Deno.realPath(await makeTempDirectory());
  try {
    const report = await hunt({
      target,
      directory,
      seed,
      durationMs,
      signal,
      onFind: (find) => {
        finds.push(find);
        console.log(`\n${title} was wrong: ${find.message}\n`);
        console.log(textOf(find, keyOf(adapter.id, seed, finds.length - 1), title));
        console.log("");
        // Before the hunt goes on: whatever ends it takes nothing away.
        const unknown = { caseCount: 0, stepCount: 0, leftOutCount: 0, unsteady: [], isInterrupted: true };
        if (out !== undefined) storeHunt(out, adapter.id, stored(unknown));
      },
    });
    if (report.unavailable !== undefined) {
      console.log(`${title}: skipped, ${report.unavailable}`);
      return 0;
    }
    const { finds: _, unavailable: __, unsteady, ...counts } = report;
    if (out !== undefined) {
      storeHunt(out, adapter.id, stored({ ...counts, unsteady: [...unsteady] }));
      writePage(out);
    }
    const { caseCount, cutCount, leftOutCount, stepCount } = report;
    console.log(
      `${title}: ${count(finds.length, "find")} in ${count(caseCount, "history", "histories")} of ${
        count(stepCount, "step")
      }${cutCount === 0 ? "" : `, known faults cut out of ${cutCount}`}${
        leftOutCount === 0 ? "" : `, ${leftOutCount} left out for known faults`
      }${unsteady.length === 0 ? "" : `, ${count(unsteady.length, "fault")} that did not show again`}${
        report.endedBy === "finds" ? ", ended by its finds" : ""
      } (${durationText(performance.now() - startMs)}, seed ${seed})`,
    );
    return finds.length;
  } finally {
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

/** Plays what is kept of the targets' adapters again; resolves to the exit code. */
async function playAgain(
  folder: string,
  targets: readonly ConformanceTarget[],
  signal: AbortSignal,
): Promise<number> {
  const stored = listHunts(folder);
  let openCount = 0;
  for (const target of targets) {
    const { id } = target.adapter;
    const hunts = stored.find(({ adapter }) => adapter === id)?.hunts ?? [];
    for (const hunt of hunts.filter(({ finds }) => finds.length > 0)) {
      if (signal.aborted) return EXIT.interrupted;
      const directory = await Deno.realPath(await makeTempDirectory());
      try {
        const played = await replayFinds(hunt, { target, directory });
        storeHunt(folder, id, played);
        for (const find of played.finds) console.log(`${id}: ${find.message}: ${fateOf(find)}`);
        openCount += played.finds.filter(isOpen).length;
      } catch (error) {
        if (!(error instanceof DriverUnavailableError)) throw error;
        console.log(`${id}: skipped, ${error.message}`);
      } finally {
        await Deno.remove(directory, { recursive: true }).catch(() => {});
      }
    }
  }
  writePage(folder);
  return openCount > 0 ? EXIT.wrong : EXIT.fine;
}

function writePage(folder: string): void {
  writeWhole(join(folder, PAGE_FILE), findsPage(listHunts(folder)));
}

function textOf({ message, traits, history, isSteady }: Find, key: string, title: string): string {
  return scenarioText(key, history, [
    `${title}: ${message}`,
    ...(isSteady ? [] : ["Not wrong each time that it was played again."]),
    `Traits: ${traits.join(", ")}`,
  ]);
}

function keyOf(adapter: string, seed: number, index: number): string {
  return `found/${adapter}-${seed}-${index + 1}`;
}

function list(folder: string): number {
  const all = listHunts(folder);
  if (all.length === 0) console.log(`Nothing is kept in ${folder}`);
  for (const { adapter, hunts } of all) {
    for (const { options, drivers, startedAt, seed, durationMs, caseCount, finds, unsteady } of hunts) {
      const versions = Object.entries(drivers).map(([name, version]) => `${name} ${version}`).join(", ");
      console.log(
        `${titleOf(adapter, options)}${versions === "" ? "" : ` (${versions})`}: ${
          count(finds.length, "find")
        } in ${count(caseCount, "history", "histories")}, ${durationText(durationMs)} on ${
          startedAt.slice(0, 10)
        }, seed ${seed}${unsteady.length === 0 ? "" : `, ${unsteady.length} not shown again`}`,
      );
      for (const find of finds) console.log(`  - ${find.message}: ${fateOf(find)}`);
    }
  }
  return EXIT.fine;
}

/** The id, and the options that are not at their defaults; all of them where the adapter is from outside. */
function titleOf(id: string, options: OptionValues): string {
  const known = ADAPTERS.find((adapter) => adapter.id === id);
  const defaults = known === undefined ? {} : defaultOptions(known);
  const chosen = Object.entries(options).filter(([name, value]) => defaults[name] !== value)
    .map(([name, value]) => `${name}=${value}`).join(",");
  return chosen === "" ? id : `${id}:${chosen}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

if (import.meta.main) {
  try {
    const parsed = parseFuzzArguments(Deno.args);
    Deno.exitCode = parsed === undefined ? EXIT.fine : await main(parsed);
  } catch (error) {
    Deno.exitCode = reportFailure("fuzz", error);
  }
}
