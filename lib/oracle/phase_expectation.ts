/**
 * Judges what a phase showed against what it had to show.
 *
 *     streams --sight--> positions --matchStream------> phantom, regressed --+
 *                            |                                               +--> findings, verdict
 *                            +--------measureFreshness-> StreamSummary       |
 *     reads, final reads ------------------------------> misread ------------+
 */
import type { PhaseLog, StreamLog } from "../model/measurement.ts";
import {
  type Finding,
  type PhaseJudgement,
  type StreamSummary,
  VERDICTS,
  worseVerdict,
} from "../model/verdict.ts";
import type { BoundQuery, Operation, Phase } from "../model/workload.ts";
import type { Row } from "../model/value.ts";
import { describeDifference, describeMoment, describeQuery } from "./describe_difference.ts";
import {
  type CommitTimes,
  commitTimes,
  type MatchFault,
  matchStream,
  type StreamMatch,
} from "./match_stream.ts";
import { measureFreshness } from "./measure_freshness.ts";
import { acceptsRows, type State } from "./state.ts";
import type { Sighting, Timeline } from "./timeline.ts";

const MOST_FINDINGS = 5;

/** A read and what it has to show. */
export interface ExpectedRead {
  readonly state: State;
  readonly columns: readonly string[];
}

/** What the truth knows about a phase before anything was measured. */
export interface PhaseTruth {
  readonly phase: Phase;
  readonly operations: readonly Operation[];
  /** One per watch; equal watches may share one. */
  readonly timelines: readonly Timeline[];
  /** By operation index, for the reads among the operations. */
  readonly reads: ReadonlyMap<number, ExpectedRead>;
  /** One per check of the phase. */
  readonly checks: readonly ExpectedRead[];
}

/** Where a phase stands in its block, for findings. */
export interface PhasePlace {
  /** Name of the phase. */
  readonly phase: string;
  /** Counts from 0, warm-ups included. */
  readonly iteration: number;
}

/** What every watch, read and final read of a phase has to show. */
export interface PhaseExpectation {
  /**
   * Whether a result of a watch is its final state. Costs one comparison.
   * Throws a RangeError when the phase has no such watch.
   */
  isFinal(watchIndex: number, rows: readonly Row[]): boolean;
  /**
   * Verdicts, freshness and economy. Changes nothing, so that a log may be judged again when it has grown.
   *
   * All operations and emissions are judged. Freshness, economy and outdated time are those of the recorded operations
   * only: the changes that they made, and the emissions from the start of the first of them on.
   * Throws a RangeError when the log is not one of this phase.
   */
  judge(log: PhaseLog, where: PhasePlace): PhaseJudgement;
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

  isFinal(watchIndex: number, rows: readonly Row[]): boolean {
    const timeline = this.#truth.timelines[watchIndex];
    if (timeline === undefined) {
      throw new RangeError(
        `Cannot look up a watch as there are ${this.#truth.timelines.length}: current index is ${watchIndex}`,
      );
    }
    return acceptsRows(timeline.final, rows, timeline.columns);
  }

