/** Whether what a child answered has the shape of an answer: it comes from a process that is not trusted. */
import { z } from "zod";
import type { Verb } from "../protocol/messages.ts";
import type { PhaseOrder, PlayedPhase } from "../protocol/player.ts";

const time = z.number().min(0);
const digest = z.int().min(0);
const column = z.instanceof(Float64Array);
const counters = z.record(z.string(), z.number());
const row = z.record(z.string(), z.unknown());
const result = z.array(row);
const requery = z.strictObject({ startMs: z.number(), endMs: z.number() });

const played = z.strictObject({
  isWatched: z.boolean(),
  startNs: column,
  endNs: column,
  dueNs: z.exactOptional(column),
  waitLateNs: z.exactOptional(column),
  readDigests: column,
  readRowDigests: z.array(z.tuple([z.int().min(0), column])),
  streams: z.array(z.strictObject({
    atNs: column,
    digests: column,
    rowDigests: z.exactOptional(z.array(column)),
    turns: z.exactOptional(column),
    errors: z.array(z.strictObject({ atNs: time, message: z.string(), emissionsBefore: z.int().min(0) })),
  })),
  pageOpenedNs: column,
  pageClosedNs: column,
  subscribeStartNs: time,
  subscribeNs: time,
  callerCpuNs: time,
  readingsSpanNs: z.exactOptional(time),
  callerCpuUntilQuietNs: time,
  processCpuUntilQuietNs: time,
  listenerNs: time,
  loopDelayMaxNs: time,
  framesMissed: z.int().min(0),
  lateNs: time,
  frames: z.exactOptional(z.strictObject({
    drawnCount: z.int().min(0),
    missedCount: z.int().min(0),
    longCount: z.int().min(0),
    blockedNs: time,
    renderNs: time,
  })),
  countersBefore: counters,
  countersAfter: counters,
  requeries: z.array(z.array(requery).nullable()),
  isQuiet: z.boolean(),
  rows: z.array(z.strictObject({ digest, rows: result })),
  changedLater: z.array(z.strictObject({ stream: z.int().min(0), emission: z.int().min(0) })),
});

const ANSWERS: Readonly<Record<Verb, z.ZodType>> = {
  begin: z.strictObject({
    turnCostNs: time,
    clockStepNs: time,
    facts: z.record(z.string(), z.string()),
    coarseReason: z.exactOptional(z.string()),
    pageStartNs: z.exactOptional(time),
  }),
  open: z.strictObject({ elapsedNs: time }),
  seed: z.strictObject({ elapsedNs: time }),
  play: z.null(),
  read: z.strictObject({ digest, rowDigests: z.exactOptional(column), rows: z.exactOptional(result) }),
  readTable: z.strictObject({ rowCount: z.int().min(0), digest, rows: z.exactOptional(result) }),
  finish: played,
  facts: z.record(z.string(), z.string()),
  close: z.strictObject({ lateDeliveryCount: z.int().min(0) }),
};

/** The rule that an answer breaks; `undefined` for none. `phase` is the one that was played last. */
export function checkAnswer(verb: Verb, answer: unknown, phase: PhaseOrder | undefined): string | undefined {
  const checked = ANSWERS[verb].safeParse(answer);
  if (!checked.success) {
    const issue = checked.error.issues[0]!;
    return `${issue.path.map(String).join(".")}: ${issue.message}`;
  }
  return verb === "finish" && phase !== undefined ? phaseFault(answer as PlayedPhase, phase) : undefined;
}

