/**
 * One run of one phase, on the parent's side: replays it, has the child play it, reads the final state, judges.
 *
 *     truth replays | child plays ... acknowledged <- final digests ... quiet | final reads | judge
 */
import {
  type Counter,
  counterChange,
  type Operation,
  type Phase,
  type PhaseJudgement,
  type PhaseLog,
  type PhaseTimeline,
  type Query,
  type Row,
  type ShownResult,
  type Verdict,
  type Warning,
  watchedIn,
} from "../model/mod.ts";
import type { Truth } from "../oracle/mod.ts";
import type { Digester } from "../protocol/digester.ts";
import type {
  AskedQuery,
  KeptResult,
  Patience,
  PlayedOperation,
  PlayedPhase,
  Player,
} from "../protocol/player.ts";
import { type TransactionRead, transactionReads } from "../protocol/transaction_steps.ts";
import { phaseTimeline } from "./phase_timeline.ts";
import { assignLanes } from "./assign_lanes.ts";
import { planArrivals } from "./plan_arrivals.ts";
import type { ProcessReadings } from "./run_block.ts";

/** What of a log tells how the session of a phase was opened. */
export type Opening = Pick<PhaseLog, "reopenNs" | "firstOpenNs" | "pageStartNs">;

/** What a phase needs. */
export interface PhaseRun {
  readonly phase: Phase;
  readonly iteration: number;
  readonly player: Player;
  /** Counters that the adapter declares. */
  readonly counters: readonly Counter[];
  readonly truth: Truth;
  /** The child's own. */
  readonly digester: Digester;
  /** Whole results of the block so far by digest, which grow; absent where only digests are kept. */
  readonly rows: Map<number, readonly Row[]> | undefined;
  readonly patience: Patience;
  readonly readings: ProcessReadings;
  /** Between quiet and the final reads, in milliseconds; the streams are recorded all the while. */
  readonly lingerMs: number;
  /** How the session came about, for the first phase on it. */
  readonly opening?: Opening | undefined;
  /**
   * Asked after the judgement whether this run is to be pictured. Absent: never, and no library is asked for its
   * re-queries either.
   */
  readonly wantsTimeline?: ((verdict: Verdict) => boolean) | undefined;
}

/** What came of a phase. */
export interface PhaseOutcome {
  readonly log: PhaseLog;
  readonly phase: Phase;
  readonly operations: readonly Operation[];
  readonly judgement: PhaseJudgement;
  /** The phase has watches, but the adapter cannot watch. */
  readonly unwatched: boolean;
  readonly warnings: readonly Warning[];
  /** Present when it was wanted. */
  readonly timeline?: PhaseTimeline;
}

/** No operation of an open loop is called any more when one is this late. */
const LATEST_NS = 2e9;

/** Runs and judges a phase. Throws what the database throws. */
export async function runPhase(run: PhaseRun): Promise<PhaseOutcome> {
  const { phase, player, truth, digester, readings, iteration } = run;
  const operations = phase.operations();
  const expectation = truth.advance(phase, operations, digester);
  const totals = new Map<Query, boolean>();
  const isTotal = ({ query, args }: Pick<AskedQuery, "query" | "args">): boolean => {
    let known = totals.get(query);
    if (known === undefined) totals.set(query, known = truth.isTotal(query, args));
    return known;
  };
  const asked = ({ query, args }: Pick<AskedQuery, "query" | "args">): AskedQuery => ({
    query,
    args,
    isTotal: isTotal({ query, args }),
  });

  const watched = watchedIn(phase, operations);
  const hasPages = watched.length > phase.watches.length;
  const memoryStartBytes = hasPages ? await readings.memoryBytes() : undefined;
  const { arrivals, warmupOperationCount } = phase;
  const laneCount = phase.laneCount ?? 1;
  let isCutShort = false;
  const serverStartNs = await readings.serverCpuNs();
  await player.play({
    name: phase.name,
    watches: phase.watches.map(asked),
    operations: operations.map((operation): PlayedOperation => {
      switch (operation.kind) {
        case "read":
          return { ...operation, isTotal: isTotal(operation) };
        case "navigate":
          return { ...operation, watches: operation.watches.map(asked) };
        case "transaction":
          requireTotal(transactionReads(operation.steps).filter((read) => !isTotal(read)), phase.name);
          return operation;
        default:
          return operation;
      }
    }),
    warmupOperationCount,
    pacing: phase.pacing,
    ...(arrivals === undefined ? {} : {
      arrivals: {
        atNs: planArrivals(arrivals, operations.length, warmupOperationCount),
        latestNs: LATEST_NS,
      },
    }),
    ...(laneCount === 1 ? {} : { lanes: assignLanes(expectation.groups!, laneCount) }),
    asksRequeries: run.wantsTimeline !== undefined,
    notesTurns: phase.isScreen ?? false,
  }, {
    started: () => {},
    acknowledged: (message) => {
      isCutShort = message.isCutShort === true;
      return isCutShort ? expectation.finals.map(() => null) : expectation.finals;
    },
  });
  const serverEndNs = await readings.serverCpuNs();

  const idleShare = run.lingerMs > 0 && !isCutShort ? await linger(run.lingerMs, readings) : 0;
  const keep = (results: readonly KeptResult[]): void => {
    for (const { digest, rows } of results) run.rows?.set(digest, rows);
  };
  const finalReads: ShownResult[] = [];
  for (const bound of isCutShort ? [] : [...phase.watches, ...phase.checks]) {
    const { rows, ...shown } = await player.read(asked(bound));
    if (rows !== undefined) keep([{ digest: shown.digest, rows }]);
    finalReads.push(shown);
  }
  const played = await player.finish();
  const memoryEndBytes = hasPages ? await readings.memoryBytes() : undefined;
  keep(played.rows);

  const log: PhaseLog = {
    ...logOf(played, run.counters),
    ...(isCutShort ? { isCutShort } : {}),
    finalReads,
    ...run.opening,
    ...(serverStartNs === undefined || serverEndNs === undefined
      ? {}
      : { serverCpuUntilQuietNs: serverEndNs - serverStartNs }),
    ...(memoryStartBytes === undefined || memoryEndBytes === undefined
      ? {}
      : { memoryGrowthBytes: memoryEndBytes - memoryStartBytes }),
    ...(run.rows === undefined ? {} : { rows: run.rows }),
  };
  const judgement = expectation.judge(log, { phase: phase.name, iteration });
  const unwatched = watched.length > 0 && !played.isWatched;
  const { verdict } = judgement;
  // A picture shows operations one after the other.
  const isPictured = laneCount === 1 && !isCutShort && (run.wantsTimeline?.(verdict) ?? false);
  const requeries = played.requeries.map((stream) => stream ?? undefined);
  const evidence = { phase, operations, iteration, verdict, unwatched, log, requeries };
  return {
    log,
    phase,
    operations,
    judgement,
    unwatched,
    warnings: [
      ...played.isQuiet
        ? []
        : [{ kind: "not-quiet", phase: phase.name, waitedMs: run.patience.deadlineMs } as const],
      ...idleShare <= BUSY_SHARE
        ? []
        : [{ kind: "busy-while-quiet", phase: phase.name, share: idleShare } as const],
    ],
    ...(isPictured ? { timeline: phaseTimeline({ ...evidence, traces: expectation.trace(log) }) } : {}),
  };
}

