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
  const fromNs = firstRecorded === 0
    ? -Infinity
    : log.startNs.subarray(0, operations.length)[firstRecorded] ?? Infinity;
  const lastEndNs = operations.length === 0 ? Infinity : log.endNs[operations.length - 1]!;
  let lastEmissionNs = -Infinity;
  for (const { results, atNs } of log.streams) {
    if (results.length > 0) lastEmissionNs = Math.max(lastEmissionNs, atNs[results.length - 1]!);
  }
  const quietNs = operations.length === 0 ? lastEmissionNs : Math.max(lastEndNs, lastEmissionNs);
  return { fromNs, quietNs, lastEndNs, lastEmissionNs };
}
