/**
 * The pages that are about experiments. This folder makes their data, from the sources of experiments
 * and the runs that outcomes rest on; `site/viewer` draws it.
 */
export { experimentsView } from "./experiments_view.ts";
export { type ExperimentSources, experimentView } from "./experiment_view.ts";
export { type ExperimentPoints, experimentPoints } from "./points.ts";
export type * from "./view.ts";
export {
  type ExperimentPagesOutcome,
  EXPERIMENTS_LINK,
  type ExperimentSite,
  hasResearch,
  writeExperimentPages,
} from "./write_pages.ts";
