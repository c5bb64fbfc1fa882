/**
 * What numbers depend on besides the code: the machine, the software, and how busy the host is.
 *
 * Uses the permissions read, sys, env (`CI` only) and run (`git` only), and does without what is denied: a text is
 * then `unknown`, a number 0, an optional field absent. Nothing personal is read: no host name, no user name, no path.
 */
import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { DatabaseSync } from "node:sqlite";
import type { Environment, HostReading } from "../model/record.ts";

/** Stands for a text that could not be read here. */
export const UNKNOWN = "unknown";

/**
 * Reads the machine and the software. `directory` says whose commit is meant; its default is the current directory.
 *
 * `isDirty` does not count what lies in the repository's `results/`: a stored run is not code. `machineId` is a digest
 * of the CPU's model, the number of usable CPUs, the memory in whole GiB and the kind of the system, so that it stays
 * the same over updates; it is `unknown` when one of them is.
 */
export function readEnvironment(directory: string = "."): Environment {
  const cpuModel = orElse(readCpuModel, UNKNOWN);
  const coreCount = orElse(() => navigator.hardwareConcurrency, 0);
  const memoryBytes = orElse(readMemoryBytes, 0);
  const system = `${Deno.build.os} ${Deno.build.arch}`;
  // Only the number: the rest of a self-made kernel's release may be somebody's name.
  const bootId = orElse(readBootId, undefined);
  const release = orElse(() => /^\d+(\.\d+)*/.exec(Deno.osRelease())?.[0], undefined);
  const commit = git(directory, "rev-parse", "--verify", "HEAD")?.trim();
  const changes = commit === undefined
    ? undefined
    : git(directory, "status", "--porcelain", "--", ":(top)", ":(top,exclude)results");
  return {
    cpuModel,
    coreCount,
    memoryBytes,
    ...(bootId === undefined ? {} : { bootId }),
    os: `${system} ${release ?? UNKNOWN}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    sqlite: orElse(readSqliteVersion, UNKNOWN),
    machineId: machineId(cpuModel, coreCount, memoryBytes, system),
    ...(commit === undefined ? {} : { commit }),
    ...(changes === undefined ? {} : { isDirty: changes !== "" }),
    isCi: orElse(() => !["", "0", "false", undefined].includes(Deno.env.get("CI")), false),
  };
}

/** How the host is at one moment. Fields are absent where the host does not tell. */
export interface HostSnapshot {
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
  /** Load average over one minute. */
  readonly load1m?: number;
  /** Microseconds since the start of the host in which some task waited for a CPU. */
  readonly cpuPressureUs?: number;
}

/** Reads how busy the host is. Called outside of every clock. */
export function readHost(): HostSnapshot {
  const load1m = orElse(() => Deno.loadavg()[0], undefined);
  const cpuPressureUs = orElse(
    () => parseCpuPressure(Deno.readTextFileSync("/proc/pressure/cpu")),
    undefined,
  );
  return {
    atMs: performance.now(),
    // Windows has no load average and answers with zeros.
    ...(load1m === undefined || Deno.build.os === "windows" ? {} : { load1m }),
    ...(cpuPressureUs === undefined ? {} : { cpuPressureUs }),
  };
}

/** What a block stores of the host, from a snapshot just before its process started and one just after it ended. */
export function hostReading(before: HostSnapshot, after: HostSnapshot): HostReading {
  const share = before.cpuPressureUs === undefined || after.cpuPressureUs === undefined
    ? undefined
    : (after.cpuPressureUs - before.cpuPressureUs) / 1000 / (after.atMs - before.atMs);
  return {
    ...(before.load1m === undefined ? {} : { load1m: before.load1m }),
    // The kernel folds its counter about every two seconds, so that a short span may seem to have waited longer than
    // it lasted. A span of no length has no share.
    ...(share === undefined || !Number.isFinite(share)
      ? {}
      : { cpuPressureShare: Math.min(1, Math.max(0, share)) }),
  };
}

/** The counter `total` of the line `some` in microseconds, or `undefined` when the text has none. */
export function parseCpuPressure(text: string): number | undefined {
  const total = /^some .*\btotal=(\d+)/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total);
}

function machineId(cpuModel: string, coreCount: number, memoryBytes: number, system: string): string {
  if (cpuModel === UNKNOWN || coreCount === 0 || memoryBytes === 0) return UNKNOWN;
  // The usable memory changes by some MiB with the kernel.
  const memoryGiB = Math.round(memoryBytes / 2 ** 30);
  return createHash("sha256").update(JSON.stringify([cpuModel, coreCount, memoryGiB, system])).digest("hex")
    .slice(0, 16);
}

function readCpuModel(): string | undefined {
  const model = orElse(() => cpus()[0]?.model.trim(), undefined);
  if (model !== undefined && model !== "") return model;
  return /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1]?.trim();
}

function readMemoryBytes(): number | undefined {
  const total = orElse(() => Deno.systemMemoryInfo().total, undefined);
  if (total !== undefined) return total;
  const kibibytes = /^MemTotal:\s*(\d+) kB/m.exec(Deno.readTextFileSync("/proc/meminfo"))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** A digest, since the kernel's own name for a start is shown by other programs beside other things. */
function readBootId(): string | undefined {
  // The runtime opens files of the kernel only with all permissions; another program may.
  const { success, stdout } = new Deno.Command("cat", {
    args: ["/proc/sys/kernel/random/boot_id"],
    stdin: "null",
    stderr: "null",
  }).outputSync();
  const id = success ? new TextDecoder().decode(stdout).trim() : "";
  return id === "" ? undefined : createHash("sha256").update(id).digest("hex").slice(0, 16);
}

function readSqliteVersion(): string | undefined {
  // Asked of the library itself: process.versions.sqlite names another version than the one that runs.
  const database = new DatabaseSync(":memory:");
  try {
    const version = database.prepare("SELECT sqlite_version() AS version").get()?.["version"];
    return typeof version === "string" ? version : undefined;
  } finally {
    database.close();
  }
}

function git(directory: string, ...args: string[]): string | undefined {
  return orElse(() => {
    // Without optional locks: asking must not disturb whoever commits at the same moment.
    const { success, stdout } = new Deno.Command("git", {
      args: ["--no-optional-locks", "-C", directory, ...args],
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  }, undefined);
}

/** What `read` gives, or `fallback` when it gives nothing, is not permitted, or fails. */
function orElse<T>(read: () => T | undefined, fallback: T): T {
  try {
    return read() ?? fallback;
  } catch {
    return fallback;
  }
}
