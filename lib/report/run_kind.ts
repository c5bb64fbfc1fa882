/** What a run was made for, by what it was called: lists of runs show benches, and the others when they are asked for. */
export const RUN_KINDS = ["bench", "comparison", "experiment", "calibration"] as const;

/**
 * See {@link RUN_KINDS}. `comparison`: two revisions side by side, by `ab`. `calibration`: measured to learn what the
 * machine or the statistics make up by themselves.
 */
export type RunKind = typeof RUN_KINDS[number];

const CALIBRATIONS: readonly string[] = ["calibrate", "compare", "power"];

/** The kind of a run with this label. */
export function runKind(label: string): RunKind {
  if (/^exp-\d+-/.test(label)) return "experiment";
  if (CALIBRATIONS.includes(label)) return "calibration";
  return label === "ab" ? "comparison" : "bench";
}