function phaseFault(
  played: PlayedPhase,
  order: PhaseOrder,
): string | undefined {
  const { operations, watches, notesTurns } = order;
  const { startNs, endNs, dueNs, waitLateNs, readDigests, streams } = played;
  const count = operations.length;
  const ofArrivals = order.arrivals === undefined ? [] : [dueNs, waitLateNs];
  if (
    [startNs, endNs, readDigests, ...ofArrivals].some((column) => column?.length !== count) ||
    (order.arrivals === undefined && (dueNs ?? waitLateNs) !== undefined)
  ) return `columns of operations must have ${count} entries`;
  const before = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const isCalled = wasCalled(played, order, index);
    const lane = order.lanes?.[index] ?? 0;
    const least = Math.max(
      before.get(lane) ?? -Infinity,
      order.arrivals === undefined ? -Infinity : dueNs![index]!,
    );
    if (isCalled && (!(startNs[index]! >= least) || !(endNs[index]! >= startNs[index]!))) {
      return `times of operations must not go back: operation ${index} does`;
    }
    before.set(lane, isCalled ? endNs[index]! : Infinity);
    const { kind } = operations[index]!;
    if ((isCalled && (kind === "read" || kind === "transaction")) === Number.isNaN(readDigests[index])) {
      return `reads and only reads must have a digest: operation ${index} does not fit`;
    }
  }
  const beginNs = order.arrivals === undefined ? undefined : planFault(dueNs!, order);
  if (typeof beginNs === "string") return beginNs;
  const pages = operations.filter((operation) => operation.kind === "navigate");
  const asked = pages.length === 0 ? watches : [...watches, ...pages.flatMap((page) => page.watches)];
  if (streams.length !== (played.isWatched ? asked.length : 0)) {
    return `there must be one stream per watch: there are ${streams.length}`;
  }
  const pageCount = streams.length === 0 ? 0 : asked.length - watches.length;
  const leftCount = pageCount === 0 ? 0 : pageCount - pages.at(-1)!.watches.length;
  if (played.pageOpenedNs.length !== pageCount || played.pageClosedNs.length !== leftCount) {
    return `live queries of pages must have been opened ${pageCount} times and closed ${leftCount} times`;
  }
  for (const [index, { atNs, digests, rowDigests, turns }] of streams.entries()) {
    if (atNs.length !== digests.length) return `columns of stream ${index} must be equally long`;
    if (!atNs.every((at, i) => i === 0 || at >= atNs[i - 1]!)) {
      return `times of stream ${index} must not go back`;
    }
    if ((turns?.length ?? 0) !== (notesTurns ? digests.length : 0)) {
      return `emissions of stream ${index} must have turns where these are noted`;
    }
    if (turns?.every((turn, i) => Number.isInteger(turn) && turn >= (turns[i - 1] ?? 0)) === false) {
      return `turns of stream ${index} must not go back`;
    }
    if (
      (rowDigests?.length ?? digests.length) !== digests.length ||
      (rowDigests === undefined) !== asked[index]!.isTotal
    ) {
      return `emissions of stream ${index} must have digests of their rows where their order is open`;
    }
  }
  // A thread cannot work longer than the clock ran, but for the grain of the readings.
  const spanNs = Math.max(spanOf(played, order, beginNs), played.readingsSpanNs ?? 0);
  const limitNs = spanNs * 1.05 + 2e7;
  if (played.callerCpuNs > limitNs) {
    return `the calling thread must not have worked longer than the phase took: ${played.callerCpuNs} ns of CPU`;
  }
  return undefined;
}

/** Whether an operation was called: only one that arrives by itself, and would have been too late, may be left out. */
function wasCalled({ startNs, endNs }: PlayedPhase, { arrivals }: PhaseOrder, index: number): boolean {
  return arrivals === undefined || !Number.isNaN(startNs[index]) || !Number.isNaN(endNs[index]);
}

/** From where the recorded arrivals count, or the rule that is broken: who moves the plan makes delays look short. */
function planFault(
  dueNs: Float64Array,
  { arrivals, warmupOperationCount, operations }: PhaseOrder,
): number | string {
  const { atNs } = arrivals!;
  let beginNs = NaN;
  for (const [from, to] of [[0, warmupOperationCount], [warmupOperationCount, operations.length]] as const) {
    if (from === to) continue;
    beginNs = dueNs[from]! - atNs[from]!;
    for (let index = from; index < to; index++) {
      // Both are sums of doubles: they meet within a microsecond.
      if (!(Math.abs(dueNs[index]! - atNs[index]! - beginNs) < 1000)) {
        return `operations must be due as they were planned: operation ${index} is not`;
      }
    }
  }
  return beginNs;
}

/** From the first recorded operation, or from where arrivals count, to the last acknowledgement. */
function spanOf(
  { startNs, endNs }: PlayedPhase,
  { warmupOperationCount }: PhaseOrder,
  beginNs: number | undefined,
): number {
  const called = (times: Float64Array): Float64Array => times.filter((time) => !Number.isNaN(time));
  const ends = called(endNs);
  const starts = called(startNs);
  if (ends.length === 0) return 0;
  const recorded = called(startNs.subarray(warmupOperationCount));
  const first = beginNs ??
    (recorded.length === 0 ? starts.at(-1)! : recorded.reduce((a, b) => Math.min(a, b)));
  return ends.reduce((a, b) => Math.max(a, b)) - first;
}
