/** `deno task second-tab`: what one tab of a browser sees of what another one writes. */
import { Command, Option } from "commander";
import { adapterById, ADAPTERS, parseOptions, splitAdapterSpec } from "../lib/adapters/mod.ts";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import { splitAdapterList } from "../lib/cli/select_cells.ts";
import { nameOf, type SecondTabReport, storeTabs, tabsPage, trySecondTab } from "../lib/conformance/mod.ts";
import { type Adapter, defaultOptions, type OptionValues, runtimesOf, UsageError } from "../lib/model/mod.ts";
import { readEnvironment, replaceFile } from "../lib/record/mod.ts";
import { LAUNCHERS } from "../lib/runner/launchers/mod.ts";

const HELP = `
Without adapters, all that run in pages are tried, with each place that they may store their data in.

Examples:
  $ deno task second-tab                               all of them
  $ deno task second-tab -a dexie,pglite:storage=idb   two of them
  $ deno task second-tab --out results/second-tab      stored as a table and a page

Exit codes: 0 tried (whatever was seen), 1 a first tab failed, 2 usage.`;

/** Options that name a place for the data. */
const PLACES: readonly string[] = ["storage", "persister", "persistence", "vfs"];

interface Target {
  readonly adapter: Adapter;
  readonly options: OptionValues;
}

/** What is tried: what was named, or every adapter of pages with each of its places. Throws a UsageError. */
export function tabTargets(specs: readonly string[]): Target[] {
  if (specs.length === 0) {
    return ADAPTERS.filter((adapter) => runtimesOf(adapter).includes("chromium")).flatMap(placesOf);
  }
  return specs.map((spec) => {
    const { name, optionText } = splitAdapterSpec(spec);
    const adapter = adapterById(name);
    if (!runtimesOf(adapter).includes("chromium")) {
      throw new UsageError(`Cannot try "${name}" in two tabs as it must run in pages: it does not`);
    }
    const named = parseOptions(adapter, optionText);
    const usual = defaultOptions(adapter);
    const chosen = Object.entries(named).filter(([option, value]) =>
      value !== usual[option] || optionText.includes(`${option}=`)
    );
    return { adapter, options: { ...defaultOptions(adapter, "chromium"), ...Object.fromEntries(chosen) } };
  });
}

function placesOf(adapter: Adapter): Target[] {
  const options = defaultOptions(adapter, "chromium");
  const others = Object.entries(adapter.options).filter(([name]) => PLACES.includes(name))
    .flatMap(([name, { values, only = {} }]) =>
      values.filter((value) => value !== options[name] && (only[value]?.includes("chromium") ?? true))
        .map((value) => ({ adapter, options: { ...options, [name]: value } }))
    );
  return [{ adapter, options }, ...others];
}

interface SecondTabArguments {
  readonly adapter: readonly string[];
  /** Where the table is stored, without the ending; absent when it is not. */
  readonly out?: string;
}

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseSecondTabArguments(args: readonly string[]): SecondTabArguments | undefined {
  const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];
  const command = new Command("second-tab")
    .description("Tells what one tab of a browser sees of what another one writes.")
    .addOption(
      new Option("-a, --adapter <ids>", "adapters, id:option=value").argParser(collect).default([], "all"),
    )
    .option("--out <path>", "store what was seen as <path>.json and <path>.md")
    .addHelpText("after", HELP);
  return parseCommand(command, args) ? command.opts<SecondTabArguments>() : undefined;
}

async function main({ adapter, out }: SecondTabArguments): Promise<number> {
  const targets = tabTargets(splitAdapterList(adapter));
  const browser = await LAUNCHERS.chromium.find();
  if ("reason" in browser) {
    throw new UsageError(`Cannot open two tabs as there must be a browser: ${browser.reason}`);
  }
  const reports: SecondTabReport[] = [];
  for (const { adapter, options } of targets) {
    const report = await trySecondTab(adapter, options);
    reports.push(report);
    console.log(lineOf(report));
  }
  if (out !== undefined) {
    const { commit, isDirty, os, cpuModel } = readEnvironment();
    const tabs = storeTabs(reports, {
      ...(commit === undefined ? {} : { commit }),
      ...(isDirty === undefined ? {} : { isDirty }),
      chromium: browser.version,
      os,
      cpuModel,
    }, new Date());
    replaceFile(`${out}.json`, `${JSON.stringify(tabs, null, 1)}\n`);
    replaceFile(`${out}.md`, tabsPage(tabs));
  }
  return reports.some(({ fault }) => fault !== undefined) ? EXIT.wrong : EXIT.fine;
}

function lineOf(report: SecondTabReport): string {
  const { unavailable, refused, fault, writeCount, shownAfterMs, isRead } = report;
  const name = nameOf(report);
  if (unavailable !== undefined) return `${name}: skipped, ${unavailable}`;
  if (refused !== undefined) return `${name}: the second tab got no database, ${refused}`;
  const times = shownAfterMs.map((ms) => ms.toFixed(1)).join(" ");
  return `${name}: ${shownAfterMs.length} of ${writeCount} shown (${times} ms), read: ${isRead ?? "-"}${
    fault === undefined ? "" : `, FAULT ${fault}`
  }`;
}

if (import.meta.main) {
  try {
    const parsed = parseSecondTabArguments(Deno.args);
    Deno.exitCode = parsed === undefined ? EXIT.fine : await main(parsed);
  } catch (error) {
    Deno.exitCode = reportFailure("second-tab", error);
  }
}
