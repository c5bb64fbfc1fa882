/** Experiments as code: the registry, the signal map, what is generated from them, and the checks that keep it true. */
export { checkJson, checkText, describeFault, githubAnnotations, githubSummary } from "./check_report.ts";
export * from "./checks/mod.ts";
export { dayOf, parseDay } from "./day.ts";
export { decide, type Decision } from "./decide.ts";
export { type ExperimentIndex, readIndex, recordFaults } from "./experiment_index.ts";
export { nextId } from "./experiment_id.ts";
export { type Fault, faultAt } from "./fault.ts";
export { findExperiment, paddedId } from "./find_experiment.ts";
export { generatedFiles } from "./generate.ts";
export { criteriaOf, judgedArms } from "./judged_arms.ts";
export * from "./load_experiments.ts";
export { markdownFiles } from "./markdown_files.ts";
export { outcomeDigest, preregistrationDigest, preregistrationOf } from "./preregistration.ts";
export { publishedOutcomeSchemas, shapeExperiment, shapeOutcome } from "./schema.ts";
export { writeSections } from "./sections.ts";
export { allows, type ExperimentFault, validateExperiment, type Vocabulary } from "./validate_experiment.ts";
export * from "./signal_rules/mod.ts";
export * from "./wording.ts";
