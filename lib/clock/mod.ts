/** Time: what a block asks of it, what a turn and a step of it cost, how late the event loop is. */
export * from "./clock.ts";
export * from "./loop_delay.ts";
export * from "./wait_until.ts";
