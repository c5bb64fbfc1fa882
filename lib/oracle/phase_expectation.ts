/**
 * Judges what a phase showed against what it had to show.
 *
 *     streams --sight--> positions --matchStream------> phantom, regressed --+
 *                            |                                               +--> findings, verdict
 *                            +--------measureFreshness-> StreamSummary       |
 *     reads, final reads ------------------------------> misread ------------+
 */
import type { PhaseLog, ShownResult } from "../model/measurement.ts";
import type { Row } from "../model/value.ts";
import type { PhaseJudgement } from "../model/verdict.ts";
import type { BoundQuery } from "../model/workload.ts";
import { describeDifference, describeMoment } from "./describe_difference.ts";
import { transactionReads as insideReads } from "../protocol/transaction_steps.ts";
import { Findings, type PhasePlace } from "./findings.ts";
import { JudgedStream } from "./judged_stream.ts";
import { commitTimes, lastAtOrBefore } from "./match_stream.ts";
import type { ExpectedRead, PhaseTruth } from "./phase_truth.ts";
import { excerptOf, focusOn } from "./result_excerpt.ts";
import { summarizeStreams } from "./summarize_streams.ts";
import { type StreamTrace, traceStreams } from "./trace_stream.ts";

/** What every watch, read and final read of a phase has to show. */
export interface PhaseExpectation {
  /**
   * Digest of each watch's final state: of the result where it has one right order, else of its rows in any order;
   * `null` where a limit cuts through tied rows, -1 for one that is closed by then.
   */
  readonly finals: readonly (number | null)[];
  /** The group of each operation, -1 for reads, see `WriteGroups`; absent where operations run one after the other. */
  readonly groups?: Int32Array | undefined;
  /**
   * Verdicts, freshness and economy. Changes nothing, so that a log may be judged again when it has grown.
   *
   * All operations and emissions are judged. Freshness, economy and outdated time are those of the recorded operations
   * only: the changes that they made, and the emissions from the start of the first of them on.
   * Throws a RangeError when the log is not one of this phase.
   */
  judge(log: PhaseLog, where: PhasePlace): PhaseJudgement;
  /** What was found out about each stream, emission by emission. Throws as {@link PhaseExpectation.judge} does. */
  trace(log: PhaseLog): readonly StreamTrace[];
}

/** Makes the judge of a phase. */
export function expectPhase(truth: PhaseTruth): PhaseExpectation {
  return new PhaseJudge(truth);
}

class PhaseJudge implements PhaseExpectation {
  readonly #truth: PhaseTruth;

  constructor(truth: PhaseTruth) {
    this.#truth = truth;
  }

  get finals(): readonly (number | null)[] {
    const { phase: { watches }, sequences, leftCount } = this.#truth;
    // Nobody has to show anything any more where the page was left.
    const isLeft = (index: number): boolean => index >= watches.length && index < watches.length + leftCount;
    return sequences.map(({ finalDigest }, index) => isLeft(index) ? -1 : finalDigest);
  }

  get groups(): Int32Array | undefined {
    return this.#truth.groups;
  }

