/**
 * Runs the suite for one adapter in a process of its own, with exactly the adapter's configuration and permissions,
 * and watches how that process leaves: threads, timers and files that `close` forgot keep it alive or open.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { childFlags } from "../runner/child_flags.ts";
import { outsideAccess } from "../runner/outside_module.ts";
import { type JudgedResult, judgeGaps } from "./judge_gaps.ts";
import type { ScenarioResult } from "./scenario.ts";

/** What the child prints behind its token. */
export type ChildLine =
  | { readonly kind: "result"; readonly result: ScenarioResult }
  /** All sessions are closed; the child waits for its standard input to end. */
  | { readonly kind: "closed" }
  | { readonly kind: "unavailable"; readonly reason: string }
  | { readonly kind: "broken"; readonly reason: string };

/** An adapter, and where it was found. */
export interface ConformanceTarget {
  readonly adapter: Adapter;
  readonly options: OptionValues;
  /** URL of the module of an adapter from outside; absent for registered ones. */
  readonly moduleUrl?: string;
  /** Configuration for a module from outside; absent where it has none. */
  readonly configPath?: string;
}

/** The suite's answer for one adapter with one choice of options. */
export interface ConformanceReport {
  readonly adapter: string;
  readonly options: OptionValues;
  /** Why the driver cannot be used here; the results are empty then. */
  readonly unavailable?: string;
  readonly results: readonly JudgedResult[];
}

/** Key of the scenario that only the parent can decide. */
export const LEAK_KEY = "close/leaks-nothing";

const ENTRY = fileURLToPath(new URL("./child.ts", import.meta.url));
/** The whole suite against a slow database takes about a minute. */
const SUITE_TIMEOUT_MS = 300_000;
/** A process with nothing left to do ends at once; this is for busy machines. */
const LEAVE_MS = 2000;
const OUTPUT_LINES_KEPT = 5;

/**
 * Runs the suite in a child process and judges its results by the adapter's known gaps. `leaveMs` is how long the
 * process may live on after everything was closed.
 */
export async function spawnConformance(
  target: ConformanceTarget,
  leaveMs = LEAVE_MS,
): Promise<ConformanceReport> {
  const { adapter, options } = target;
  const directory = await Deno.realPath(
    await Deno.makeTempDir({ prefix: `watchbench-${Deno.pid}-conformance-` }),
  );
  try {
    const outcome = await runChild(target, directory, leaveMs);
    if ("unavailable" in outcome) return { adapter: adapter.id, options, results: [], ...outcome };
    return { adapter: adapter.id, options, results: judgeGaps(outcome.results, adapter.knownGaps, options) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

type Outcome = { readonly results: readonly ScenarioResult[] } | { readonly unavailable: string };

async function runChild(target: ConformanceTarget, directory: string, leaveMs: number): Promise<Outcome> {
  const { adapter, options, moduleUrl, configPath } = target;
  const token = crypto.randomUUID();
  const read = moduleUrl === undefined ? [] : outsideAccess(moduleUrl).read;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...childFlags({ adapter, directory, configPath, read }),
      ENTRY,
      token,
      moduleUrl ?? adapter.id,
      JSON.stringify(options),
      directory,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  const results: ScenarioResult[] = [];
  const output: string[] = [];
  let ending: ChildLine | undefined;
  let openFiles: OpenFiles = { kind: "unknown", reason: "the child never came to its end" };
  let leave: ReturnType<typeof setTimeout> | undefined;
  let isLate = false;
  const timeout = setTimeout(() => kill(child), SUITE_TIMEOUT_MS);
  const onLine = async (text: string) => {
    if (!text.startsWith(`${token} `)) {
      if (output.push(text) > OUTPUT_LINES_KEPT) output.shift();
      return;
    }
    const line = JSON.parse(text.slice(token.length + 1)) as ChildLine;
    if (line.kind === "result") return void results.push(line.result);
    ending = line;
    openFiles = await filesOpenIn(child.pid, directory);
    leave = setTimeout(() => {
      isLate = true;
      kill(child);
    }, leaveMs);
    await child.stdin.close();
  };
  await Promise.all([forEachLine(child.stdout, onLine), forEachLine(child.stderr, onLine)]);
  const status = await child.status;
  clearTimeout(timeout);
  clearTimeout(leave);
  // Nobody reads it any more; an open pipe would be a leak of this process.
  if (ending === undefined) await child.stdin.close().catch(() => {});

  if (ending?.kind === "unavailable") return { unavailable: ending.reason };
  if (ending?.kind === "closed") {
    return { results: [...results, leakResult(isLate ? leaveMs : undefined, openFiles)] };
  }
  const how = status.signal === null ? `exited with code ${status.code}` : `was ended by ${status.signal}`;
  const reason = ending?.kind === "broken"
    ? ending.reason
    : `The process ${how} after ${results.at(-1)?.key ?? "nothing"}: ${output.join(" | ")}`;
  return { results: [...results, { key: "run/finishes", status: "failed", reason }] };
}

type OpenFiles =
  | { readonly kind: "known"; readonly paths: readonly string[] }
  | { readonly kind: "unknown"; readonly reason: string };

function leakResult(lateMs: number | undefined, openFiles: OpenFiles): ScenarioResult {
  if (lateMs !== undefined) {
    return {
      key: LEAK_KEY,
      status: "failed",
      reason:
        `The process was still alive ${lateMs} ms after everything was closed: a thread or a timer is left`,
    };
  }
  if (openFiles.kind === "known" && openFiles.paths.length > 0) {
    return {
      key: LEAK_KEY,
      status: "failed",
      reason: `Files open after close: ${openFiles.paths.join(", ")}`,
    };
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
    return { kind: "known", paths: targets.filter((path) => path.startsWith(`${directory}/`)) };
  } catch (error) {
    return { kind: "unknown", reason: String(error) };
  }
}

async function forEachLine(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => Promise<void>,
): Promise<void> {
  for await (const line of createInterface({ input: Readable.fromWeb(stream), crlfDelay: Infinity })) {
    await onLine(line);
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has left already.
  }
}
