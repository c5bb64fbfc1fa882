/** What every adapter must keep, whatever database stands behind it. */
export * from "./conformance_page.ts";
export * from "./find_targets.ts";
export * from "./judge_gaps.ts";
export * from "./run_conformance.ts";
export * from "./scenario.ts";
export * from "./second_tab.ts";
export * from "./second_tab_page.ts";
export * from "./spawn_conformance.ts";
export * from "./stored_conformance.ts";