  judge(log: PhaseLog, where: PhasePlace): PhaseJudgement {
    this.#rejectForeignLog(log);
    const findings = new Findings(where);
    const streams = this.#streamsOf(log);
    for (const stream of streams) stream.report(findings);
    this.#reportReads(log, findings);
    const summary = streams.length === 0 ? {} : { streams: summarizeStreams(this.#truth, streams, log) };
    return { ...findings.conclude(), ...summary };
  }

  trace(log: PhaseLog): readonly StreamTrace[] {
    this.#rejectForeignLog(log);
    return traceStreams(this.#truth, this.#streamsOf(log), log);
  }

  #streamsOf(log: PhaseLog): JudgedStream[] {
    return log.streams.map((stream, i) => new JudgedStream(this.#truth, i, stream, log));
  }

  #reportReads(log: PhaseLog, findings: Findings): void {
    const { phase, operations, sequences, reads, transactionReads, checks } = this.#truth;
    const report = (bound: BoundQuery, expected: ExpectedRead, shown: ShownResult, subject: string) =>
      reportMisread(findings, bound, expected, { shown, rows: log.rows?.get(shown.digest), subject });
    for (const [index, expected] of reads) {
      const operation = operations[index]!;
      const shown = log.reads.get(index);
      if (operation.kind !== "read" || shown === undefined) continue;
      const held = expected.isBesideWrites ? readBesideWrites(expected, shown, index, log) : expected;
      if (held !== undefined) report(operation, held, shown, `Read ${describeMoment(operations, index)}`);
    }
    for (const [index, expected] of transactionReads) {
      const operation = operations[index]!;
      if (operation.kind !== "transaction" || !log.reads.has(index)) continue;
      const digests = log.reads.get(index)?.rowDigests ?? [];
      for (const [position, bound] of insideReads(operation.steps).entries()) {
        const subject = `Read ${position + 1} inside the transaction of ${describeMoment(operations, index)}`;
        report(bound, expected[position]!, { digest: digests[position] ?? NaN }, subject);
      }
    }
    // Of a phase that was cut short, nobody knows what has to be there in the end.
    if (log.isCutShort) return;
    for (const [i, watch] of phase.watches.entries()) {
      const sequence = sequences[i]!;
      report(watch, { state: sequence.final, sequence }, log.finalReads[i]!, "The fresh read at the end");
    }
    for (const [i, check] of phase.checks.entries()) {
      report(check, checks[i]!, log.finalReads[phase.watches.length + i]!, "The check at the end");
    }
  }

  #rejectForeignLog(log: PhaseLog): void {
    const { phase, operations, watched, reads, transactionReads } = this.#truth;
    const { watches, checks } = phase;
    const rejectUnless = (holds: boolean, rule: string, got: number): void => {
      if (!holds) {
        throw new RangeError(`Cannot judge phase "${phase.name}" as its log must have ${rule}: got ${got}`);
      }
    };
    const count = operations.length;
    const timed = Math.min(log.startNs.length, log.endNs.length);
    rejectUnless(timed >= count, `${count} operation times`, timed);
    const streamCount = log.streams.length;
    rejectUnless(
      streamCount === 0 || streamCount === watched.length,
      `${watched.length} streams`,
      streamCount,
    );
    const finalCount = watches.length + checks.length;
    if (log.isCutShort) return;
    rejectUnless(log.finalReads.length === finalCount, `${finalCount} final reads`, log.finalReads.length);
    for (const [index, expected] of transactionReads) {
      const count = log.reads.get(index)?.rowDigests?.length ?? 0;
      rejectUnless(count === expected.length, `${expected.length} reads of transaction ${index}`, count);
    }
    for (const index of reads.keys()) {
      rejectUnless(log.reads.has(index), `a result for read operation ${index}`, log.reads.size);
    }
  }
}

/**
 * What a read beside writes is held against: `undefined` when it shows a state that it may have met, from the newest that
 * was acknowledged before its call to the newest whose write was called before its answer.
 */
function readBesideWrites(
  { sequence }: ExpectedRead,
  shown: ShownResult,
  index: number,
  { startNs, endNs, rows }: PhaseLog,
): ExpectedRead | undefined {
  const times = commitTimes(sequence, startNs, endNs);
  const oldest = Math.max(0, lastAtOrBefore(times.endNs, startNs[index]!));
  const newest = Math.max(oldest, lastAtOrBefore(times.startNs, endNs[index]!));
  const { positions } = sequence.sight(shown, rows?.get(shown.digest));
  if (positions.some((position) => position >= oldest && position <= newest)) return undefined;
  return { state: sequence.moments[newest]!.state, sequence };
}

function reportMisread(
  findings: Findings,
  bound: BoundQuery,
  { state, sequence }: ExpectedRead,
  { shown, rows, subject }: {
    readonly shown: ShownResult;
    readonly rows: readonly Row[] | undefined;
    readonly subject: string;
  },
): void {
  if (sequence.accepts(state, shown)) return;
  const { columns } = sequence;
  findings.add(
    "misread",
    bound,
    () =>
      rows === undefined
        ? `${subject} shows a wrong result`
        : `${subject} shows ${describeDifference(state, rows, columns)}`,
    rows && (() => {
      const focus = focusOn(state, rows, columns);
      const what = `${subject[0]!.toLowerCase()}${subject.slice(1)}`;
      return [{ kind: "read", what, truth: excerptOf(state.rows, focus), shown: excerptOf(rows, focus) }];
    }),
  );
}
