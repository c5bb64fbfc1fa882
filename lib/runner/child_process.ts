/**
 * A child process with a channel of its own: two pipes besides the standard ones, so that nothing that a library prints
 * can be mistaken for a message, and a group of its own, so that everything it starts ends with it.
 */
import { Buffer } from "node:buffer";
import { type ChildProcess as NodeProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { CHROMIUM_PAGE, FIREFOX_PAGE } from "./launchers/page_process.ts";
import { ProcessTable } from "./process_table.ts";

/** A child to start. */
export interface ChildStart {
  /** The runtime's executable. */
  readonly executable: string;
  readonly args: readonly string[];
  /** Environment variables besides this process's. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Default is `process`. In a browser a block's memory is that of the page, and every process works for it. */
  readonly playsIn?: "process" | "page" | undefined;
  /** A line of the channel, without its end. */
  onLine(line: string): void;
  /** What the child printed on its standard output and error. */
  onOutput(chunk: Uint8Array, stream: "stdout" | "stderr"): void;
}

/** How the child's first process ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Descriptors of the child: lines go out on the first and come in on the second. */
const OUT = 3;
const IN = 4;
/** What a child started gets this long to notice that it is gone, and to tidy up. */
const TIDY_MS = 2000;
const POLL_MS = 100;
const NEWLINE = 10;

/** A running child. */
export class ChildProcess {
  readonly #process: NodeProcess;
  readonly #table = new ProcessTable();
  readonly #isPage: boolean;
  /** Resolves when the channel is closed: nothing more will be heard of the child. */
  readonly #silence: Promise<void>;
  #servers: readonly number[] = [];
  /** Resolves when the child's first process has ended. Rejects when it could not be started. */
  readonly exited: Promise<ChildExit>;

  /** Starts it. */
  constructor({ executable, args, env, playsIn = "process", onLine, onOutput }: ChildStart) {
    this.#isPage = playsIn === "page";
    const child = spawn(executable, [...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      detached: true,
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    });
    this.#process = child;
    const { promise, resolve, reject } = Promise.withResolvers<ChildExit>();
    this.exited = promise;
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve({ code, signal }));
    child.stdout!.on("data", (chunk: Buffer) => onOutput(chunk, "stdout"));
    child.stderr!.on("data", (chunk: Buffer) => onOutput(chunk, "stderr"));
    const channel = child.stdio[OUT] as Readable;
    readLines(channel, onLine);
    this.#silence = new Promise((resolve) => channel.once("close", resolve));
    // A child that is gone does not listen any more; that it is gone is told elsewhere.
    for (const stream of child.stdio) stream?.on("error", () => {});
  }

  /** Sends a line; nothing happens when the child is gone. */
  send(line: string): void {
    const channel = this.#process.stdio[IN] as Writable;
    if (channel.writable) channel.write(`${line}\n`);
  }

  /** Says that nothing more will be said, so that a child which waits for a line ends waiting. */
  endInput(): void {
    (this.#process.stdio[IN] as Writable).end();
  }

  /** See `ProcessReadings`. */
  peakMemoryBytes(): Promise<number | undefined> {
    return this.#readMemory((pid) => this.#table.peakMemoryBytes(pid));
  }

  /** See `ProcessReadings`. */
  memoryBytes(): Promise<number | undefined> {
    return this.#readMemory((pid) => this.#table.memoryBytes(pid));
  }

  /** See `ProcessReadings`. */
  async browserMemoryBytes(): Promise<number | undefined> {
    if (!this.#isPage) return undefined;
    let sum = 0;
    // The first is the browser, all others are its own.
    for (const { pid } of await this.#table.descendants(this.#pid)) {
      sum += await this.#table.shareOfMemoryBytes(pid) ?? 0;
    }
    return sum === 0 ? undefined : sum;
  }

  /** See `ProcessReadings`. */
  async serverCpuNs(): Promise<number | undefined> {
    // The page's own readings are of all processes of its browser.
    if (this.#isPage) return undefined;
    const started = await this.#table.descendants(this.#pid);
    return started.length === 0 ? undefined : started.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
  }

  /** See `ProcessReadings`. */
  async allCpuNs(): Promise<number | undefined> {
    const own = (await this.#table.all()).find(({ pid }) => pid === this.#pid);
    return own === undefined ? undefined : own.cpuNs + (await this.serverCpuNs() ?? 0);
  }

  /** Of the child's first process. */
  get pid(): number {
    return this.#pid;
  }

  /** Ends the child's first process. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Notes what the child has started so far: {@link crash} ends it as well, whatever its group. */
  async noteServers(): Promise<void> {
    this.#servers = (await this.#table.descendants(this.#pid)).map(({ pid }) => pid);
  }

  /**
   * Ends the child with its group and the noted servers at once, as a crash would. Resolves when they are gone and
   * everything that the child said has been taken.
   */
  async crash(): Promise<void> {
    for (const pid of [-this.#pid, ...this.#servers]) kill(pid);
    await this.exited;
    await Promise.race([this.#silence, pause(TIDY_MS)]);
    const alive = async () => {
      const table = await this.#table.all();
      return table.some(({ pid, groupId, isZombie }) =>
        !isZombie && (groupId === this.#pid || this.#servers.includes(pid))
      );
    };
    for (let waitedMs = 0; waitedMs < TIDY_MS && await alive(); waitedMs += POLL_MS) await pause(POLL_MS);
  }

  /**
   * Ends whatever the child left behind in its group, and tells what that was: programs by name. What it started gets
   * a moment to notice by itself that the child is gone.
   */
  async end(): Promise<readonly string[]> {
    const left = async () =>
      (await this.#table.all()).filter(({ groupId, pid, isZombie }) =>
        groupId === this.#pid && pid !== this.#pid && !isZombie
      );
    let survivors = await left();
    for (let waitedMs = 0; survivors.length > 0 && waitedMs < TIDY_MS; waitedMs += POLL_MS) {
      await pause(POLL_MS);
      survivors = await left();
    }
    kill(-this.#pid);
    // A process outside the group may still hold the pipes: nobody waits for it.
    for (const stream of this.#process.stdio) stream?.destroy();
    this.#table.close();
    return survivors.map(({ name }) => name);
  }

  /** Of the child, or of the largest of its page's processes. */
  async #readMemory(read: (pid: number) => Promise<number | undefined>): Promise<number | undefined> {
    if (!this.#isPage) return await read(this.#pid);
    let largest: number | undefined;
    for (const { pid, name } of await this.#table.descendants(this.#pid)) {
      if (name !== FIREFOX_PAGE && !(await this.#table.commandOf(pid)).includes(CHROMIUM_PAGE)) continue;
      const bytes = await read(pid);
      if (bytes !== undefined && bytes > (largest ?? 0)) largest = bytes;
    }
    return largest;
  }

  get #pid(): number {
    return this.#process.pid ?? 0;
  }
}

/** Ends a process, or a whole group by its negative number; who is gone already stays gone. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      parts.push(rest.subarray(0, end));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      rest = rest.subarray(end + 1);
      onLine(line);
    }
    if (rest.length > 0) parts.push(rest);
  });
}
