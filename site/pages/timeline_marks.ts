/** A stored phase of a timeline taken out of its compact form: what is drawn, and what the words above it are computed from. */
import {
  fromGaps,
  operationTimes,
  type PhaseTimeline,
  type StreamTimeline,
} from "../../lib/model/timeline.ts";

/** A span of time in microseconds since the first operation of the phase. */
export type SpanUs = readonly [fromUs: number, toUs: number];

/** One emission. */
export interface EmissionMark {
  /** When it came. */
  readonly atUs: number;
  /** How many changes are in what it shows. */
  readonly shown: number;
  /** How many of them the emission before had not shown. */
  readonly newCount: number;
  /** `new`: it shows something new. `repeated`: it shows what was shown already. Else it cannot be true. */
  readonly kind: "new" | "repeated" | "phantom" | "regressed";
}

/** One commit that changed the result of a stream. */
export interface ChangeMark {
  /** Index of the operation. */
  readonly operation: number;
  /** When it was called. */
  readonly startUs: number;
  /** When it was acknowledged. */
  readonly ackUs: number;
  /** An emission was matched to it, instead of to something newer only. */
  readonly isShown: boolean;
}

/** One watched query. */
export interface StreamMarks {
  /** Index of the watch in its phase. */
  readonly watch: number;
  /** A short name such as `#17 items (17)`. */
  readonly name: string;
  /** A shorter one such as `#17 (17)`. */
  readonly shortName: string;
  /** The query. */
  readonly sql: string;
  /** Its arguments; empty without any. */
  readonly args: string;
  /** In order. */
  readonly changes: readonly ChangeMark[];
  /** In order; the first one is the first result. */
  readonly emissions: readonly EmissionMark[];
  /** In order. */
  readonly outdated: readonly SpanUs[];
  /** In order; `undefined` where the library does not tell. */
  readonly requeries: readonly SpanUs[] | undefined;
  /** In order. */
  readonly errors: StreamTimeline["errors"];
  /** The last emission was not the final state, or there was none. */
  readonly isLost: boolean;
}

/** One operation of the caller. */
export interface OperationMark {
  /** Index into the labels of the phase. */
  readonly label: number;
  /** When it was called. */
  readonly startUs: number;
  /** When it was acknowledged. */
  readonly ackUs: number;
}

/** One phase. */
export interface PhaseMarks {
  /** As it is stored. */
  readonly phase: PhaseTimeline;
  /** Call of the first recorded operation: what is counted begins here. */
  readonly fromUs: number;
  /** When all was quiet, or where the picture had to end. */
  readonly endUs: number;
  /** In execution order. */
  readonly operations: readonly OperationMark[];
  /** In the order of the watches. */
  readonly streams: readonly StreamMarks[];
}

/** Takes a phase out of its compact form. */
export function phaseMarks(phase: PhaseTimeline): PhaseMarks {
  const { startUs, endUs } = operationTimes(phase.operations);
  const operations = phase.operations.label.map((label, index) => ({
    label,
    startUs: startUs[index]!,
    ackUs: endUs[index]!,
  }));
  const lastUs = Math.min(phase.quietUs, phase.cut?.atUs ?? Infinity);
  return {
    phase,
    // Where the picture ends before anything was recorded, nothing is counted.
    fromUs: operations.length === 0 ? 0 : startUs[phase.recordedFrom] ?? lastUs,
    endUs: lastUs,
    operations,
    streams: phase.streams.map((stream) => streamMarks(stream, phase.queries[stream.query]!, operations)),
  };
}

function streamMarks(
  stream: StreamTimeline,
  sql: string,
  operations: readonly OperationMark[],
): StreamMarks {
  const { watch, args, errors, isLost, requeryGapsUs } = stream;
  const shown = fromGaps(stream.shownGaps);
  const faults = new Map(stream.faults.map(({ emission, verdict }) => [emission, verdict]));
  const shownAlone = new Set(shown.filter((_, emission) => !faults.has(emission)));
  const emissions = fromGaps(stream.emissionGapsUs).map((atUs, index): EmissionMark => {
    const newCount = stream.shownGaps[index]!;
    const isSame = index > 0 && newCount === 0 && !faults.has(index - 1);
    return {
      atUs,
      shown: shown[index]!,
      newCount,
      kind: faults.get(index) ?? (isSame ? "repeated" : "new"),
    };
  });
  return {
    watch,
    name: streamName(watch, tableOf(sql), args),
    shortName: streamName(watch, "", args),
    sql,
    args,
    changes: fromGaps(stream.changeGaps).map((operation, index) => ({
      operation,
      startUs: operations[operation]!.startUs,
      ackUs: operations[operation]!.ackUs,
      isShown: shownAlone.has(index + 1),
    })),
    emissions,
    outdated: spansOf(stream.outdatedGapsUs),
    requeries: requeryGapsUs === undefined ? undefined : spansOf(requeryGapsUs),
    errors,
    isLost,
  };
}

function spansOf(gaps: readonly number[]): SpanUs[] {
  const ends = fromGaps(gaps);
  return Array.from({ length: ends.length / 2 }, (_, index) => [ends[2 * index]!, ends[2 * index + 1]!]);
}

function streamName(watch: number, table: string, args: string): string {
  return [`#${watch + 1}`, table, args === "" ? "" : `(${args})`].filter((word) => word !== "").join(" ");
}

function tableOf(sql: string): string {
  return /\bfrom\s+"?(\w{1,24})/i.exec(sql)?.[1] ?? "";
}
