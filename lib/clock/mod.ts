/** Time: the wall clock, turns of the event loop, CPU time, event-loop delay. */
export * from "./clock.ts";
export * from "./cpu_clock.ts";
export * from "./libc.ts";
export * from "./loop_delay.ts";
