/** Evidence at round times. For tests. */
import type { Operation, PhaseLog, StreamSummary } from "../model/mod.ts";
import type { PhaseEvidence } from "./declare.ts";

/** Operations that start at 100, 200, ... and take 50 each; reads, unless `operations` says otherwise. */
export function evidenceOf(
  given: {
    readonly operationCount?: number;
    readonly operations?: readonly Operation[];
    readonly streams?: Partial<StreamSummary>;
    readonly log?: Partial<PhaseLog>;
    readonly firstRecorded?: number;
    readonly isTimerPaced?: boolean;
  } = {},
): PhaseEvidence {
  const { operations = Array.from({ length: given.operationCount ?? 4 }, read) } = given;
  return {
    operations,
    firstRecorded: given.firstRecorded ?? 0,
    isTimerPaced: given.isTimerPaced ?? false,
    log: {
      startNs: Float64Array.from(operations, (_, index) => 100 * index + 100),
      endNs: Float64Array.from(operations, (_, index) => 100 * index + 150),
      reads: new Map(),
      streams: [],
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
      ...given.log,
    },
    judgement: {
      verdict: "converged",
      findings: [],
      findingCount: 0,
      ...(given.streams === undefined ? {} : {
        streams: {
          streamCount: 1,
          emissionsNeeded: 0,
          emissionsDelivered: 0,
          emissionsRedundant: 0,
          emissionsCoalesced: 0,
          freshnessNs: new Float64Array(),
          shownNs: new Float64Array(),
          dueNs: new Float64Array(),
          lastShownAtNs: -Infinity,
          outdatedMaxNs: 0,
          settleNs: 0,
          ...given.streams,
        },
      }),
    },
  };
}

function read(): Operation {
  const query = { sql: "", table: "items", columns: [], where: [], orderBy: [] } as never;
  return { kind: "read", label: "read", query, args: [] };
}
