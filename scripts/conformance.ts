/**
 * Tries adapters against what every adapter must keep.
 *
 *     deno task conformance [--json] [adapter ...]
 *
 * An adapter is an id, `id:option=value,...`, or a module that exports one (`./my_adapter.ts`). Without options every
 * value of every option is tried; without adapters all registered ones are.
 * Exit codes: 0 all kept (skips and known gaps are fine), 1 something failed or a known gap has closed, 2 usage.
 */
import { messageOf, UsageError } from "../lib/model/errors.ts";
import {
  type ConformanceReport,
  findTargets,
  isFault,
  type JudgedResult,
  spawnConformance,
} from "../lib/testing/conformance/mod.ts";

const MARKS: Readonly<Record<JudgedResult["verdict"], string>> = {
  "passed": "ok    ",
  "failed": "FAIL  ",
  "skipped": "skip  ",
  "known-gap": "gap   ",
  "closed-gap": "CLOSED",
  "stale-gap": "STALE ",
};

async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const unknown = flags.find((flag) => flag !== "--json");
  if (unknown !== undefined) throw new UsageError(`Cannot understand "${unknown}": the only flag is --json`);
  const isJson = flags.length > 0;
  // A task runs in the repository, whatever folder it was started from.
  const folder = Deno.env.get("INIT_CWD") ?? Deno.cwd();
  const targets = await findTargets(args.filter((arg) => !arg.startsWith("-")), folder);
  const reports: ConformanceReport[] = [];
  for (const target of targets) {
    const report = await spawnConformance(target);
    reports.push(report);
    if (!isJson) console.log(textOf(report));
  }
  if (isJson) console.log(JSON.stringify(reports, null, 2));
  return reports.some(({ results }) => results.some(isFault)) ? 1 : 0;
}

function textOf({ adapter, options, unavailable, results }: ConformanceReport): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
  const title = chosen === "" ? adapter : `${adapter}:${chosen}`;
  if (unavailable !== undefined) return `${title}\n  skip   ${unavailable}\n`;
  const lines = results.map(({ key, verdict, reason }) =>
    `  ${MARKS[verdict]} ${key}${reason === "" ? "" : `\n           ${reason}`}`
  );
  const faultCount = results.filter(isFault).length;
  const passedCount = results.filter(({ verdict }) => verdict === "passed").length;
  lines.push(
    `  ${passedCount} of ${results.length} passed${faultCount === 0 ? "" : `, ${faultCount} to look at`}`,
  );
  return [title, ...lines, ""].join("\n");
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(messageOf(error));
    Deno.exitCode = 2;
  }
}
