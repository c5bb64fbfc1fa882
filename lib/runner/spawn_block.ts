/** One block, seen from the parent: start the child, read its lines, end it when it misbehaves. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { downloadFailure } from "../model/download_failure.ts";
import { type BlockOrder, type ChildMessage, decodeMessage } from "./protocol.ts";

/** How a child ended. */
export type BlockEnding =
  | Extract<ChildMessage, { kind: "result" | "skip" }>
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "interrupted" };

/** What came out of a child process. */
export interface SpawnedBlock {
  readonly ending: BlockEnding;
  /** Lines that were not messages, the newest last, at most {@link OUTPUT_LINES_KEPT}. */
  readonly output: readonly string[];
  /** How many such lines there were. */
  readonly outputLineCount: number;
}

/** A child to start. */
export interface BlockSpawn {
  /** The runtime's executable. */
  readonly executable: string;
  /** Arguments before the entry module: subcommand, permissions, configuration. */
  readonly flags: readonly string[];
  /** The child's entry module. */
  readonly entry: string;
  readonly order: BlockOrder;
  readonly timeoutMs: number;
  /** After its result a child gets this long to leave before it is ended. Default is 5000 ms. */
  readonly leaveMs?: number;
  /** Aborted when the user interrupts the bench. */
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/** Lines of a child's own output that are kept. */
export const OUTPUT_LINES_KEPT = 20;
/** A child that prints more than this is stopped. */
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
const LEAVE_MS = 5000;
const LINE_KEPT_CHARS = 400;
/** Modules are loaded in these steps; later, a child that talks of downloads has crashed all the same. */
const LOADING_STEPS: readonly string[] = ["start", "open"];

/** Runs a child to its end. Never throws for what the child does; throws when the runtime cannot be started. */
export async function spawnBlock(spawn: BlockSpawn): Promise<SpawnedBlock> {
  const { order, signal } = spawn;
  const child = new Deno.Command(spawn.executable, {
    args: [...spawn.flags, spawn.entry, JSON.stringify(order)],
    // Never written to: the child leaves when this pipe closes, so that a killed bench leaves no orphan behind.
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let ending: BlockEnding | undefined;
  let lastStep = "start";
  /** Only the first reason counts: what follows is the consequence of ending the child. */
  const end = (reason: BlockEnding): void => {
    ending ??= reason;
    kill(child);
  };
  const output = new OutputTail(() =>
    end({ kind: "failed", reason: `Printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB` })
  );
  const timeout = setTimeout(() => {
    end({ kind: "failed", reason: `Timed out after ${spawn.timeoutMs} ms during ${lastStep}` });
  }, spawn.timeoutMs);
  const interrupt = (): void => end({ kind: "interrupted" });
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  let leave: ReturnType<typeof setTimeout> | undefined;

  const readMessages = forEachLine(child.stdout, output, (line) => {
    const message = decodeMessage(order.token, line);
    if (message === undefined) return output.add(line);
    if (message.kind === "step") {
      lastStep = message.step;
      spawn.onStep(message.step);
      return;
    }
    ending ??= message;
    leave ??= setTimeout(() => kill(child), spawn.leaveMs ?? LEAVE_MS);
  });
  const readErrors = forEachLine(child.stderr, output, (line) => output.add(line));
  const [status] = await Promise.all([child.status, readMessages, readErrors]);
  clearTimeout(timeout);
  clearTimeout(leave);
  signal.removeEventListener("abort", interrupt);
  await child.stdin.abort();

  return {
    ending: ending ?? endingOf(status, lastStep, output.lines),
    output: output.lines,
    outputLineCount: output.lineCount,
  };
}

/** A child that left without a word: a driver that is not to be had is a skip, everything else a failure. */
function endingOf(
  status: Deno.CommandStatus,
  lastStep: string,
  output: readonly string[],
): BlockEnding {
  const missing = LOADING_STEPS.includes(lastStep) ? downloadFailure(output.join("\n")) : undefined;
  if (missing !== undefined) return { kind: "skip", reason: `Cannot download the driver: ${missing}` };
  const how = status.signal === null ? `exited with code ${status.code}` : `was killed by ${status.signal}`;
  return { kind: "failed", reason: `The process ${how} during ${lastStep}, without a result` };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has left already.
  }
}

async function forEachLine(
  stream: ReadableStream<Uint8Array>,
  output: OutputTail,
  onLine: (line: string) => void,
): Promise<void> {
  const counted = stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        output.count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
  // Lines are whole however long they are: what a child may print in all is bounded by the count above.
  for await (const line of createInterface({ input: Readable.fromWeb(counted), crlfDelay: Infinity })) {
    onLine(line);
  }
}

/** The end of what a child printed, bounded in lines and in length. */
class OutputTail {
  readonly lines: string[] = [];
  lineCount = 0;
  #byteCount = 0;
  readonly #onFlood: () => void;

  constructor(onFlood: () => void) {
    this.#onFlood = onFlood;
  }

  add(line: string): void {
    if (line.trim() === "") return;
    this.lineCount += 1;
    this.lines.push(line.length > LINE_KEPT_CHARS ? `${line.slice(0, LINE_KEPT_CHARS)}...` : line);
    if (this.lines.length > OUTPUT_LINES_KEPT) this.lines.shift();
  }

  count(byteCount: number): void {
    this.#byteCount += byteCount;
    if (this.#byteCount > OUTPUT_LIMIT_BYTES) this.#onFlood();
  }
}
