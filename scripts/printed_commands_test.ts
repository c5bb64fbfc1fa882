/** Every command that a page or a help text shows is one that the command line takes. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type BenchOptions, parseBenchArguments } from "../lib/cli/bench_options.ts";
import { selectAdapter, selectWorkload, splitAdapterList, splitList } from "../lib/cli/select_cells.ts";
import { loadExperiments } from "../lib/experiments/mod.ts";
import { parseCalibrateArguments, parseExperimentArguments } from "../lib/experiments/run/options.ts";
import { isModuleName, messageOf } from "../lib/model/mod.ts";
import { listRuns } from "../lib/record/mod.ts";
import {
  commandsIn,
  commandsOfHelp,
  commandsOfPage,
  handWrittenPages,
  type PrintedCommand,
} from "../lib/testing/printed_commands.ts";
import { experimentView } from "../site/experiments/experiment_view.ts";
import { runCommands } from "../lib/report/run_commands.ts";
import { helpOf, parseOnly, type ReadsArguments } from "./_parse_only.ts";
import { parseAbArguments } from "./ab.ts";
import { parseEngineArguments } from "./bench_engine.ts";
import { benchSelf } from "./bench_self.ts";
import { parseCheckArguments } from "./check.ts";
import { parseCompareArguments } from "./compare.ts";
import { parseConformanceArguments } from "./conformance.ts";
import { parseDriversArguments } from "./drivers.ts";
import { parseExportArguments } from "./export.ts";
import { parseFuzzArguments } from "./fuzz.ts";
import { parseHistoryArguments } from "./history.ts";
import { parseImportArguments } from "./import.ts";
import { init } from "./init.ts";
import { parseRenderArguments } from "./render.ts";
import { parseReportArguments } from "./report.ts";
import { parseSecondTabArguments } from "./second_tab.ts";
import { parseSignalsArguments } from "./signals.ts";
import { parseSiteArguments } from "./site.ts";
import { parseSmokeArguments } from "./smoke.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Who reads what is typed behind a task's name. */
const READERS: Readonly<Record<string, ReadsArguments>> = {
  ab: (args) => parseAbArguments(args, "/nowhere"),
  bench: readBench,
  "bench:engine": parseEngineArguments,
  calibrate: parseCalibrateArguments,
  check: (args) => parseCheckArguments(args, new Date()),
  compare: parseCompareArguments,
  conformance: parseConformanceArguments,
  drivers: parseDriversArguments,
  experiment: parseExperimentArguments,
  export: parseExportArguments,
  fuzz: parseFuzzArguments,
  history: parseHistoryArguments,
  import: parseImportArguments,
  render: parseRenderArguments,
  report: parseReportArguments,
  "second-tab": parseSecondTabArguments,
  signals: (args) => parseSignalsArguments(args, new Date()),
  site: parseSiteArguments,
  smoke: parseSmokeArguments,
};

/** Those that do what was typed in the same breath. */
const ENTRIES: Readonly<Record<string, ReadsArguments>> = {
  "bench:self": benchSelf,
  init: (args) => init(args, () => {}),
};

/** Rooms with packages of their own, whose tests read what is printed for them. */
const READ_ELSEWHERE: readonly string[] = ["archive", "query", "fleet"];

/** Options of `fleet plan` that are none of `bench`. */
const OF_THE_PLAN = ["--queue", "--key-file", "--heartbeat", "--tries"];

const TASKS =
  (JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as { tasks: Record<string, unknown> }).tasks;

/** Reads what is typed behind `bench`; rejects as well where a workload, an adapter or an option is not there. */
async function readBench(args: readonly string[]): Promise<BenchOptions | undefined> {
  const options = parseBenchArguments(args);
  const isRegistered = (name: string): boolean =>
    !isModuleName(name) && !name.startsWith("<") && !["all", "core"].includes(name);
  for (const name of splitList(options?.workload ?? []).filter(isRegistered)) await selectWorkload(name);
  for (const spec of splitAdapterList(options?.adapter ?? []).filter(isRegistered)) await selectAdapter(spec);
  return options;
}

/** Why the command line does not take a command; `undefined` where it does. */
async function faultOf({ task, args, text }: PrintedCommand): Promise<string | undefined> {
  try {
    const [reader, entry] = [READERS[task], ENTRIES[task]];
    if (reader !== undefined) await reader(args);
    else if (entry !== undefined) await parseOnly(entry, args);
    else if (task === "fleet" && args[0] === "plan") await readBench(withoutPlanOptions(args.slice(1)));
    else if (!Object.hasOwn(TASKS, task)) return `${text}: there is no such task`;
    else if (!READ_ELSEWHERE.includes(task) && args.some((arg) => arg.startsWith("-"))) {
      return `${text}: nobody here knows the task's options`;
    }
    return undefined;
  } catch (error) {
    return `${text}: ${messageOf(error)}`;
  }
}

function withoutPlanOptions(args: readonly string[]): string[] {
  return args.filter((arg, index) =>
    !OF_THE_PLAN.includes(arg) && !OF_THE_PLAN.includes(args[index - 1] ?? "")
  );
}

async function faultsOf(commands: readonly PrintedCommand[]): Promise<string[]> {
  const faults: string[] = [];
  for (const command of commands) {
    const fault = await faultOf(command);
    if (fault !== undefined) faults.push(fault);
  }
  return faults;
}

for (const [path, text] of handWrittenPages(ROOT)) {
  Deno.test(`every command of ${path} is one that the command line takes`, async () => {
    deepStrictEqual(await faultsOf(commandsOfPage(text)), []);
  });
}

for (const [task, reader] of Object.entries({ ...READERS, ...ENTRIES })) {
  Deno.test(`every example in the help of ${task} is one that the command line takes`, async () => {
    const help = await helpOf(reader);
    ok(help.startsWith("Usage: "), help);
    deepStrictEqual(await faultsOf(commandsOfHelp(help)), []);
  });
}

Deno.test("every command that the page of a stored run or of an experiment shows is one that the command line takes", async () => {
  const { runs } = listRuns(`${ROOT}results`);
  ok(runs.length > 10);
  const { experiments } = await loadExperiments(ROOT);
  const printed = [
    ...runs.flatMap(({ header }) => runCommands(header)),
    ...experiments.flatMap((one) =>
      experimentView(one, { judged: [], pages: new Map(), evidence: [] }).commands
    ),
  ];
  const commands = printed.flatMap((text) => commandsIn(text));
  deepStrictEqual(commands.length, printed.length);
  deepStrictEqual(await faultsOf(commands), []);
});

Deno.test("the commands of a workflow are those of the command line", async () => {
  const workflows = [...Deno.readDirSync(`${ROOT}.github/workflows`)].map(({ name }) =>
    `.github/workflows/${name}`
  );
  for (
    const path of [
      ...workflows,
      "lib/project/template/workflow.yml",
      "lib/project/template/adapter.ts",
      "action.yml",
    ]
  ) {
    // What GitHub puts in is known there only.
    const text = Deno.readTextFileSync(`${ROOT}${path}`).replaceAll(
      /\$\{\{[^}]*\}\}/g,
      "https://example.org/",
    );
    deepStrictEqual(await faultsOf(commandsIn(text)), [], path);
  }
});
