/** What one stream showed, matched to what it had to show. */
import type { PhaseLog, StreamLog } from "../model/measurement.ts";
import type { Row } from "../model/value.ts";
import type { HistoryStep } from "../model/verdict.ts";
import type { BoundQuery, Operation } from "../model/workload.ts";
import { describeDifference, describeMoment } from "./describe_difference.ts";
import { FaultHistory, type HistorySource } from "./fault_history.ts";
import type { Findings } from "./findings.ts";
import {
  type CommitTimes,
  commitTimes,
  lastAtOrBefore,
  type MatchFault,
  matchStream,
  type StreamMatch,
} from "./match_stream.ts";
import type { PhaseTruth } from "./phase_truth.ts";
import { focusOn } from "./result_excerpt.ts";
import type { State } from "./state.ts";
import type { Sighting, StateSequence } from "./state_sequence.ts";

/** One stream of a log with the truth that it is measured by. */
export class JudgedStream {
  readonly sequence: StateSequence;
  readonly stream: StreamLog;
  readonly times: CommitTimes;
  readonly sightings: readonly Sighting[];
  readonly match: StreamMatch;
  readonly #operations: readonly Operation[];
  readonly #watch: BoundQuery;
  readonly #source: HistorySource;
  readonly #rows: PhaseLog["rows"];
  readonly #changedLater: readonly number[];
  /** When it was closed; Infinity where it stayed open until the phase was over. */
  readonly closedNs: number;
  /** What has to be shown in the end is not known. */
  readonly #isCutShort: boolean;

