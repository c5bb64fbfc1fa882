/**
 * CPU time of the calling thread and of the process.
 *
 * `process.threadCpuUsage()` of the runtime advances in scheduler ticks and reads 0 for busy loops of several
 * milliseconds, so the C library's `clock_gettime` is called directly: exact to microseconds, under 1 us a call.
 */
import process from "node:process";

/** Reads CPU time in nanoseconds since an arbitrary start. */
export interface CpuClock {
  /** CPU time of the calling thread. */
  callerNs(): number;
  /** CPU time of all threads of the process. */
  processNs(): number;
  /** Why the readings are tick-grained; absent when they are fine. */
  readonly coarseReason?: string;
}

// Linux clock ids, from <time.h>.
const CLOCK_PROCESS_CPUTIME_ID = 2;
const CLOCK_THREAD_CPUTIME_ID = 3;

/** Opens the fine clock from the given C library, or the runtime's coarse one with the reason. */
export function openCpuClock(libcPath: string | undefined): CpuClock {
  if (libcPath === undefined) return coarseClock("no C library was found in the usual places");
  let library;
  try {
    library = Deno.dlopen(libcPath, { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } });
  } catch (error) {
    return coarseClock(error instanceof Error ? error.message : String(error));
  }
  const timespec = new BigInt64Array(2);
  const { clock_gettime } = library.symbols;
  const read = (clockId: number): number => {
    clock_gettime(clockId, timespec);
    // Seconds of CPU time times 1e9 stay below 2^53 for a hundred days.
    return Number(timespec[0]) * 1e9 + Number(timespec[1]);
  };
  return {
    callerNs: () => read(CLOCK_THREAD_CPUTIME_ID),
    processNs: () => read(CLOCK_PROCESS_CPUTIME_ID),
  };
}

function coarseClock(coarseReason: string): CpuClock {
  const usageNs = (usage: { user: number; system: number }): number => (usage.user + usage.system) * 1000;
  return {
    callerNs: () => usageNs(process.threadCpuUsage()),
    processNs: () => usageNs(process.cpuUsage()),
    coarseReason,
  };
}
