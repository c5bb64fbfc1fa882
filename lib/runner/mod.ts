/** Runs blocks: the plan, the child's side, the parent's side, and what they say to each other. */
export * from "./plan.ts";
export * from "./schedule.ts";
export * from "./protocol.ts";
export * from "./run_block.ts";
export * from "./run_phase.ts";
export * from "./run_plan.ts";
export * from "./spawn_block.ts";
