/** The child process that plays the suite: the entry, the flags and the channel of a block's child. */
import { fileURLToPath } from "node:url";
import type { Table } from "../model/schema.ts";
import { randomDigestKey } from "../protocol/digester.ts";
import { childFlags } from "../runner/child_flags.ts";
import { ChildProcess } from "../runner/child_process.ts";
import { OUTPUT_LIMIT_BYTES, OutputTail } from "../runner/output_tail.ts";
import { outsideAccess } from "../runner/outside_module.ts";
import { type RemoteSession, SessionLink } from "../runner/remote_session.ts";
import { ChildGoneError } from "../runner/run_block.ts";
import { findLibc } from "../runtime/libc.ts";
import type { ConformanceTarget } from "./find_targets.ts";
import { tablesFor } from "./fixtures.ts";
import { readThreadCpu } from "./read_cpu.ts";
import type { CpuReading } from "./scenario.ts";

const ENTRY = fileURLToPath(new URL("../../scripts/cell.ts", import.meta.url));
const PATIENCE = { finalQuietMs: 20, quietMs: 60, deadlineMs: 5000 } as const;
const LINES_SHOWN = 5;

/** A running child; {@link end} must be called. */
export class SuiteChild {
  readonly #target: ConformanceTarget;
  readonly #process: ChildProcess;
  readonly #output: OutputTail;
  readonly #link: SessionLink;
  readonly #exit: Promise<void>;
  #isGone = false;

  /** Starts it. It may read and write in `directory`; it has `timeoutMs` in all. */
  constructor(target: ConformanceTarget, directory: string, timeoutMs: number) {
    const { adapter, moduleUrl, configPath } = target;
    this.#target = target;
    const libcPath = findLibc();
    const read = moduleUrl === undefined ? [] : outsideAccess(moduleUrl).read;
    this.#output = new OutputTail(() => {
      this.#fail(`The process printed more than ${OUTPUT_LIMIT_BYTES / 1024 / 1024} MiB`);
    });
    this.#process = new ChildProcess({
      executable: Deno.execPath(),
      args: [
        "run",
        ...childFlags({ adapter, directory, configPath, read, libcPath }),
        ENTRY,
        ...libcPath === undefined ? [] : [libcPath],
      ],
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
    const { adapter, moduleUrl, options } = this.#target;
    await this.#link.begin({
      adapter: moduleUrl ?? adapter.id,
      options,
      key: randomDigestKey(),
      keepsRows: false,
      patience: PATIENCE,
    });
  }

  /** Opens a session in a directory that exists; the tables are those of the scenarios unless others are given. */
  open(directory: string, tables?: readonly Table[]): Promise<RemoteSession> {
    const { adapter, options } = this.#target;
    return this.#link.open(directory, tables ?? tablesFor(adapter.capabilities(options)));
  }

  /** See {@link SessionLink.takeBackground}. */
  takeBackground(): readonly string[] {
    return this.#link.takeBackground();
  }

  /** The end of what it printed, on one line; empty when it printed nothing. */
  get lastOutput(): string {
    return this.#output.lines.slice(-LINES_SHOWN).join(" | ");
  }

  /** CPU time so far, by who spent it; `undefined` where the system does not tell. */
  async readCpu(): Promise<CpuReading | undefined> {
    const [threads, serverNs] = await Promise.all([readThreadCpu(this.pid), this.#process.serverCpuNs()]);
    return threads === undefined ? undefined : { ...threads, processSeconds: (serverNs ?? 0) / 1e9 };
  }

  /** Of the first process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Lets it leave by itself; ends it, and returns `false`, when it has not left after `ms`. */
  async leavesWithin(ms: number): Promise<boolean> {
    this.#link.leave();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([this.#process.exited, late]);
    clearTimeout(timer);
    return this.#isGone;
  }

  /** Ends it like a crash would. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#exit;
  }

  /** Ends it with everything that it started; returns the programs that it left behind. */
  async end(): Promise<readonly string[]> {
    if (!this.#isGone) this.#process.kill();
    await this.#exit;
    const left = await this.#process.end();
    this.#output.end();
    return left;
  }

  #fail(reason: string): void {
    this.#link.fail(new ChildGoneError(reason));
    this.#process.kill();
  }
}
