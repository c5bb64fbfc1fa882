/** `deno task conformance`: try adapters against what every adapter must keep. */
import { Command, InvalidArgumentError, Option } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import {
  conformancePage,
  type ConformanceTarget,
  type DrivenReport,
  isFault,
  type JudgedResult,
  mergeConformance,
  parseConformance,
  planConformance,
  spawnConformance,
  storeConformance,
} from "../lib/conformance/mod.ts";
import { defaultOptions } from "../lib/model/adapter.ts";
import { DEFAULT_RUNTIME, RUNTIME_IDS, type RuntimeId, runtimeTitle } from "../lib/model/runtime.ts";
import { readEnvironment, replaceFile, textIfThere } from "../lib/record/mod.ts";
import { LAUNCHERS } from "../lib/runner/launchers/mod.ts";

const MARKS: Readonly<Record<JudgedResult["verdict"], string>> = {
  "passed": "ok    ",
  "failed": "FAIL  ",
  "skipped": "skip  ",
  "known-gap": "gap   ",
  "closed-gap": "CLOSED",
  "stale-gap": "STALE ",
};

interface ConformanceArguments {
  readonly adapters: readonly string[];
  readonly json: boolean;
  /** Of each adapter, nothing but the default options. */
  readonly defaults: boolean;
  /** Where the table is stored, without the ending; absent when it is not. */
  readonly out?: string;
  /** How many adapters are tried at the same time. */
  readonly lanes: number;
  /** Where they are tried, one after the other. */
  readonly runtime: readonly RuntimeId[];
}

const HELP = `
Without options every value of every option is tried; without adapters all registered ones are.
What is stored stays, but for rows that were tried anew: runtimes and adapters may be tried one after the other.

Examples:
  $ deno task conformance watchlite                    one adapter, with each of its options
  $ deno task conformance pglite:mode=changes          with this option only
  $ deno task conformance ./my_adapter.ts              a module that exports one
  $ deno task conformance --json                       all of them, for programs
  $ deno task conformance --out results/conformance    all of them, stored as a table and a page
  $ deno task conformance --defaults --runtime deno,node,bun,chromium --lanes 2 --out results/conformance
                                                       the table of adapters by runtimes by kinds
  $ deno task conformance --runtime chromium dexie     in a page of Chromium

Exit codes: 0 all kept (skips and known gaps are fine), 1 something failed or a known gap has closed, 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseConformanceArguments(args: readonly string[]): ConformanceArguments | undefined {
  const command = new Command("conformance")
    .description("Tries adapters against what every adapter must keep.")
    .argument("[adapters...]", "id, id:option=value,... or a module")
    .option("--defaults", "try each adapter with its default options only", false)
    .option("--json", "print the reports as JSON", false)
    .option("--out <path>", "add what was tried to the table <path>.json, and write <path>.md")
    .addOption(
      new Option("--runtime <list>", "where: deno, node, bun, chromium, firefox").default([DEFAULT_RUNTIME])
        .argParser(parseRuntimes),
    )
    .addOption(
      new Option("--lanes <count>", "adapters that are tried at the same time").default(1).argParser(
        parseLanes,
      ),
    )
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  return { ...command.opts<Omit<ConformanceArguments, "adapters">>(), adapters: command.args };
}

async function main(
  { adapters, json, defaults, out, lanes, runtime }: ConformanceArguments,
): Promise<number> {
  // A task runs in the repository, whatever folder it was started from.
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const { targets: found, absent } = await planConformance(adapters, folder, runtime);
  const targets = defaults ? found.filter(hasDefaults) : found;
  const reports: DrivenReport[] = absent.map(({ adapter, runtime, reason }) => ({
    adapter: adapter.id,
    options: {},
    ...(runtime === DEFAULT_RUNTIME ? {} : { runtime }),
    unavailable: reason,
    results: [],
    drivers: adapter.drivers,
  }));
  const table = out === undefined ? undefined : await openTable(out, runtime);
  const absentCount = reports.length;
  let [next, triedCount] = [0, 0];
  const lane = async () => {
    while (next < targets.length) {
      const index = next++;
      const target = targets[index]!;
      const report = { ...await spawnConformance(target), drivers: target.adapter.drivers };
      reports[absentCount + index] = report;
      if (!json) console.log(textOf(report));
      // Hours may follow: what was tried is kept whatever happens then.
      table?.store(reports.filter((one) => one !== undefined), false);
      triedCount++;
      if (targets.length > 1) console.error(`${triedCount} of ${targets.length} tried`);
    }
  };
  if (!json) { for (const report of reports) console.log(textOf(report)); }
  await Promise.all(Array.from({ length: lanes }, lane));
  if (json) console.log(JSON.stringify(reports, null, 2));
  table?.store(reports, adapters.length === 0 && !defaults);
  return reports.some(({ results }) => results.some(isFault)) ? EXIT.wrong : EXIT.fine;
}

/** A table on the disk, to which a run adds its reports. */
interface OpenTable {
  /** Writes what was there before with all reports of the run so far; `isWhole`: nothing else is left in its runtimes. */
  store(reports: readonly DrivenReport[], isWhole: boolean): void;
}

async function openTable(out: string, runtimes: readonly RuntimeId[]): Promise<OpenTable> {
  const file = `${out}.json`;
  const text = textIfThere(file);
  const before = text === undefined ? undefined : parseConformance(text, file);
  const { commit, isDirty, deno, os, cpuModel } = readEnvironment();
  const versions: Partial<Record<RuntimeId, string>> = {};
  for (const runtime of runtimes) {
    if (runtime === DEFAULT_RUNTIME) continue;
    const found = await LAUNCHERS[runtime].find();
    if ("version" in found) versions[runtime] = found.version;
  }
  const environment = {
    ...(commit === undefined ? {} : { commit }),
    ...(isDirty === undefined ? {} : { isDirty }),
    deno,
    ...(Object.keys(versions).length === 0 ? {} : { runtimes: versions }),
    os,
    cpuModel,
  };
  return {
    store(reports, isWhole) {
      const table = mergeConformance(before, storeConformance(reports, environment, new Date()), isWhole);
      replaceFile(file, `${JSON.stringify(table, null, 1)}\n`);
      replaceFile(`${out}.md`, conformancePage(table));
    },
  };
}

function hasDefaults({ adapter, options, runtime }: ConformanceTarget): boolean {
  return Object.entries(defaultOptions(adapter, runtime)).every(([name, value]) => options[name] === value);
}

function parseRuntimes(text: string): RuntimeId[] {
  return text.split(",").map((name) => {
    const id = RUNTIME_IDS.find((known) => known === name.trim());
    if (id === undefined) {
      throw new InvalidArgumentError(`Each must be one of ${RUNTIME_IDS.join(", ")}: got "${name}"`);
    }
    return id;
  });
}

function parseLanes(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1: got "${text}"`);
}

