/**
 * Plays one phase: subscribe, run the operations, wait until all is quiet. Judges nothing.
 *
 *     watches open ... first results | operations (the wall) | acknowledged | quiet? | ... reads ... | finish
 *                                     ^ counters, CPU, delay ---------------------- ^
 */
import { type Clock, LoopDelayWatch } from "../clock/mod.ts";
import type { Requery, Session, Subscription } from "../model/adapter.ts";
import type { CounterValues } from "../model/counter.ts";
import type { Query } from "../model/statement.ts";
import type { Awaitable, RawRow, Row } from "../model/value.ts";
import type { Pacing } from "../model/workload.ts";
import type {
  FinalDigests,
  Patience,
  PhaseEvents,
  PhaseOrder,
  PlayedOperation,
  PlayedPhase,
} from "../protocol/player.ts";
import { append } from "../protocol/append.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { transactionReads } from "../protocol/transaction_steps.ts";
import type { ChildRuntime, CpuReading, Screen } from "../runtime/runtime.ts";
import { PageStreams } from "./page_streams.ts";
import type { PlantedSlowdown } from "./planted_slowdown.ts";
import { DigestLists } from "./digest_lists.ts";
import { NumberColumn } from "./number_column.ts";
import type { ResultRecorder } from "./result_recorder.ts";
import { StreamRecorder } from "./stream_recorder.ts";
import { Traffic } from "./traffic.ts";

const { max, min } = Math;

/** What a phase is played with. */
export interface PhaseStage {
  readonly session: Session;
  readonly runtime: ChildRuntime;
  readonly patience: Patience;
  readonly results: ResultRecorder;
  /** See `slowdown` of the operation loop. */
  readonly slowdown?: PlantedSlowdown | undefined;
  /** What results are drawn on; absent where they are not. */
  readonly screen?: Screen | undefined;
}

/** A phase that is quiet, with its streams still open. */
export interface QuietPhase {
  /** Closes the streams; what they delivered until then is in what it tells. */
  finish(): Promise<PlayedPhase>;
  /** Counts what comes to its streams when they are closed; holds nothing else of the phase then. */
  readonly recorder: Pick<StreamRecorder, "lateCount">;
}

