/**
 * Experiments as code. Rooms, from what is written to what is kept: `sources` reads experiment files, `run` measures them,
 * `rules` makes the verdict (`judge_bar.ts`, then `decide.ts`), `map` keeps what is believed, `pages` shows it, `checks`
 * keep all of it true.
 */
export {
  checkJson,
  checkText,
  describeFault,
  githubAnnotations,
  githubSummary,
} from "./checks/check_report.ts";
export * from "./checks/mod.ts";
export { dayOf, parseDay } from "./sources/day.ts";
export { decide, type Decision } from "./rules/decide.ts";
export { type ExperimentIndex, readIndex, recordFaults } from "./map/experiment_index.ts";
export { claimId, IDS_FOLDER } from "./sources/id_claims.ts";
export { nextId } from "./sources/experiment_id.ts";
export { type Fault, faultAt } from "./sources/fault.ts";
export { findExperiment, paddedId } from "./sources/find_experiment.ts";
export { generatedFiles } from "./pages/generate.ts";
export { criteriaOf, judgedArms } from "./rules/judged_arms.ts";
export * from "./sources/load_experiments.ts";
export { markdownFiles } from "./pages/markdown_files.ts";
export { outcomeDigest, preregistrationDigest, preregistrationOf } from "./sources/preregistration.ts";
export { publishedOutcomeSchemas, shapeExperiment, shapeOutcome } from "./sources/schema.ts";
export { writeSections } from "./pages/sections.ts";
export {
  allows,
  type ExperimentFault,
  validateExperiment,
  type Vocabulary,
} from "./rules/validate_experiment.ts";
export * from "./map/signal_rules/mod.ts";
export * from "./rules/wording.ts";
