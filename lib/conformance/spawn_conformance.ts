/**
 * Runs the suite for one adapter: a process of its own with exactly the adapter's configuration and permissions plays,
 * this one asks and judges, and watches how that process leaves: threads, timers, files and processes that `close`
 * forgot.
 */
import { fileURLToPath } from "node:url";
import type { OptionValues } from "../model/adapter.ts";
import type { RuntimeId } from "../model/runtime.ts";
import type { SessionTarget } from "../cli/session_child.ts";
import { makeTempDirectory } from "../cli/temp_directory.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import { type Launch, LAUNCHERS } from "../runner/launchers/mod.ts";
import { ChildGoneError } from "../runner/run_block.ts";
import type { ConformanceTarget } from "./find_targets.ts";
import { gapsOf, type JudgedResult, judgeGaps, UNFINISHED_KEY } from "./judge_gaps.ts";
import { runConformance } from "./run_conformance.ts";
import type { Scenario, ScenarioResult } from "./scenario.ts";
import { SuiteChild } from "./suite_child.ts";
import { survivalResults } from "./survival_results.ts";

/** The suite's answer for one adapter with one choice of options. */
export interface ConformanceReport {
  readonly adapter: string;
  readonly options: OptionValues;
  /** Absent for Deno. */
  readonly runtime?: RuntimeId;
  /** Why the driver cannot be used here; the results are empty then. */
  readonly unavailable?: string;
  readonly results: readonly JudgedResult[];
}

/** Key of the scenario that looks at how the process leaves. */
export const LEAK_KEY = "close/leaks-nothing";

const SUITE_MS = 900_000;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How long things may take. */
export interface SpawnPatience {
  /** The whole suite against a slow database takes some two minutes, on a busy machine several times as long. */
  readonly suiteMs?: number;
  /** A process with nothing left to do ends at once; this is for busy machines. */
  readonly leaveMs?: number;
  /** Default is all. Kills are tried only beside all of them. */
  readonly scenarios?: readonly Scenario[];
  /** Of the writes before each kill, and of its moment. Default is another one each time; a fault names it. */
  readonly seed?: number;
}

/** Runs the suite and judges its results by the adapter's known gaps. */
export async function spawnConformance(
  target: ConformanceTarget,
  patience: SpawnPatience = {},
): Promise<ConformanceReport> {
  const { adapter, options, runtime } = target;
  const named = { adapter: adapter.id, options, ...(runtime === undefined ? {} : { runtime }) };
  const directory = await Deno.realPath(await makeTempDirectory());
  try {
    const outcome = await runChild(target, directory, patience);
    if ("unavailable" in outcome) return { ...named, results: [], ...outcome };
    const isWhole = outcome.results.every(({ key }) => key !== UNFINISHED_KEY);
    const results = isWhole
      ? [...outcome.results, ...await killed(target, directory, patience)]
      : outcome.results;
    return { ...named, results: judgeGaps(results, adapter.knownGaps, options, runtime) };
  } finally {
    await removeTree(directory);
  }
}

async function killed(
  target: ConformanceTarget,
  directory: string,
  { suiteMs = SUITE_MS, scenarios, seed = Math.floor(Math.random() * 2 ** 32) }: SpawnPatience,
): Promise<ScenarioResult[]> {
  if (scenarios !== undefined) return [];
  const path = `${directory}/killed`;
  await Deno.mkdir(path);
  const placed = await placedIn(path, target, directory);
  // Everywhere else sessions have a place of their own, which the launcher makes.
  const place = placed.elsewhere === undefined ? path : await placed.elsewhere.launch.makePlace("session");
  return await survivalResults({ target: placed, directory: place, seed, timeoutMs: suiteMs });
}

/** The target with how its children are started in a directory; throws a DriverUnavailableError where they cannot. */
async function placedIn(
  directory: string,
  { runtime, ...target }: ConformanceTarget,
  sharedDirectory: string,
): Promise<SessionTarget> {
  if (runtime === undefined) return target;
  const launch = await LAUNCHERS[runtime].launch({
    adapter: target.adapter,
    adapterUrl: target.moduleUrl,
    directory,
    sharedDirectory,
    downloads: true,
    checkout: ROOT,
    onStep: () => {},
  });
  return { ...target, elsewhere: { runtime, launch } };
}

type Outcome = { readonly results: readonly ScenarioResult[] } | { readonly unavailable: string };