/** Plays a phase. Throws what the database throws. */
export async function playPhase(
  stage: PhaseStage,
  order: PhaseOrder,
  events: PhaseEvents,
): Promise<QuietPhase> {
  const { session, runtime, results, slowdown, screen } = stage;
  const { operations, warmupOperationCount } = order;
  const isWatched = (order.watches.length > 0 || hasPages(operations)) && session.watch !== undefined;
  const recorder = new StreamRecorder({
    nowNs: runtime.nowNs,
    results,
    ...(order.notesTurns ? { turn: runtime.turn } : {}),
    ...(screen === undefined ? {} : { screen }),
  });
  // Each phase starts with a clean heap.
  runtime.collectGarbage();

  const subscribeStartNs = runtime.nowNs();
  const subscriptions = isWatched ? await subscribe(stage, order, recorder) : [];
  const subscribeNs = isWatched ? runtime.nowNs() - subscribeStartNs : 0;

  if (order.asksRequeries) takeRequeries(subscriptions);
  const pages = new PageStreams({ session, recorder, nowNs: runtime.nowNs });
  const count = operations.length;
  const startNs = new Float64Array(count).fill(NaN);
  const endNs = new Float64Array(count).fill(NaN);
  const readDigests = new Float64Array(count).fill(NaN);
  const rowDigests = new DigestLists();
  /** Which operation each list of row digests is of. */
  const listOwners = new NumberColumn();
  const columns = columnsOf(operations);
  const insideColumns = insideColumnsOf(operations);
  const rest = restOf(order.pacing, runtime);
  const loop = {
    startNs,
    endNs,
    perform: (index: number) => perform(session, operations[index]!, pages),
    consume: (answer: unknown, index: number) => {
      const operation = operations[index]!;
      if (operation.kind === "transaction") {
        const inside = insideColumns[index]!;
        consumeInside(results, answer as readonly (readonly Row[])[], inside, rowDigests);
        listOwners.add(index);
        readDigests[index] = inside.length;
        return;
      }
      if (operation.kind !== "read") return;
      if (operation.isRaw) {
        const lists = operation.isTotal ? undefined : rowDigests;
        readDigests[index] = results.consumeRaw(answer as readonly RawRow[], columns[index]!, lists);
        if (lists !== undefined) listOwners.add(index);
        return;
      }
      if (operation.isTotal) {
        readDigests[index] = results.consume(answer as readonly Row[], columns[index]!);
        return;
      }
      readDigests[index] = results.consumeOpen(answer as readonly Row[], columns[index]!, rowDigests);
      listOwners.add(index);
    },
    nowNs: runtime.nowNs,
    ...(rest === undefined ? {} : { rest }),
    slowdown,
  };
  const traffic = new Traffic(runtime, order);
  await traffic.run({ ...loop, goesOn: true }, 0, warmupOperationCount);

  const countersBefore: CounterValues = await session.counters?.() ?? {};
  recorder.listenerNs = 0;
  const { reading: cpuAtStart, askedNs } = await startReadings(runtime, events);
  // Behind the reading, which may have to ask another process.
  const loopDelay = new LoopDelayWatch(runtime.nowNs);
  screen?.watchFrames();
  // Behind an await it would have in it what the database does on its way there. Of several lanes the last one counts.
  let readingAtEnd: Awaitable<CpuReading> | undefined;
  const ended = (): void => void (readingAtEnd = runtime.readCpu());
  const beginNs = await traffic.run({ ...loop, ended }, warmupOperationCount, count);
  const readingAtLastAck = readingAtEnd === undefined || traffic.isCutShort
    ? runtime.readCpu()
    : readingAtEnd;
  const lastAckNs = lastOf(endNs) ?? runtime.nowNs();
  const firstNs = beginNs ?? firstOf(startNs, warmupOperationCount) ?? lastAckNs;
  const { isCutShort } = traffic;
  // Said before the reading has come: the parent's own clock is waiting.
  const answered = events.acknowledged({ spanNs: max(0, lastAckNs - firstNs), isCutShort });
  const cpuAtLastAck = await readingAtLastAck;
  const readingsSpanNs = askedNs === undefined ? undefined : runtime.nowNs() - askedNs;
  const finals = await answered;

  const isQuiet = await waitUntilQuiet(stage, recorder, isWatched ? finals : [], lastAckNs);
  const cpuWhenQuiet = await runtime.readCpu();
  const { maxNs, framesMissed, lateNs } = loopDelay.stop();
  const frames = screen?.readFrames();
  const countersAfter: CounterValues = await session.counters?.() ?? {};
  const { listenerNs } = recorder;
  const requeries = order.asksRequeries ? takeRequeries(subscriptions) : [];

  return {
    finish: async () => {
      for (let index = 0; index < subscriptions.length; index++) await subscriptions[index]!.close();
      await pages.close();
      const streams = recorder.streams();
      const changedLater = recorder.changedLater();
      recorder.close();
      screen?.clear();
      return {
        isWatched,
        startNs,
        endNs,
        ...(traffic.dueNs === undefined ? {} : { dueNs: traffic.dueNs, waitLateNs: traffic.waitLateNs! }),
        readDigests,
        readRowDigests: ownedLists(rowDigests, listOwners),
        streams,
        pageOpenedNs: pages.openedNs(),
        pageClosedNs: pages.closedNs(),
        subscribeStartNs,
        subscribeNs,
        callerCpuNs: cpuAtLastAck.callerNs - cpuAtStart.callerNs,
        ...(readingsSpanNs === undefined ? {} : { readingsSpanNs }),
        callerCpuUntilQuietNs: cpuWhenQuiet.callerNs - cpuAtStart.callerNs,
        processCpuUntilQuietNs: cpuWhenQuiet.processNs - cpuAtStart.processNs,
        listenerNs,
        loopDelayMaxNs: maxNs,
        framesMissed,
        lateNs,
        ...(frames === undefined ? {} : { frames }),
        countersBefore,
        countersAfter,
        requeries,
        isQuiet,
        rows: results.takeRows(),
        changedLater,
      };
    },
    recorder,
  };
}

