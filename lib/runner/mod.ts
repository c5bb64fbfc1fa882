/** Runs blocks, on the parent's side: the plan, the child's process, the judgement and the numbers. */
export * from "./plan.ts";
export * from "./plan_arrivals.ts";
export * from "./run_block.ts";
export * from "./run_phase.ts";
export * from "./run_plan.ts";
export * from "./schedule.ts";
export * from "./spawn_block.ts";
