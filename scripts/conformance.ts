/** `deno task conformance`: try adapters against what every adapter must keep. */
import { Command } from "commander";
import { EXIT } from "../lib/cli/exit_code.ts";
import { reportFailure } from "../lib/cli/failure.ts";
import { parseCommand } from "../lib/cli/parse_command.ts";
import {
  type ConformanceReport,
  findTargets,
  isFault,
  type JudgedResult,
  spawnConformance,
} from "../lib/conformance/mod.ts";

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
}

const HELP = `
Without options every value of every option is tried; without adapters all registered ones are.

Examples:
  $ deno task conformance watchlite                    one adapter, with each of its options
  $ deno task conformance pglite:mode=changes          with this option only
  $ deno task conformance ./my_adapter.ts              a module that exports one
  $ deno task conformance --json                       all of them, for programs

Exit codes: 0 all kept (skips and known gaps are fine), 1 something failed or a known gap has closed, 2 usage.`;

/** Reads the arguments. Returns `undefined` when help was asked for and printed. Throws a UsageError. */
export function parseConformanceArguments(args: readonly string[]): ConformanceArguments | undefined {
  const command = new Command("conformance")
    .description("Tries adapters against what every adapter must keep.")
    .argument("[adapters...]", "id, id:option=value,... or a module")
    .option("--json", "print the reports as JSON", false)
    .addHelpText("after", HELP);
  if (!parseCommand(command, args)) return undefined;
  return { ...command.opts<Omit<ConformanceArguments, "adapters">>(), adapters: command.args };
}

async function main({ adapters, json }: ConformanceArguments): Promise<number> {
  // A task runs in the repository, whatever folder it was started from.
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const targets = await findTargets(adapters, folder);
  const reports: ConformanceReport[] = [];
  for (const target of targets) {
    const report = await spawnConformance(target);
    reports.push(report);
    if (!json) console.log(textOf(report));
  }
  if (json) console.log(JSON.stringify(reports, null, 2));
  return reports.some(({ results }) => results.some(isFault)) ? EXIT.wrong : EXIT.fine;
}

function textOf({ adapter, options, unavailable, results }: ConformanceReport): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
  const title = chosen === "" ? adapter : `${adapter}:${chosen}`;
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
