import type { PhaseLog } from "../model/measurement.ts";
import type { PhaseTruth } from "./phase_truth.ts";

/** The part of a phase that counts. All times are nanoseconds on its clock. */
export interface PhaseSpan {
  /** Start of the first recorded operation; -Infinity when all are recorded, Infinity when none is. */
  readonly fromNs: number;
  /** The phase is taken to be quiet from its last acknowledgement or emission on, whichever is later. */
  readonly quietNs: number;
  /** Last acknowledgement; Infinity without operations. */
  readonly lastEndNs: number;
  /** Last emission of any stream; -Infinity without one. */
  readonly lastEmissionNs: number;
}

/** From where to where streams are measured. */
export function phaseSpan({ phase, operations }: PhaseTruth, log: PhaseLog): PhaseSpan {
  const firstRecorded = phase.warmupOperationCount;
  const count = operations.length;
  const fromNs = firstRecorded === 0
    ? -Infinity
    : log.startNs.subarray(firstRecorded, count).reduce((a, b) => Math.min(a, b), Infinity);
  const lastEndNs = count === 0 ? Infinity : lastTime(log.endNs.subarray(0, count));
  let lastEmissionNs = -Infinity;
  for (const { results, atNs } of log.streams) {
    if (results.length > 0) lastEmissionNs = Math.max(lastEmissionNs, atNs[results.length - 1]!);
  }
  const quietNs = count === 0 ? lastEmissionNs : Math.max(lastEndNs, lastEmissionNs);
  return { fromNs, quietNs, lastEndNs, lastEmissionNs };
}

/** Lanes end in any order, and what was never called has no end. */
function lastTime(endNs: Float64Array): number {
  return endNs.reduce((last, end) => end > last && end < Infinity ? end : last, -Infinity);
}
