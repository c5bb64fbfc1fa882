/** `fleet` as a process of its own, for tests and benchmarks. */
import { fileURLToPath } from "node:url";
import { KEY_VARIABLE } from "./fleet_key.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How a process ended. */
export interface FleetEnd {
  readonly code: number;
  /** Standard output and standard error, as lines came. */
  readonly text: string;
}

/** A command of the fleet that runs. */
export class FleetProcess {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #text = "";
  readonly #waiters: { readonly pattern: RegExp; readonly from: number; resolve(found: boolean): void }[] =
    [];
  #isOver = false;

  /** Starts it. `root` is the checkout whose code runs. */
  constructor(
    args: readonly string[],
    { key, root = ROOT, env = {} }: {
      readonly key: string;
      readonly root?: string;
      readonly env?: Readonly<Record<string, string>>;
    },
  ) {
    const config = `${root}/tools/fleet/deno.json`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "-A",
        "--no-prompt",
        "--config",
        config,
        `${root}/tools/fleet/fleet.ts`,
        ...args,
      ],
      cwd: root,
      env: { NO_COLOR: "1", [KEY_VARIABLE]: key, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)]).then(() => {
      this.#isOver = true;
      this.#wake();
    });
  }

  /** All that was said so far. */
  get text(): string {
    return this.#text;
  }

  /** Waits until it says something new that matches. Throws an Error with all that it said when it ends before. */
  async said(pattern: RegExp): Promise<void> {
    const found = await new Promise<boolean>((resolve) => {
      this.#waiters.push({ pattern, from: this.#text.length, resolve });
      this.#wake();
    });
    if (!found) throw new Error(`Cannot wait for ${pattern} as the process ended: ${this.#text}`);
  }

  /** Ends it at once, as a machine that loses its power does. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async end(): Promise<FleetEnd> {
    await this.#reading;
    return { code: (await this.#child.status).code, text: this.#text };
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += chunk;
      this.#wake();
    }
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) {
      const isFound = waiter.pattern.test(this.#text.slice(waiter.from));
      if (!isFound && !this.#isOver) continue;
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve(isFound);
    }
  }
}

/** Runs a command to its end. */
export function runFleet(
  args: readonly string[],
  options: ConstructorParameters<typeof FleetProcess>[1],
): Promise<FleetEnd> {
  return new FleetProcess(args, options).end();
}
