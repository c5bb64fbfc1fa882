/** Run folders on disk: create, append, seal, resume, load, list; and what the machine is. */
export * from "./run_folder.ts";
export {
  ASIDE_FOLDER,
  BLOCKS_FILE,
  HEADER_FILE,
  loadRun,
  loadStoredRun,
  type StoredRun,
} from "./load_run.ts";
export { loadTimeline, TIMELINES_FOLDER } from "./timeline_file.ts";
export * from "./list_runs.ts";
export * from "./fingerprint.ts";
export { LATEST, parseBaseline, readBaselines, saveBaseline } from "./baselines.ts";
export { replaceFile } from "./replace_file.ts";
export { textIfThere } from "./text_if_there.ts";
export { DEFAULT_LABEL, LABEL_PATTERN, parseLabel, runId } from "./run_id.ts";
export type { Migration, RawObject } from "./migrate.ts";
export { commitOf, git, type GitOutcome, Worktrees } from "./worktrees.ts";