/**
 * Reads CPU time and tells the parent, whose clock begins. Where another process is asked, that is done before, and it is
 * noted when; here, what the telling costs is kept out of the reading.
 */
async function startReadings(
  runtime: ChildRuntime,
  events: PhaseEvents,
): Promise<{ readonly reading: CpuReading; readonly askedNs?: number }> {
  const reading = runtime.readCpu();
  if ("then" in reading) {
    const askedNs = runtime.nowNs();
    const read = await reading;
    events.started();
    return { reading: read, askedNs };
  }
  events.started();
  return { reading: runtime.readCpu() as CpuReading };
}

/** The latest of some times, where there is one: lanes end in any order, and what was never called has no time. */
function lastOf(timesNs: Float64Array): number | undefined {
  let latestNs = -Infinity;
  for (let index = 0; index < timesNs.length; index++) {
    if (timesNs[index]! > latestNs) latestNs = timesNs[index]!;
  }
  return latestNs === -Infinity ? undefined : latestNs;
}

/** The earliest of some times from an index on, where there is one. */
function firstOf(timesNs: Float64Array, from: number): number | undefined {
  let earliestNs = Infinity;
  for (let index = from; index < timesNs.length; index++) {
    if (timesNs[index]! < earliestNs) earliestNs = timesNs[index]!;
  }
  return earliestNs === Infinity ? undefined : earliestNs;
}

/** Columns of the reads by index of the operation; made before the clock runs, and one array for each query. */
function columnsOf(operations: readonly PlayedOperation[]): (readonly string[] | undefined)[] {
  const known = new Map<Query, readonly string[]>();
  const all: (readonly string[] | undefined)[] = [];
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index]!;
    const columns = operation.kind === "read"
      ? known.get(operation.query) ?? resultColumns(operation.query)
      : undefined;
    if (operation.kind === "read") known.set(operation.query, columns!);
    append(all, columns);
  }
  return all;
}

/** Columns of the reads inside transactions, by index of the operation. */
function insideColumnsOf(
  operations: readonly PlayedOperation[],
): (readonly (readonly string[])[] | undefined)[] {
  const all: (readonly (readonly string[])[] | undefined)[] = [];
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index]!;
    if (operation.kind !== "transaction") {
      append(all, undefined);
      continue;
    }
    const reads = transactionReads(operation.steps);
    const columns: (readonly string[])[] = [];
    for (let read = 0; read < reads.length; read++) append(columns, resultColumns(reads[read]!.query));
    append(all, columns);
  }
  return all;
}

/** Writes digests of what the reads of a transaction have shown as one list, in order; as many as there should be. */
function consumeInside(
  results: ResultRecorder,
  answer: readonly (readonly Row[])[],
  columns: readonly (readonly string[])[],
  lists: DigestLists,
): void {
  const from = lists.open(columns.length);
  const { piece } = lists;
  for (let read = 0; read < columns.length; read++) {
    piece[from + read] = results.consume(answer[read] ?? [], columns[read]!);
  }
}

/** Lists of digests by index of the operation that they are of. */
function ownedLists(lists: DigestLists, owners: NumberColumn): (readonly [number, Float64Array])[] {
  const owned: (readonly [number, Float64Array])[] = [];
  for (let number = 0; number < lists.count; number++) append(owned, [owners.at(number), lists.list(number)]);
  return owned;
}

/** What the library tells about its re-queries since the last call, one entry per stream. */
function takeRequeries(subscriptions: readonly Subscription[]): (readonly Requery[] | null)[] {
  const taken: (readonly Requery[] | null)[] = [];
  for (let index = 0; index < subscriptions.length; index++) {
    append(taken, subscriptions[index]!.requeries?.() ?? null);
  }
  return taken;
}