  /** Matches stream `index` of the log. */
  constructor(
    { phase, operations, watched, sequences }: PhaseTruth,
    index: number,
    stream: StreamLog,
    log: PhaseLog,
  ) {
    this.sequence = sequences[index]!;
    this.stream = stream;
    this.times = commitTimes(this.sequence, log.startNs, log.endNs);
    this.sightings = stream.results.map((result) =>
      this.sequence.sight(result, log.rows?.get(result.digest))
    );
    this.match = matchStream(this.sightings, stream.atNs, this.times);
    this.#operations = operations;
    this.#watch = watched[index]!;
    this.closedNs = log.pages?.closedNs[index - phase.watches.length] ?? Infinity;
    this.#rows = log.rows;
    this.#isCutShort = log.isCutShort === true;
    this.#changedLater = (log.changedLater ?? []).filter((one) => one.stream === index)
      .map(({ emission }) => emission);
    this.#source = {
      sequence: this.sequence,
      operations,
      endNs: log.endNs,
      originNs: operations.length === 0 ? 0 : log.startNs[0]!,
    };
  }

  /** Adds what is wrong with the stream. */
  report(findings: Findings): void {
    for (const { message, emissionsBefore } of this.stream.errors) {
      findings.add(
        "error",
        this.#watch,
        () => `The live query failed after ${emissionsBefore} emissions: ${message}`,
      );
    }
    for (const fault of this.match.faults) {
      findings.add(
        fault.kind,
        this.#watch,
        () => this.#describeFault(fault),
        this.#rowsOf(fault.emission) && (() => this.#historyOf(fault)),
      );
    }
    const [changed] = this.#changedLater;
    if (changed !== undefined) {
      findings.add(
        "phantom",
        this.#watch,
        () =>
          `The rows of emission ${this.#describeEmission(changed)} were changed after their delivery: ` +
          "who keeps a result must be able to rely on it",
      );
    }
    const last = this.stream.results.length - 1;
    const { final } = this.sequence;
    if (this.closedNs < Infinity) return this.#reportLate(findings);
    if (last < 0) {
      findings.add(
        "lost",
        this.#watch,
        () => "The stream never showed a result",
        () => this.#historyOfLoss(),
      );
    } else if (!this.isFinal && !this.#isCutShort) {
      findings.add(
        "lost",
        this.#watch,
        () =>
          `The last emission, ${this.#describeEmission(last)}, is not the state made by ` +
          `${this.#describeState(this.sequence.moments.length - 1)}${this.#difference(final, last, ": it")}`,
        this.#rowsOf(last) && (() => this.#historyOfLoss()),
      );
    }
  }

  /** Who closed a live query has forgotten what it was for: what comes then meets nobody who expects it. */
  #reportLate(findings: Findings): void {
    const { atNs, results } = this.stream;
    const lateCount = results.filter((_, emission) => atNs[emission]! > this.closedNs).length;
    if (lateCount === 0) return;
    findings.add(
      "error",
      this.#watch,
      () =>
        `The live query delivered ${lateCount} ${lateCount === 1 ? "result" : "results"} after it was closed`,
    );
  }

  /** The last emission is the final state. */
  get isFinal(): boolean {
    const last = this.stream.results.at(-1);
    return last !== undefined && this.sequence.accepts(this.sequence.final, last);
  }

  /** What an emission showed; `undefined` where only digests were kept. */
  #rowsOf(emission: number): readonly Row[] | undefined {
    return this.#rows?.get(this.stream.results[emission]!.digest);
  }

  /** How an emission differs from a state, behind a colon; empty where its rows were not kept. */
  #difference(state: State, emission: number, subject: string): string {
    const rows = this.#rowsOf(emission);
    return rows === undefined
      ? ""
      : `${subject} shows ${describeDifference(state, rows, this.sequence.columns)}`;
  }

  #describeFault({ kind, emission, previous }: MatchFault): string {
    const { positions } = this.sightings[emission]!;
    const { moments } = this.sequence;
    if (kind === "regressed") {
      const older = positions.findLast((position) => position < previous)!;
      return `Emission ${this.#describeEmission(emission)} goes back to the state made by ${
        this.#describeState(older)
      } after one made by ${this.#describeState(previous)} was shown${
        this.#difference(moments[previous]!.state, emission, ": it")
      }`;
    }
    const [later] = positions;
    if (later !== undefined) {
      return `Emission ${this.#describeEmission(emission)} shows the state made by ${
        this.#describeState(later)
      } before that was dispatched`;
    }
    const newest = this.#newestPosition(emission);
    return `Emission ${this.#describeEmission(emission)} equals no committed state${
      this.#difference(
        moments[newest]!.state,
        emission,
        `: against the one made by ${this.#describeState(newest)} it`,
      )
    }`;
  }

  #historyOf({ kind, emission, previous }: MatchFault): HistoryStep[] {
    const { positions } = this.sightings[emission]!;
    const { moments, columns } = this.sequence;
    const before = this.match.positions.subarray(0, emission).findLastIndex((position) => position >= 0);
    // A stream goes back from what it has shown; anything else is held against what it could have shown.
    const held = kind === "regressed" ? previous : this.#newestPosition(emission);
    const focus = focusOn(moments[held]!.state, this.#rowsOf(emission)!, columns);
    const history = new FaultHistory(this.#source, focus);
    const fault = this.#emissionStep(history, emission, held);
    if (kind === "regressed") {
      const older = positions.findLast((position) => position < previous)!;
      return [...history.commits(older, previous), this.#emissionStep(history, before, previous), fault];
    }
    const from = before < 0 ? -1 : this.#latestPosition(before, held);
    const [later] = positions;
    return [
      ...(before < 0 ? [] : [this.#emissionStep(history, before, from)]),
      ...history.commits(from + 1, held),
      fault,
      ...(later === undefined ? [] : history.commits(later, later)),
    ];
  }

  #historyOfLoss(): HistoryStep[] {
    const { moments, final, columns } = this.sequence;
    const last = this.stream.results.length - 1;
    const rows = last < 0 ? undefined : this.#rowsOf(last);
    const history = new FaultHistory(this.#source, focusOn(final, rows ?? [], columns));
    if (rows === undefined) return [...history.commits(0, moments.length - 1), history.quiet(undefined)];
    const from = this.#latestPosition(last, moments.length - 1);
    const held = from < 0 ? moments.length - 1 : from;
    return [
      this.#emissionStep(history, last, held),
      ...history.commits(held + 1, moments.length - 1),
      history.quiet(rows),
    ];
  }

  #emissionStep(history: FaultHistory, emission: number, position: number): HistoryStep {
    const { state } = this.sequence.moments[position]!;
    return history.emission(
      `emission ${this.#describeEmission(emission)}`,
      this.stream.atNs[emission]!,
      state,
      this.#rowsOf(emission) ?? [],
    );
  }

  /** The latest position up to `limit` that an emission fits, which makes the history shortest; -1 for none. */
  #latestPosition(emission: number, limit: number): number {
    return this.sightings[emission]!.positions.findLast((position) => position <= limit) ?? -1;
  }

  #newestPosition(emission: number): number {
    const atNs = this.stream.atNs[emission]!;
    return Math.max(0, lastAtOrBefore(this.times.startNs, atNs));
  }

  #describeEmission(emission: number): string {
    return `${emission + 1} of ${this.stream.results.length}`;
  }

  #describeState(position: number): string {
    return describeMoment(this.#operations, this.sequence.moments[position]!.operation);
  }
}
