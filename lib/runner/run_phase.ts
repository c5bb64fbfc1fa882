/**
 * One run of one phase: subscribe, run the operations, wait until all is quiet, read the final state, judge.
 *
 *     watches open ... first results | operations (the wall) | quiet? | oracle catches up | final reads | judge
 *                                     ^ counters, CPU, delay ---------^
 */
import { type Clock, LoopDelayWatch } from "../clock/mod.ts";
import type { PhaseExpectation, Truth } from "../oracle/mod.ts";
import {
  type Adapter,
  type Awaitable,
  counterChange,
  type Operation,
  type Phase,
  type PhaseJudgement,
  type PhaseLog,
  type PhaseTimeline,
  type Requery,
  type Row,
  type Session,
  type Subscription,
  type Verdict,
  type Warning,
} from "../model/mod.ts";
import { consumeRows } from "./consume.ts";
import { runOperations } from "./operation_loop.ts";
import type { PlantedSlowdown } from "./planted_slowdown.ts";
import { phaseTimeline } from "./phase_timeline.ts";
import { StreamRecorder } from "./stream_recorder.ts";

/** How long streams may take, in milliseconds. None of these spans is inside a number. */
export interface Patience {
  /** A stream is quiet when nothing came for this long. */
  readonly quietMs: number;
  /** Streams that are quiet but outdated get this long to come round; the same for first results. */
  readonly deadlineMs: number;
}

/** What a phase needs. */
export interface PhaseRun {
  readonly phase: Phase;
  readonly iteration: number;
  readonly adapter: Adapter;
  readonly session: Session;
  /** Asked when all is quiet, so that the model of the data is not in memory while the clock runs. */
  readonly truth: () => Truth;
  readonly clock: Clock;
  readonly patience: Patience;
  /** Called when all was quiet, before the oracle works: the moment to read memory. */
  readonly onQuiet: () => void;
  /**
   * Asked after the judgement whether this run is to be pictured. Absent: never, and no library is asked for its
   * re-queries either.
   */
  readonly wantsTimeline?: ((verdict: Verdict) => boolean) | undefined;
  /** See `slowdown` of the operation loop. */
  readonly slowdown?: PlantedSlowdown | undefined;
}

/** What came of a phase. */
export interface PhaseOutcome {
  readonly log: PhaseLog;
  readonly operations: readonly Operation[];
  readonly judgement: PhaseJudgement;
  /** The phase has watches, but the adapter cannot watch. */
  readonly unwatched: boolean;
  readonly warnings: readonly Warning[];
  /** Present when it was wanted. */
  readonly timeline?: PhaseTimeline;
}

/** Runs and judges a phase. Throws what the database throws. */
export async function runPhase(run: PhaseRun): Promise<PhaseOutcome> {
  const { phase, session, clock, patience } = run;
  const operations = phase.operations();
  const isWatched = phase.watches.length > 0 && session.watch !== undefined;
  const recorder = new StreamRecorder(clock.nowNs);
  collectGarbage();

  const subscribeStartNs = clock.nowNs();
  const subscriptions = isWatched ? await subscribe(run, recorder) : [];
  const subscribeNs = isWatched ? clock.nowNs() - subscribeStartNs : 0;

  if (run.wantsTimeline !== undefined) takeRequeries(subscriptions);
  const times = {
    startNs: new Float64Array(operations.length),
    endNs: new Float64Array(operations.length),
  };
  const reads = new Map<number, readonly Row[]>();
  const loop = {
    ...times,
    perform: (index: number) => perform(session, operations[index]!),
    consume: (answer: unknown, index: number) => {
      if (operations[index]!.kind !== "read") return;
      const rows = answer as readonly Row[];
      recorder.consumed += consumeRows(rows);
      reads.set(index, rows);
    },
    nowNs: clock.nowNs,
    turnsPerOperation: phase.turnsPerOperation,
    turn: clock.turn,
    slowdown: run.slowdown,
  };
  await runOperations({ ...loop, from: 0, to: phase.warmupOperationCount });

  const countersBefore = await session.counters?.() ?? {};
  recorder.listenerNs = 0;
  const loopDelay = new LoopDelayWatch(clock.nowNs);
  const callerStartNs = clock.cpu.callerNs();
  const processStartNs = clock.cpu.processNs();
  await runOperations({ ...loop, from: phase.warmupOperationCount, to: operations.length });
  const callerCpuNs = clock.cpu.callerNs() - callerStartNs;

  const lastAckNs = times.endNs.at(-1) ?? clock.nowNs();
  const warnings: Warning[] = [];
  if (isWatched && !(await waitUntilQuiet(clock, recorder, lastAckNs, patience))) {
    warnings.push({ kind: "not-quiet", phase: phase.name, waitedMs: patience.deadlineMs });
  }
  const callerCpuUntilQuietNs = clock.cpu.callerNs() - callerStartNs;
  const processCpuUntilQuietNs = clock.cpu.processNs() - processStartNs;
  const { maxNs, framesMissed, lateNs } = loopDelay.stop();
  const countersAfter = await session.counters?.() ?? {};
  const { listenerNs } = recorder;
  run.onQuiet();
  const requeries = run.wantsTimeline === undefined ? [] : takeRequeries(subscriptions);

  const expectation = run.truth().advance(phase, operations);
  if (isWatched) await waitUntilFinal(clock, recorder, expectation, patience);
  const finalReads: (readonly Row[])[] = [];
  for (const { query, args } of [...phase.watches, ...phase.checks]) {
    finalReads.push(await session.read(query, args));
  }
  for (const subscription of subscriptions) await subscription.close();

  const log: PhaseLog = {
    ...times,
    reads,
    streams: recorder.logs,
    finalReads,
    subscribeNs,
    callerCpuNs,
    callerCpuUntilQuietNs,
    processCpuUntilQuietNs,
    listenerNs,
    loopDelayMaxNs: maxNs,
    framesMissed,
    lateNs,
    counters: counterChange(run.adapter.counters, countersBefore, countersAfter),
  };
  const { iteration } = run;
  const judgement = expectation.judge(log, { phase: phase.name, iteration });
  const unwatched = phase.watches.length > 0 && !isWatched;
  const { verdict } = judgement;
  const isPictured = run.wantsTimeline?.(verdict) ?? false;
  const evidence = { phase, operations, iteration, verdict, unwatched, log, requeries };
  return {
    log,
    operations,
    judgement,
    unwatched,
    warnings,
    ...(isPictured ? { timeline: phaseTimeline({ ...evidence, traces: expectation.trace(log) }) } : {}),
  };
}

