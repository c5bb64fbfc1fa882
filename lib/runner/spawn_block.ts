/** One block in a process of its own: start the child, have the block run against it, end it when it misbehaves. */
import { downloadFailure } from "../model/download_failure.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import type { PhaseTimeline } from "../model/timeline.ts";
import type { ProcessEnd } from "../model/workload.ts";
import type { Player } from "../protocol/player.ts";
import { ChildProcess } from "./child_process.ts";
import { OUTPUT_LIMIT_BYTES, OutputTail } from "./output_tail.ts";
import { RemotePlayer } from "./remote_player.ts";
import { type BlockResult, ChildGoneError, type NextProcess, type ProcessReadings } from "./run_block.ts";

/** How a block ended. */
export type BlockEnding =
  | {
    readonly kind: "result";
    readonly result: BlockResult;
    readonly timeline?: readonly PhaseTimeline[];
  }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "interrupted" };

/** What came of a child process. */
export interface SpawnedBlock {
  readonly ending: BlockEnding;
  /** The end of what the child printed, the newest line last. */
  readonly output: readonly string[];
  /** How many lines there were. */
  readonly outputLineCount: number;
}

/** A child to start. */
export interface BlockSpawn {
  /** The runtime's executable. */
  readonly executable: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Environment variables besides this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** See `Launch`. Default is `process`. */
  readonly playsIn?: "process" | "page";
  readonly timeoutMs: number;
  /** After its result a child gets this long to leave before it is ended. Default is 5000 ms. */
  readonly leaveMs?: number;
  /** Milliseconds in which some task of the host waited for a CPU, since the host's start. */
  readonly waitedMs?: () => number | undefined;
  /** Aborted when the user interrupts the bench. */
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
  /** Runs the block against the child. `restart` ends it and starts another one, which gets nothing of its memory. */
  run(child: {
    readonly player: Player;
    readonly readings: ProcessReadings;
    readonly onStep: (step: string) => void;
    readonly restart: (end: ProcessEnd) => Promise<NextProcess>;
  }): Promise<Extract<BlockEnding, { kind: "result" }>>;
}

const LEAVE_MS = 5000;
/** Modules are loaded in these steps; later, a child that talks of downloads has crashed all the same. */
const LOADING_STEPS: readonly string[] = ["start", "load", "open"];

/** Runs a child to its end. Never throws for what the child does; throws when the runtime cannot be started. */
export async function spawnBlock(spawn: BlockSpawn): Promise<SpawnedBlock> {
  const { signal } = spawn;
  let lastStep = "start";
  const onStep = (step: string): void => {
    lastStep = step;
    spawn.onStep(step);
  };
  /** Only the first reason counts: what follows is the consequence of ending the child. */
  let ended: BlockEnding | undefined;
  const end = (reason: BlockEnding): void => {
    ended ??= reason;
    running.child.kill();
    running.player.fail(goneBy(reason));
  };
  const output = new OutputTail(() =>
    end({ kind: "failed", reason: `Printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB` })
  );
  const start = (): RunningChild => {
    const child = new ChildProcess({
      executable: spawn.executable,
      args: spawn.args,
      env: spawn.env,
      playsIn: spawn.playsIn,
      onLine: (line) => player.take(line),
      onOutput: (chunk, stream) => output.take(chunk, stream),
    });
    const player: RemotePlayer = new RemotePlayer({
      send: (line) => child.send(line),
      token: crypto.randomUUID(),
      nowMs: () => performance.now(),
      waitedMs: spawn.waitedMs ?? (() => undefined),
      sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    });
    const exit = child.exited.then((exit) => {
      const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`;
      player.fail(new ChildGoneError(`The process ${how} during ${lastStep}, without a result`));
    });
    return { child, player, exit };
  };
  let running = start();
  const leftBehind: string[] = [];
  const restart = async (how: ProcessEnd): Promise<NextProcess> => {
    const { child, player, exit } = running;
    if (how === "closed") {
      await letGo(child, player, exit, spawn.leaveMs ?? LEAVE_MS);
      leftBehind.push(...await child.end());
    } else {
      await child.noteServers();
      await child.crash();
      await child.end();
    }
    if (ended !== undefined) throw goneBy(ended);
    running = start();
    return { player: running.player, readings: running.child };
  };
  const timeout = setTimeout(() => {
    end({ kind: "failed", reason: `Timed out after ${spawn.timeoutMs} ms during ${lastStep}` });
  }, spawn.timeoutMs);
  const interrupt = (): void => end({ kind: "interrupted" });
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();

  let ending: BlockEnding;
  try {
    try {
      ending = await spawn.run({ player: running.player, readings: running.child, onStep, restart });
    } catch (error) {
      if (ended === undefined && error instanceof ChildGoneError) {
        await Promise.race([running.exit, briefly()]);
      }
      ending = ended ?? endingOf(error);
    }
    const { child, player, exit } = running;
    if (ending.kind === "result" || ending.kind === "skip") {
      await letGo(child, player, exit, spawn.leaveMs ?? LEAVE_MS);
    } else child.kill();
    await exit;
    // What was printed last may still be on its way.
    if (ending.kind !== "result") await briefly();
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener("abort", interrupt);
  }
  leftBehind.push(...await running.child.end());
  output.end();

  return {
    ending: withLeftBehind(
      ending.kind === "failed" ? skipOfDownload(ending, lastStep, output.lines) : ending,
      leftBehind,
    ),
    output: output.lines,
    outputLineCount: output.lineCount,
  };
}

interface RunningChild {
  readonly child: ChildProcess;
  readonly player: RemotePlayer;
  /** Resolves when its first process has ended, and the player knows. */
  readonly exit: Promise<void>;
}

function goneBy(reason: BlockEnding): ChildGoneError {
  return new ChildGoneError(reason.kind === "failed" ? reason.reason : reason.kind);
}

function endingOf(error: unknown): BlockEnding {
  if (error instanceof DriverUnavailableError) return { kind: "skip", reason: error.message };
  return { kind: "failed", reason: messageOf(error) };
}

/** A driver that is not to be had is a skip, everything else a failure. */
function skipOfDownload(
  ending: Extract<BlockEnding, { kind: "failed" }>,
  lastStep: string,
  output: readonly string[],
): BlockEnding {
  if (!LOADING_STEPS.includes(lastStep)) return ending;
  const missing = downloadFailure([...output, ending.reason].join("\n"));
  return missing === undefined ? ending : { kind: "skip", reason: `Cannot download the driver: ${missing}` };
}

/** Processes that outlive their block are no wrong answer, and nothing that its user could want either. */
function withLeftBehind(ending: BlockEnding, names: readonly string[]): BlockEnding {
  if (ending.kind !== "result" || names.length === 0) return ending;
  const warning = { kind: "left-behind", names: names.slice(0, 5), count: names.length } as const;
  return { ...ending, result: { ...ending.result, warnings: [...ending.result.warnings, warning] } };
}

async function letGo(
  child: ChildProcess,
  player: RemotePlayer,
  exit: Promise<void>,
  leaveMs: number,
): Promise<void> {
  const timer = setTimeout(() => child.kill(), leaveMs);
  player.leave();
  await exit;
  clearTimeout(timer);
}

function briefly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