function textOf({ adapter, options, runtime, unavailable, results }: DrivenReport): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
  const title = `${chosen === "" ? adapter : `${adapter}:${chosen}`}${
    runtime === undefined ? "" : ` in ${runtimeTitle(runtime)}`
  }`;
  if (unavailable !== undefined) return `${title}\n  skip   ${unavailable}\n`;
  const lines = results.map(({ key, verdict, reason }) =>
    `  ${MARKS[verdict]} ${key}${reason === "" ? "" : `\n           ${reason}`}`
  );
  return [title, ...lines, `  ${summaryOf(results)}`, ""].join("\n");
}

/** How the scenarios ended, in one line; endings that did not occur are left out. */
export function summaryOf(results: readonly JudgedResult[]): string {
  const countOf = (verdict: JudgedResult["verdict"]) =>
    results.filter((result) => result.verdict === verdict).length;
  const [skipCount, gapCount] = [countOf("skipped"), countOf("known-gap")];
  const faultCount = results.filter(isFault).length;
  return [
    `${countOf("passed")} passed`,
    ...(skipCount === 0 ? [] : [`${skipCount} ${skipCount === 1 ? "does" : "do"} not apply`]),
    ...(gapCount === 0 ? [] : [`${gapCount} known ${gapCount === 1 ? "gap" : "gaps"}`]),
    ...(faultCount === 0 ? [] : [`${faultCount} to look at`]),
  ].join(", ");
}

if (import.meta.main) {
  try {
    const parsed = parseConformanceArguments(Deno.args);
    Deno.exitCode = parsed === undefined ? EXIT.fine : await main(parsed);
  } catch (error) {
    Deno.exitCode = reportFailure("conformance", error);
  }
}
