/** A child process whose sessions are asked verb by verb: the entry, the flags and the channel of a block's child. */
import { fileURLToPath } from "node:url";
import { findLibc } from "../runtime/libc.ts";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import type { RuntimeId } from "../model/runtime.ts";
import { randomDigestKey } from "../protocol/digester.ts";
import type { OpenOrder } from "../protocol/player.ts";
import { childFlags } from "../runner/child_flags.ts";
import { ChildProcess } from "../runner/child_process.ts";
import type { Launch } from "../runner/launchers/mod.ts";
import { OUTPUT_LIMIT_BYTES, OutputTail } from "../runner/output_tail.ts";
import { outsideAccess } from "../runner/outside_module.ts";
import { type RemoteSession, SessionLink } from "../runner/remote_session.ts";
import { ChildGoneError } from "../runner/run_block.ts";

const ENTRY = fileURLToPath(new URL("../../scripts/cell.ts", import.meta.url));
const PATIENCE = { finalQuietMs: 20, quietMs: 60, deadlineMs: 5000 } as const;
const LINES_SHOWN = 5;

/** What a child is started for. */
export interface SessionTarget {
  /** Where it plays, and how it is started there; absent for Deno. */
  readonly elsewhere?: { readonly runtime: RuntimeId; readonly launch: Launch };
  readonly adapter: Adapter;
  readonly options: OptionValues;
  /** URL of the module of an adapter from outside; absent for registered ones. */
  readonly moduleUrl?: string;
  /** Configuration for a module from outside; absent where it has none. */
  readonly configPath?: string;
}

/** A running child; {@link end} must be called. */
export class SessionChild {
  /** What it was started for. */
  readonly target: SessionTarget;
  readonly #process: ChildProcess;
  readonly #output: OutputTail;
  readonly #link: SessionLink;
  readonly #exit: Promise<void>;
  #isGone = false;

  /** Starts it. It may read and write in `directory`; it has `timeoutMs` in all. */
  constructor(target: SessionTarget, directory: string, timeoutMs: number) {
    this.target = target;
    this.#output = new OutputTail(() => {
      this.#fail(`The process printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`);
    });
    this.#process = new ChildProcess({
      ...target.elsewhere?.launch ?? denoStart(target, directory),
      onLine: (line) => this.#link.take(line),
      onOutput: (chunk, stream) => this.#output.take(chunk, stream),
    });
    this.#link = new SessionLink({
      send: (line) => this.#process.send(line),
      token: crypto.randomUUID(),
    });
    const timeout = setTimeout(
      () => this.#fail(`The process did not come to its end in ${timeoutMs} ms`),
      timeoutMs,
    );
    this.#exit = this.#process.exited.then(async ({ code, signal }) => {
      this.#isGone = true;
      clearTimeout(timeout);
      // What it printed last may still be on its way.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      this.#link.fail(new ChildGoneError(`The process ${how}`));
    });
  }

  /** Has it load the adapter. Rejects with what loading throws. */
  async begin(): Promise<void> {
    const { adapter, moduleUrl, options } = this.target;
    await this.#link.begin({
      adapter: moduleUrl ?? adapter.id,
      options,
      key: randomDigestKey(),
      keepsRows: false,
      isTimed: false,
      patience: PATIENCE,
    });
  }

  /** Opens a session. */
  openSession(order: OpenOrder): Promise<RemoteSession> {
    return this.#link.open(order);
  }

  /** See {@link SessionLink.takeBackground}. */
  takeBackground(): readonly string[] {
    return this.#link.takeBackground();
  }

  /** The end of what it printed, on one line; empty when it printed nothing. */
  get lastOutput(): string {
    return this.#output.lines.slice(-LINES_SHOWN).join(" | ");
  }

  /** See `ProcessReadings`. */
  serverCpuNs(): Promise<number | undefined> {
    return this.#process.serverCpuNs();
  }

  /** Of the first process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Lets it leave by itself; ends it, and returns `false`, when it has not left after `ms`. */
  async leavesWithin(ms: number): Promise<boolean> {
    this.#link.leave();
    // Bun cannot take back that it waits for a line.
    this.#process.endInput();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([this.#process.exited, late]);
    clearTimeout(timer);
    return this.#isGone;
  }

  /** Ends its first process. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#exit;
  }

  /** See {@link ChildProcess.noteServers}. */
  noteServers(): Promise<void> {
    return this.#process.noteServers();
  }

  /** See {@link ChildProcess.crash}. */
  async crash(): Promise<void> {
    await this.#process.crash();
    await this.#exit;
  }

  /** Ends it with everything that it started; returns the programs that it left behind. */
  async end(): Promise<readonly string[]> {
    if (!this.#isGone) this.#process.kill();
    await this.#exit;
    const left = await this.#process.end();
    await this.target.elsewhere?.launch.tidy?.();
    this.#output.end();
    return left;
  }

  #fail(reason: string): void {
    this.#link.fail(new ChildGoneError(reason));
    this.#process.kill();
  }
}

function denoStart(
  { adapter, moduleUrl, configPath }: SessionTarget,
  directory: string,
): Pick<Launch, "executable" | "args"> {
  const libcPath = findLibc();
  const read = moduleUrl === undefined ? [] : outsideAccess(moduleUrl).read;
  return {
    executable: Deno.execPath(),
    args: [
      "run",
      ...childFlags({ adapter, directory, configPath, read, libcPath }),
      ENTRY,
      ...libcPath === undefined ? [] : [libcPath],
    ],
  };
}
