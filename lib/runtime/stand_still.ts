/** The end of a thread's work, where threads may wait. */

const { wait } = Atomics;
const { Int32Array, SharedArrayBuffer } = globalThis;
/** Whoever was told to stand still is killed long before; this is for the case that nobody is there to do it. */
export const STAND_STILL_MS = 60_000;

/** See `ChildRuntime.standStill`. */
export function standStill(): void {
  wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STAND_STILL_MS);
}