/** What the library tells about its re-queries since the last call, one entry per stream. */
function takeRequeries(subscriptions: readonly Subscription[]): (readonly Requery[] | undefined)[] {
  return subscriptions.map((subscription) => subscription.requeries?.());
}

/** Starts each phase with a clean heap, where the runtime was started with `--expose-gc`. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

function perform(session: Session, operation: Operation): Awaitable<unknown> {
  switch (operation.kind) {
    case "write":
      return session.write(operation.statement, operation.args);
    case "batch":
      return session.batch(operation.statement, operation.rows);
    case "read":
      return session.read(operation.query, operation.args);
  }
}

async function subscribe(run: PhaseRun, recorder: StreamRecorder): Promise<Subscription[]> {
  const { phase, session, clock, patience } = run;
  const subscriptions: Subscription[] = [];
  for (const { query, args } of phase.watches) {
    subscriptions.push(await session.watch!(query, args, recorder.observer()));
  }
  const deadlineNs = clock.nowNs() + patience.deadlineMs * 1e6;
  while (!recorder.haveAllStarted()) {
    const leftMs = (deadlineNs - clock.nowNs()) / 1e6;
    if (leftMs <= 0) {
      const silent = recorder.logs.filter((log) => log.rows.length === 0).length;
      throw new Error(
        `Cannot start phase "${phase.name}" as every stream must show a first result within ` +
          `${patience.deadlineMs} ms: ${silent} of ${phase.watches.length} have shown none`,
      );
    }
    await activityWithin(clock, recorder, leftMs);
  }
  return subscriptions;
}

/** `true` when nothing was delivered for the quiet span, `false` when deliveries go on past the deadline. */
async function waitUntilQuiet(
  clock: Clock,
  recorder: StreamRecorder,
  lastAckNs: number,
  patience: Patience,
): Promise<boolean> {
  const deadlineNs = lastAckNs + patience.deadlineMs * 1e6;
  while (true) {
    const quietAtNs = Math.max(lastAckNs, recorder.lastActivityNs) + patience.quietMs * 1e6;
    const nowNs = clock.nowNs();
    if (nowNs >= quietAtNs) return true;
    if (nowNs >= deadlineNs) return false;
    await clock.sleep(Math.max(1, (quietAtNs - nowNs) / 1e6));
  }
}

/** Gives streams that are quiet but do not show the final state the rest of the deadline to come round. */
async function waitUntilFinal(
  clock: Clock,
  recorder: StreamRecorder,
  expectation: PhaseExpectation,
  patience: Patience,
): Promise<void> {
  const deadlineNs = clock.nowNs() + patience.deadlineMs * 1e6;
  const isFinal = (): boolean =>
    recorder.logs.every((log, index) => log.rows.length > 0 && expectation.isFinal(index, log.rows.at(-1)!));
  while (!isFinal()) {
    const leftMs = (deadlineNs - clock.nowNs()) / 1e6;
    if (leftMs <= 0) return;
    await activityWithin(clock, recorder, leftMs);
  }
}

/** Resolves at the next delivery, or after `ms`. */
async function activityWithin(clock: Clock, recorder: StreamRecorder, ms: number): Promise<void> {
  await Promise.race([recorder.nextActivity(), clock.sleep(ms)]);
}
