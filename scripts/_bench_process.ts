/**
 * The bench as a process, for tests: run to its end, or sent a signal on the way.
 *
 * @module
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

const ENTRY = new URL("bench.ts", import.meta.url).pathname;
const FLAGS = [
  "run",
  "--no-prompt",
  "--no-check",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
  ENTRY,
];

/** Flags of the cheapest cell there is. */
export const ONE_CELL = ["--workload", "keyed-pk", "--adapter", "node-sqlite", "--scale", "smoke"];

/** Flags of a sweep of three sizes. */
export const SWEEP = [
  "--sweep",
  "streams=1,10,100",
  "--adapter",
  "node-sqlite",
  "--scale",
  "smoke",
  "--blocks",
  "3",
];

/** A process that has ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bench to its end. */
export async function bench(args: readonly string[]): Promise<Ended> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

/** Starts a bench and sends it a signal when as many blocks as told have ended. */
export async function interrupted(
  args: readonly string[],
  blockCount: number,
  signal: Deno.Signal,
  afterMs = 0,
): Promise<{ code: number; endedCount: number; folder: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, ...args],
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let endedCount = 0;
  let folder = "";
  const send = (): void => {
    try {
      child.kill(signal);
    } catch {
      // It was faster.
    }
  };
  for await (const line of createInterface({ input: Readable.fromWeb(child.stderr) })) {
    folder = /^Writing (.+)$/.exec(line)?.[1] ?? folder;
    if (folder !== "" && endedCount === 0 && blockCount === 0) setTimeout(send, afterMs);
    if (!/^\[\d+\/\d+\]/.test(line)) continue;
    endedCount += 1;
    if (endedCount === blockCount) setTimeout(send, afterMs);
  }
  const { code } = await child.status;
  return { code, endedCount, folder };
}

/** The folders in a folder of runs. */
export function runsIn(root: string): string[] {
  return [...Deno.readDirSync(root)].map(({ name }) => join(root, name));
}
