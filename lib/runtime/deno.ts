/** Deno. The CPU time of the calling thread comes from the C library, as the runtime's own reading is tick-grained. */
import { setImmediate } from "node:timers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openCpuClock } from "./libc_cpu.ts";
import { openNap } from "./libc_nap.ts";
import type { ChildRuntime } from "./runtime.ts";
import { standStill } from "./stand_still.ts";
import { watchWebEvents } from "./web_events.ts";

/**
 * The runtime of this process. A turn is `setImmediate`, 3 to 6 us here, since `setTimeout(0)` takes 2 ms. Without
 * `libcPath` CPU readings are coarse.
 */
export function denoRuntime(libcPath: string | undefined): ChildRuntime {
  // Taken now: an adapter that is loaded later may put something else in their places.
  const now = performance.now.bind(performance);
  const immediate = setImmediate;
  const timer = globalThis.setTimeout;
  let { gc } = globalThis as { gc?: () => void };
  const memory = Deno.memoryUsage;
  const cpu = openCpuClock(libcPath);
  const nap = openNap(libcPath);
  return {
    id: "deno",
    facts: { runtime: `deno ${Deno.version.deno}`, v8: Deno.version.v8 },
    nowNs: () => now() * 1e6,
    turn: () => new Promise((resolve) => immediate(resolve)),
    sleep: (ms) => new Promise((resolve) => timer(resolve, ms)),
    readCpu: () => ({ callerNs: cpu.callerNs(), processNs: cpu.processNs() }),
    ...(nap === undefined ? {} : { nap }),
    ...(cpu.coarseReason === undefined
      ? { callerCpuNs: cpu.callerNs }
      : { coarseCpuReason: cpu.coarseReason }),
    collectGarbage: () => (gc ??= exposedGc())(),
    heapBytes: () => memory().heapUsed,
    watchBackground: watchWebEvents,
    standStill,
  };
}

/** For processes that were not started with the flag, such as tests. */
function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
