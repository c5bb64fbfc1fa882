/** What Node and Bun share. Needs no native code: see `readCpu`. */
import process from "node:process";
import { setImmediate } from "node:timers";
import type { ChildRuntime } from "./runtime.ts";
import { standStill } from "./stand_still.ts";

/** Everything but the name. */
export function nodeLike(): Omit<ChildRuntime, "id" | "facts"> {
  // Taken now: an adapter that is loaded later may put something else in their places.
  const now = performance.now.bind(performance);
  const immediate = setImmediate;
  const timer = globalThis.setTimeout;
  const { gc } = globalThis as { gc?: () => void };
  const cpuUsage = process.cpuUsage.bind(process);
  const threadCpuUsage = process.threadCpuUsage.bind(process);
  const totalNs = ({ user, system }: { user: number; system: number }): number => (user + system) * 1000;
  return {
    nowNs: () => now() * 1e6,
    turn: () => new Promise((resolve) => immediate(resolve)),
    sleep: (ms) => new Promise((resolve) => timer(resolve, ms)),
    readCpu: () => {
      // In this order: asking for the process has the kernel bring the thread's own time up to date, which is
      // tick-grained otherwise.
      const processNs = totalNs(cpuUsage());
      return { callerNs: totalNs(threadCpuUsage()), processNs };
    },
    collectGarbage: () => gc?.(),
    standStill,
    watchBackground: (listener) => {
      const take = (error: unknown): void => listener(error);
      process.on("unhandledRejection", take);
      process.on("uncaughtException", take);
      return () => {
        process.off("unhandledRejection", take);
        process.off("uncaughtException", take);
      };
    },
  };
}