async function runChild(
  target: ConformanceTarget,
  directory: string,
  { suiteMs = SUITE_MS, leaveMs = 2000, scenarios }: SpawnPatience,
): Promise<Outcome> {
  let placed: SessionTarget;
  try {
    placed = await placedIn(directory, target, directory);
  } catch (error) {
    if (error instanceof DriverUnavailableError) return { unavailable: error.message };
    throw error;
  }
  const { launch } = placed.elsewhere ?? {};
  const child = new SuiteChild(placed, directory, suiteMs);
  const results: ScenarioResult[] = [];
  let sessionCount = 0;
  let leaving: Leaving | undefined;
  try {
    await child.begin();
    await runConformance({
      capabilities: target.adapter.capabilities(target.options, target.runtime),
      openSession: async (tables) =>
        await child.open(await makePlace(`session-${++sessionCount}`, directory, launch), tables),
      takeBackground: () => child.takeBackground(),
      readCpu: () => child.readCpu(),
      gaps: new Set(
        gapsOf(target.adapter.knownGaps, target.options, target.runtime).map(({ scenario }) => scenario),
      ),
      onResult: (result) => results.push(result),
      ...(scenarios === undefined ? {} : { scenarios }),
    });
    if (!child.isPage) {
      const openFiles = await filesOpenIn(child.pid, directory);
      leaving = { openFiles, isLate: !await child.leavesWithin(leaveMs), leaveMs };
    }
  } catch (error) {
    if (error instanceof DriverUnavailableError) {
      await child.end();
      return { unavailable: error.message };
    }
    const left = await child.end();
    const printed = child.lastOutput === "" ? "" : `: ${child.lastOutput}`;
    const behind = left.length === 0 ? "" : `; left behind: ${left.join(", ")}`;
    const what = error instanceof ChildGoneError
      ? `${error.message} after ${results.at(-1)?.key ?? "nothing"}${printed}`
      : messageOf(error);
    return { results: [...results, { key: UNFINISHED_KEY, status: "failed", reason: `${what}${behind}` }] };
  }
  const left = await child.end();
  return { results: [...results, leaving === undefined ? PAGE_LEAVES : leakResult(leaving, left)] };
}

/** Whatever a page still holds ends with it. */
const PAGE_LEAVES: ScenarioResult = {
  key: LEAK_KEY,
  status: "skipped",
  reason: "A page ends with whatever it holds",
};

async function makePlace(name: string, directory: string, launch: Launch | undefined): Promise<string> {
  if (launch !== undefined) return await launch.makePlace(name);
  const path = `${directory}/${name}`;
  await Deno.mkdir(path);
  return path;
}

interface Leaving {
  readonly openFiles: OpenFiles;
  readonly isLate: boolean;
  readonly leaveMs: number;
}

type OpenFiles =
  | { readonly kind: "known"; readonly paths: readonly string[] }
  | { readonly kind: "unknown"; readonly reason: string };

function leakResult({ openFiles, isLate, leaveMs }: Leaving, left: readonly string[]): ScenarioResult {
  const failed = (reason: string): ScenarioResult => ({ key: LEAK_KEY, status: "failed", reason });
  if (left.length > 0) return failed(`Processes are left behind: ${left.join(", ")}`);
  if (isLate) {
    return failed(
      `The process was still alive ${leaveMs} ms after everything was closed: a thread, a timer or a socket is left`,
    );
  }
  if (openFiles.kind === "known" && openFiles.paths.length > 0) {
    return failed(`Files open after close: ${openFiles.paths.join(", ")}`);
  }
  const reason = openFiles.kind === "known"
    ? ""
    : `Left in time; open files were not looked at: ${openFiles.reason}`;
  return { key: LEAK_KEY, status: "passed", reason };
}

/** The files below the directory that a process has open. Deno itself may not read /proc, hence `ls`. */
async function filesOpenIn(pid: number, directory: string): Promise<OpenFiles> {
  if (Deno.build.os !== "linux") return { kind: "unknown", reason: `no /proc on ${Deno.build.os}` };
  try {
    const { stdout } = await new Deno.Command("ls", { args: ["-l", `/proc/${pid}/fd`], stderr: "null" })
      .output();
    const targets = new TextDecoder().decode(stdout).split("\n").map((line) => line.split(" -> ")[1] ?? "");
    const paths = targets.filter((path) => path.startsWith(`${directory}/`))
      .map((path) => path.slice(directory.length + 1));
    return { kind: "known", paths };
  } catch (error) {
    return { kind: "unknown", reason: String(error) };
  }
}

/** A process that left the group may still write there: what it leaves is no reason to lose the answer. */
async function removeTree(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}
