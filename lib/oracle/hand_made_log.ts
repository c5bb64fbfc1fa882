/** Logs of phases as a runner would write them, at round times. For tests. */
import type { PhaseLog, StreamLog } from "../model/measurement.ts";
import type { PhaseJudgement } from "../model/verdict.ts";
import type { Phase } from "../model/workload.ts";
import type { Row } from "../model/value.ts";
import type { PhaseExpectation } from "./phase_expectation.ts";

/** One delivery to a watch. */
export interface Shown {
  readonly atNs: number;
  readonly rows: readonly Row[];
}

/** A phase that watches nothing and runs nothing, except for what is given. */
export function phaseOf(given: Partial<Phase>): Phase {
  return {
    name: "burst",
    watches: [],
    operations: () => [],
    warmupOperationCount: 0,
    turnsPerOperation: 0,
    checks: [],
    ...given,
  };
}

/** A log of operations that start at 100, 200, ... and take 50 each, and of what the streams showed. */
export function logOf(operationCount: number, streams: readonly (readonly Shown[])[]): PhaseLog {
  return {
    startNs: Float64Array.from({ length: operationCount }, (_, k) => 100 * k + 100),
    endNs: Float64Array.from({ length: operationCount }, (_, k) => 100 * k + 150),
    reads: new Map(),
    streams: streams.map(streamOf),
    finalReads: [],
    subscribeNs: 0,
    callerCpuNs: 0,
    callerCpuUntilQuietNs: 0,
    processCpuUntilQuietNs: 0,
    listenerNs: 0,
    loopDelayMaxNs: 0,
    framesMissed: 0,
    lateNs: 0,
    counters: {},
  };
}

/** Judges as the first iteration of phase "burst". */
export function judge(expectation: PhaseExpectation, log: PhaseLog): PhaseJudgement {
  return expectation.judge(log, { phase: "burst", iteration: 0 });
}

function streamOf(shown: readonly Shown[]): StreamLog {
  return { atNs: shown.map(({ atNs }) => atNs), rows: shown.map(({ rows }) => rows), errors: [] };
}
