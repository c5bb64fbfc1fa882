/**
 * Sleeping without timers: `usleep` of the C library, on a thread of the runtime's own, wakes tens of microseconds late,
 * where the runtime's timers take milliseconds. Waiting costs no CPU, so that it disturbs nothing.
 */

/** Opens it from the given C library; `undefined` where there is none. */
export function openNap(libcPath: string | undefined): ((ns: number) => Promise<void>) | undefined {
  if (libcPath === undefined) return undefined;
  try {
    const { symbols: { usleep } } = Deno.dlopen(libcPath, {
      usleep: { parameters: ["u32"], result: "i32", nonblocking: true },
    });
    const { floor, min } = Math;
    // Half a second at most: some libraries refuse a whole one, and whoever waits looks at the clock again.
    return async (ns) => void await usleep(min(500_000, floor(ns / 1000)));
  } catch {
    return undefined;
  }
}