  judge(log: PhaseLog, where: PhasePlace): PhaseJudgement {
    this.#rejectForeignLog(log);
    const findings = new Findings(where);
    const streams = log.streams.map((stream, i) => new JudgedStream(this.#truth, i, stream, log));
    for (const stream of streams) stream.report(findings);
    this.#reportReads(log, findings);
    const summary = streams.length === 0 ? {} : { streams: summarizeStreams(this.#truth, streams, log) };
    return { ...findings.conclude(), ...summary };
  }

  #reportReads(log: PhaseLog, findings: Findings): void {
    const { phase, operations, timelines, reads, checks } = this.#truth;
    for (const [index, expected] of reads) {
      const operation = operations[index]!;
      if (operation.kind !== "read") continue;
      const rows = log.reads.get(index)!;
      reportMisread(findings, operation, expected, rows, `Read ${describeMoment(operations, index)}`);
    }
    for (const [i, watch] of phase.watches.entries()) {
      const { final, columns } = timelines[i]!;
      reportMisread(
        findings,
        watch,
        { state: final, columns },
        log.finalReads[i]!,
        "The fresh read at the end",
      );
    }
    for (const [i, check] of phase.checks.entries()) {
      const rows = log.finalReads[phase.watches.length + i]!;
      reportMisread(findings, check, checks[i]!, rows, "The check at the end");
    }
  }

  #rejectForeignLog(log: PhaseLog): void {
    const { phase, operations, reads } = this.#truth;
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
      streamCount === 0 || streamCount === watches.length,
      `${watches.length} streams`,
      streamCount,
    );
    const finalCount = watches.length + checks.length;
    rejectUnless(log.finalReads.length === finalCount, `${finalCount} final reads`, log.finalReads.length);
    for (const index of reads.keys()) {
      rejectUnless(log.reads.has(index), `a result for read operation ${index}`, log.reads.size);
    }
  }
}

/** One stream with the answers to both questions that are asked of it. */
class JudgedStream {
  readonly timeline: Timeline;
  readonly stream: StreamLog;
  readonly times: CommitTimes;
  readonly sightings: readonly Sighting[];
  readonly match: StreamMatch;
  readonly #operations: readonly Operation[];
  readonly #watch: BoundQuery;

  constructor({ phase, operations, timelines }: PhaseTruth, index: number, stream: StreamLog, log: PhaseLog) {
    this.timeline = timelines[index]!;
    this.stream = stream;
    this.times = commitTimes(this.timeline, log.startNs, log.endNs);
    this.sightings = stream.rows.map((rows) => this.timeline.sight(rows));
    this.match = matchStream(this.sightings, stream.atNs, this.times);
    this.#operations = operations;
    this.#watch = phase.watches[index]!;
  }

  report(findings: Findings): void {
    for (const { message, emissionsBefore } of this.stream.errors) {
      findings.add(
        "error",
        this.#watch,
        () => `The live query failed after ${emissionsBefore} emissions: ${message}`,
      );
    }
    for (const fault of this.match.faults) {
      findings.add(fault.kind, this.#watch, () => this.#describeFault(fault));
    }
    const last = this.stream.rows.at(-1);
    const { final, columns } = this.timeline;
    if (last === undefined) {
      findings.add("lost", this.#watch, () => "The stream never showed a result");
    } else if (!acceptsRows(final, last, columns)) {
      findings.add(
        "lost",
        this.#watch,
        () =>
          `The last emission, ${
            this.#describeEmission(this.stream.rows.length - 1)
          }, is not the state made by ` +
          `${this.#describeState(this.timeline.moments.length - 1)}: it shows ${
            describeDifference(final, last, columns)
          }`,
      );
    }
  }

  #describeFault({ kind, emission, previous }: MatchFault): string {
    const { positions, rows } = this.sightings[emission]!;
    const { moments, columns } = this.timeline;
    if (kind === "regressed") {
      const older = positions.findLast((position) => position < previous)!;
      return `Emission ${this.#describeEmission(emission)} goes back to the state made by ${
        this.#describeState(older)
      } after one made by ${this.#describeState(previous)} was shown: it shows ${
        describeDifference(moments[previous]!.state, rows, columns)
      }`;
    }
    const [later] = positions;
    if (later !== undefined) {
      return `Emission ${this.#describeEmission(emission)} shows the state made by ${
        this.#describeState(later)
      } before that was dispatched`;
    }
    const newest = this.#newestPosition(emission);
    return `Emission ${this.#describeEmission(emission)} equals no committed state: against the one made by ${
      this.#describeState(newest)
    } it shows ${describeDifference(moments[newest]!.state, rows, columns)}`;
  }

  #newestPosition(emission: number): number {
    const atNs = this.stream.atNs[emission]!;
    return Math.max(0, this.times.startNs.findLastIndex((startNs) => startNs <= atNs));
  }

  #describeEmission(emission: number): string {
    return `${emission + 1} of ${this.stream.rows.length}`;
  }

  #describeState(position: number): string {
    return describeMoment(this.#operations, this.timeline.moments[position]!.operation);
  }
}

