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
  subscribeNs: time,
  callerCpuNs: time,
  callerCpuUntilQuietNs: time,
  processCpuUntilQuietNs: time,
  listenerNs: time,
  loopDelayMaxNs: time,
  framesMissed: z.int().min(0),
  lateNs: time,
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
  }),
  open: z.strictObject({ elapsedNs: time }),
  seed: z.strictObject({ elapsedNs: time }),
  play: z.null(),
  read: z.strictObject({ digest, rowDigests: z.exactOptional(column), rows: z.exactOptional(result) }),
  readTable: z.strictObject({ rowCount: z.int().min(0), digest, rows: z.exactOptional(result) }),
  finish: played,
  facts: z.record(z.string(), z.string()),
  close: z.null(),
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
  { operations, watches, warmupOperationCount, notesTurns }: PhaseOrder,
): string | undefined {
  const { startNs, endNs, readDigests, streams } = played;
  const count = operations.length;
  if (startNs.length !== count || endNs.length !== count || readDigests.length !== count) {
    return `columns of operations must have ${count} entries`;
  }
  let before = -Infinity;
  for (let index = 0; index < count; index++) {
    if (!(startNs[index]! >= before) || !(endNs[index]! >= startNs[index]!)) {
      return `times of operations must not go back: operation ${index} does`;
    }
    before = endNs[index]!;
    const { kind } = operations[index]!;
    if ((kind === "read" || kind === "transaction") === Number.isNaN(readDigests[index])) {
      return `reads and only reads must have a digest: operation ${index} does not fit`;
    }
  }
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
  const spanNs = count === 0 ? 0 : endNs[count - 1]! - startNs[Math.min(warmupOperationCount, count - 1)]!;
  const limitNs = spanNs * 1.05 + 2e7;
  if (played.callerCpuNs > limitNs) {
    return `the calling thread must not have worked longer than the phase took: ${played.callerCpuNs} ns of CPU`;
  }
  return undefined;
}