/** `undefined` for a caller that goes on at once. */
function restOf(pacing: Pacing, clock: Clock): (() => Promise<void>) | undefined {
  if ("pauseMs" in pacing) return () => clock.sleep(pacing.pauseMs);
  const { turns } = pacing;
  if (turns === 0) return undefined;
  if (turns === 1) return clock.turn;
  return async () => {
    for (let turn = 0; turn < turns; turn++) await clock.turn();
  };
}

function hasPages(operations: readonly PlayedOperation[]): boolean {
  for (let index = 0; index < operations.length; index++) {
    if (operations[index]!.kind === "navigate") return true;
  }
  return false;
}

function perform(session: Session, operation: PlayedOperation, pages: PageStreams): Awaitable<unknown> {
  switch (operation.kind) {
    case "write":
      return session.write(operation.statement, operation.args);
    case "batch":
      return session.batch(operation.statement, operation.rows);
    case "read":
      if (!operation.isRaw) return session.read(operation.query, operation.args);
      if (session.readRaw === undefined) throw new Error("The session brings no rows as lists of values");
      return session.readRaw(operation.query, operation.args);
    case "navigate":
      return pages.turnTo(operation.watches);
    case "transaction":
      if (session.transaction === undefined) throw new Error("The session brings no transactions");
      return session.transaction(operation.steps);
  }
}

async function subscribe(
  { session, runtime, patience }: PhaseStage,
  { name, watches }: PhaseOrder,
  recorder: StreamRecorder,
): Promise<Subscription[]> {
  const subscriptions: Subscription[] = [];
  for (let index = 0; index < watches.length; index++) {
    const watch = watches[index]!;
    append(subscriptions, await session.watch!(watch.query, watch.args, recorder.observer(watch)));
  }
  const deadlineNs = runtime.nowNs() + patience.deadlineMs * 1e6;
  while (recorder.silentCount > 0) {
    const leftMs = (deadlineNs - runtime.nowNs()) / 1e6;
    if (leftMs <= 0) {
      throw new Error(
        `Cannot start phase "${name}" as every stream must show a first result within ` +
          `${patience.deadlineMs} ms: ${recorder.silentCount} of ${watches.length} have shown none`,
      );
    }
    await activityWithin(runtime, recorder, leftMs);
  }
  return subscriptions;
}

/**
 * Waits until nothing came for the quiet span that fits what is shown. Streams that are quiet but do not show a final
 * state that is known get the rest of the deadline. `false` when deliveries go on past the deadline.
 */
async function waitUntilQuiet(
  { runtime, patience }: PhaseStage,
  recorder: StreamRecorder,
  finals: FinalDigests,
  lastAckNs: number,
): Promise<boolean> {
  const { finalQuietMs, quietMs, deadlineMs } = patience;
  let isOpen = false;
  for (let index = 0; index < finals.length; index++) isOpen ||= finals[index] === null;
  const deadlineNs = lastAckNs + deadlineMs * 1e6;
  while (true) {
    const nowNs = runtime.nowNs();
    const isFinal = recorder.showsFinal(finals);
    const spanMs = isFinal ? finalQuietMs : quietMs;
    const leftNs = max(lastAckNs, recorder.lastActivityNs) + spanMs * 1e6 - nowNs;
    if (leftNs <= 0 && (isFinal || isOpen)) return true;
    if (nowNs >= deadlineNs) return leftNs <= 0;
    // Nothing wakes this wait: a delivery that did would make the calling thread work for the bench.
    const waitNs = isFinal || isOpen ? leftNs : finalQuietMs * 1e6;
    await runtime.sleep(max(1, min(waitNs, deadlineNs - nowNs) / 1e6));
  }
}

/** Resolves at the next delivery, or after `ms`. */
async function activityWithin(clock: Clock, recorder: StreamRecorder, ms: number): Promise<void> {
  await Promise.race([recorder.nextActivity(), clock.sleep(ms)]);
}