function summarizeStreams(
  { phase, operations }: PhaseTruth,
  streams: readonly JudgedStream[],
  log: PhaseLog,
): StreamSummary {
  const firstRecorded = phase.warmupOperationCount;
  const fromNs = firstRecorded === 0
    ? -Infinity
    : log.startNs.subarray(0, operations.length)[firstRecorded] ?? Infinity;
  const lastEndNs = operations.length === 0 ? Infinity : log.endNs[operations.length - 1]!;
  let lastEmissionNs = -Infinity;
  for (const { stream } of streams) {
    if (stream.rows.length > 0) {
      lastEmissionNs = Math.max(lastEmissionNs, stream.atNs[stream.rows.length - 1]!);
    }
  }
  const quietNs = operations.length === 0 ? lastEmissionNs : Math.max(lastEndNs, lastEmissionNs);

  const freshnessNs: number[] = [];
  let emissionsNeeded = 0;
  let emissionsDelivered = 0;
  let emissionsRedundant = 0;
  let emissionsCoalesced = 0;
  let outdatedMaxNs = 0;
  for (const { timeline, stream, times, sightings, match } of streams) {
    const freshness = measureFreshness(sightings, stream.atNs, times, { fromNs, quietNs });
    outdatedMaxNs = Math.max(outdatedMaxNs, freshness.outdatedMaxNs);
    const shown = new Set(match.positions);
    for (let position = 1; position < timeline.moments.length; position += 1) {
      if (timeline.moments[position]!.operation < firstRecorded) continue;
      emissionsNeeded += 1;
      const coveredNs = freshness.coveredNs[position]!;
      if (Number.isNaN(coveredNs)) continue;
      freshnessNs.push(Math.max(0, coveredNs - times.endNs[position]!));
      if (!shown.has(position)) emissionsCoalesced += 1;
    }
    for (let emission = 1; emission < sightings.length; emission += 1) {
      if (stream.atNs[emission]! < fromNs) continue;
      emissionsDelivered += 1;
      if (timeline.isRepetition(sightings[emission - 1]!, sightings[emission]!)) emissionsRedundant += 1;
    }
  }
  return {
    streamCount: streams.length,
    emissionsNeeded,
    emissionsDelivered,
    emissionsRedundant,
    emissionsCoalesced,
    freshnessNs: Float64Array.from(freshnessNs),
    outdatedMaxNs,
    settleNs: Math.max(0, lastEmissionNs - lastEndNs),
  };
}

function reportMisread(
  findings: Findings,
  bound: BoundQuery,
  { state, columns }: ExpectedRead,
  rows: readonly Row[],
  subject: string,
): void {
  if (acceptsRows(state, rows, columns)) return;
  findings.add("misread", bound, () => `${subject} shows ${describeDifference(state, rows, columns)}`);
}

/** Gathers what went wrong; words are found for the worst only. */
class Findings {
  readonly #where: PhasePlace;
  readonly #found: { verdict: Finding["verdict"]; bound: BoundQuery; describe: () => string }[] = [];

  constructor(where: PhasePlace) {
    this.#where = where;
  }

  add(verdict: Finding["verdict"], bound: BoundQuery, describe: () => string): void {
    this.#found.push({ verdict, bound, describe });
  }

  conclude(): Pick<PhaseJudgement, "verdict" | "findings" | "findingCount"> {
    const badness = (verdict: Finding["verdict"]) => VERDICTS.indexOf(verdict);
    const worst = this.#found.toSorted((a, b) => badness(b.verdict) - badness(a.verdict)).slice(
      0,
      MOST_FINDINGS,
    );
    return {
      verdict: this.#found.reduce((verdict, found) => worseVerdict(verdict, found.verdict), VERDICTS[0]!),
      findings: worst.map(({ verdict, bound, describe }) => ({
        verdict,
        phase: this.#where.phase,
        iteration: this.#where.iteration,
        query: describeQuery(bound),
        detail: describe(),
      })),
      findingCount: this.#found.length,
    };
  }
}