/** Reads inside transactions are judged by one digest each. */
function requireTotal(open: readonly TransactionRead[], phase: string): void {
  if (open.length === 0) return;
  throw new RangeError(
    `Cannot play phase "${phase}" as reads inside transactions must have one right order: ${
      open[0]!.query.sql
    } has several`,
  );
}

/** Of a CPU. A runtime that does nothing but collect garbage stays far below. */
const BUSY_SHARE = 0.2;

/** Lets the time pass and answers which share of a CPU the child used meanwhile; 0 where the kernel does not tell. */
async function linger(ms: number, readings: ProcessReadings): Promise<number> {
  const before = await readings.allCpuNs();
  const startMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await readings.allCpuNs();
  if (before === undefined || after === undefined) return 0;
  return (after - before) / 1e6 / (performance.now() - startMs);
}

/** The log without what the parent adds. */
function logOf(played: PlayedPhase, counters: readonly Counter[]): Omit<PhaseLog, "finalReads"> {
  const { readDigests, dueNs, waitLateNs, subscribeStartNs } = played;
  // What was never called has no time in the child, and comes after everything here.
  const [startNs, endNs] = [played.startNs, played.endNs].map((timesNs) =>
    timesNs.map((time) => Number.isNaN(time) ? Infinity : time)
  );
  const rowDigests = new Map(played.readRowDigests);
  const reads = new Map<number, ShownResult>();
  for (const [index, digest] of readDigests.entries()) {
    if (Number.isNaN(digest)) continue;
    const ofRows = rowDigests.get(index);
    reads.set(index, ofRows === undefined ? { digest } : { digest, rowDigests: ofRows });
  }
  // Pages are opened later and have first results of their own.
  const firstShownNs = played.pageOpenedNs.length > 0 ? undefined : played.streams
    .reduce<number | undefined>((first, { atNs }) => {
      const own = atNs[0];
      return own === undefined || (first !== undefined && first <= own) ? first : own;
    }, undefined);
  return {
    startNs: startNs!,
    endNs: endNs!,
    ...(dueNs === undefined || waitLateNs === undefined ? {} : { dueNs, waitLateNs }),
    reads,
    streams: played.streams.map(({ atNs, digests, rowDigests, turns, errors }) => ({
      atNs,
      ...(turns === undefined ? {} : { turns }),
      results: Array.from(
        digests,
        (digest, emission): ShownResult =>
          rowDigests === undefined ? { digest } : { digest, rowDigests: rowDigests[emission]! },
      ),
      errors,
    })),
    ...(played.pageOpenedNs.length === 0
      ? {}
      : { pages: { openedNs: played.pageOpenedNs, closedNs: played.pageClosedNs } }),
    subscribeNs: played.subscribeNs,
    ...(firstShownNs === undefined ? {} : { firstResultNs: firstShownNs - subscribeStartNs }),
    callerCpuNs: played.callerCpuNs,
    callerCpuUntilQuietNs: played.callerCpuUntilQuietNs,
    processCpuUntilQuietNs: played.processCpuUntilQuietNs,
    listenerNs: played.listenerNs,
    loopDelayMaxNs: played.loopDelayMaxNs,
    framesMissed: played.framesMissed,
    lateNs: played.lateNs,
    ...(played.frames === undefined ? {} : { frames: played.frames }),
    counters: counterChange(counters, played.countersBefore, played.countersAfter),
    changedLater: played.changedLater,
  };
}
