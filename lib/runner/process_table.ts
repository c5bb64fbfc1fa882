/**
 * What the kernel knows of a child's processes: memory, CPU, who is left. Read from outside, since what runs in the child
 * is not to be believed.
 *
 * The runtime may not open the files of other processes without all permissions, so a shell reads them: one process for
 * the life of a block. Everything is absent where there is no `/proc`.
 */
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";

/** A process, with times in nanoseconds. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Name of the program, as the kernel cuts it. */
  readonly name: string;
  /** It has ended, and nobody has asked for its exit code yet. */
  readonly isZombie: boolean;
  /** CPU time of all its threads and of its children that have ended; comes in ticks of 10 ms. */
  readonly cpuNs: number;
}

/**
 * The kernel's own threads are most of the table and have a parent of their own, process 2. A shell reads its files byte
 * by byte, so that `cat` reads many at once.
 */
const READER = `
kernel=' 2 '
while IFS= read -r line; do
  set -- \${line##*) }
  [ "$2" = 2 ] && kernel="$kernel\${line%% *} "
done <<STAT
$(cat /proc/[0-9]*/stat)
STAT
while read -r verb pid; do
  if [ "$verb" = status ]; then
    cat "/proc/$pid/status"
  elif [ "$verb" = share ]; then
    cat "/proc/$pid/smaps_rollup"
  elif [ "$verb" = command ]; then
    tr '\\0' ' ' < "/proc/$pid/cmdline"; echo
  else
    set --
    for folder in /proc/[0-9]*; do
      case "$kernel" in *" \${folder#/proc/} "*) ;; *) set -- "$@" "$folder/stat" ;; esac
    done
    cat "$@"
  fi
  printf '.\\n'
done`;

const TICK_NS = 1e7;

/** Reads the table of processes. */
export class ProcessTable {
  readonly #shell: ChildProcess | undefined;
  #text = "";
  #waiter: ((text: string | undefined) => void) | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** Starts the reader; {@link close} ends it. */
  constructor() {
    if (Deno.build.os !== "linux") return;
    const shell = spawn("/bin/sh", ["-c", READER], { stdio: ["pipe", "pipe", "ignore"] });
    this.#shell = shell;
    shell.stdout!.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("utf8");
      if (!this.#text.endsWith(".\n")) return;
      const text = this.#text;
      this.#text = "";
      this.#answer(text);
    });
    shell.on("error", () => this.#answer(undefined));
    shell.on("exit", () => this.#answer(undefined));
  }

  /** The largest resident memory that a process ever had, in bytes; `undefined` where the kernel does not tell. */
  async peakMemoryBytes(pid: number): Promise<number | undefined> {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(await this.#ask(`status ${pid}`) ?? "")?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  /** How a process was started: its arguments with spaces between them; empty where the kernel does not tell. */
  async commandOf(pid: number): Promise<string> {
    return (await this.#ask(`command ${pid}`) ?? "").split("\n")[0]!;
  }

  /** The resident memory of a process as it is, in bytes; `undefined` where the kernel does not tell. */
  async memoryBytes(pid: number): Promise<number | undefined> {
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(await this.#ask(`status ${pid}`) ?? "")?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  /**
   * The memory that a process has, each page that it shares with others divided among them (PSS), in bytes; `undefined`
   * where the kernel does not tell.
   */
  async shareOfMemoryBytes(pid: number): Promise<number | undefined> {
    const kilobytes = /^Pss:\s*(\d+) kB$/m.exec(await this.#ask(`share ${pid}`) ?? "")?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  /** Every process but the kernel's own; empty where the kernel does not tell. */
  async all(): Promise<ProcessEntry[]> {
    const text = await this.#ask("all 0") ?? "";
    return text.split("\n").flatMap((line) => parseStat(line) ?? []);
  }

  /** The processes that a process started, and theirs, as far as their parents live. */
  async descendants(pid: number): Promise<ProcessEntry[]> {
    const entries = await this.all();
    const found: ProcessEntry[] = [];
    const add = (parent: number): void => {
      for (const entry of entries.filter(({ parentPid }) => parentPid === parent)) {
        found.push(entry);
        add(entry.pid);
      }
    };
    add(pid);
    return found;
  }

  /** Ends the reader. */
  close(): void {
    this.#shell?.stdin?.end();
    this.#shell?.kill("SIGKILL");
  }

  #ask(question: string): Promise<string | undefined> {
    const answer = this.#queue.then(() => this.#askNow(question));
    this.#queue = answer;
    return answer;
  }

  #askNow(question: string): Promise<string | undefined> {
    const shell = this.#shell;
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      this.#waiter = resolve;
      shell.stdin!.write(`${question}\n`, (error) => error && this.#answer(undefined));
    });
  }

  #answer(text: string | undefined): void {
    this.#waiter?.(text);
    this.#waiter = undefined;
  }
}

/** A line of `/proc/<pid>/stat`; the name is in brackets and may hold anything. See proc_pid_stat(5). */
export function parseStat(line: string): ProcessEntry | undefined {
  const match = /^(\d+) \((.*)\) (\S) (.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, pid, name, state, rest] = match;
  const fields = rest!.split(" ").map(Number);
  const [parentPid, groupId] = fields;
  // utime, stime, cutime and cstime are the fields 14 to 17 of the line.
  const ticks = fields.slice(10, 14).reduce((sum, each) => sum + each, 0);
  return {
    pid: Number(pid),
    parentPid: parentPid!,
    groupId: groupId!,
    name: name!,
    isZombie: state === "Z",
    cpuNs: ticks * TICK_NS,
  };
}
