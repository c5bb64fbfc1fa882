/** Words and numbers about a timeline, computed from what is drawn: recorded operations and what came of them. */
import { formatCount, formatQuantity, formatShare } from "../../lib/report/format.ts";
import type { PhaseMarks, SpanUs, StreamMarks } from "./timeline_marks.ts";

/** One stream in numbers. Counts are of recorded operations and of emissions from the first of them on. */
export interface StreamNumbers {
  /** Commits that changed the result. */
  readonly changeCount: number;
  /** Those that an emission showed; the others were skipped over for something newer, or never shown. */
  readonly shownCount: number;
  /** Emissions, the first result not counted. */
  readonly emissionCount: number;
  /** Those that showed what was shown already. */
  readonly repeatedCount: number;
  /** Those that cannot be true, from the first result on. */
  readonly wrongCount: number;
  /** Time with an outdated result on display, from the first recorded operation on. */
  readonly outdatedUs: number;
  /** The longest span of it. */
  readonly outdatedMaxUs: number;
  /** Times that the library computed the result anew; `undefined` where it does not tell. */
  readonly requeryCount: number | undefined;
}

/** One phase in numbers. */
export interface PhaseNumbers extends StreamNumbers {
  /** From the first recorded operation until all was quiet, or until the picture ends. */
  readonly lengthUs: number;
  /** Mean over the streams of the share of that time in which they were outdated, 0 to 1. */
  readonly outdatedShare: number;
  /** Streams whose last emission was not the final state. */
  readonly lostCount: number;
  /** In the order of the marks. */
  readonly streams: readonly StreamNumbers[];
}

/** Counts what is in a phase. */
export function phaseNumbers(marks: PhaseMarks): PhaseNumbers {
  const { fromUs, endUs } = marks;
  const streams = marks.streams.map((stream) => streamNumbers(stream, marks));
  const sum = (read: (numbers: StreamNumbers) => number): number =>
    streams.reduce((total, numbers) => total + read(numbers), 0);
  const lengthUs = Math.max(0, endUs - fromUs);
  const outdatedUs = sum((stream) => stream.outdatedUs);
  return {
    changeCount: sum((stream) => stream.changeCount),
    shownCount: sum((stream) => stream.shownCount),
    emissionCount: sum((stream) => stream.emissionCount),
    repeatedCount: sum((stream) => stream.repeatedCount),
    wrongCount: sum((stream) => stream.wrongCount),
    outdatedUs,
    outdatedMaxUs: streams.reduce((longest, stream) => Math.max(longest, stream.outdatedMaxUs), 0),
    requeryCount: streams.some(({ requeryCount }) => requeryCount !== undefined)
      ? sum(({ requeryCount = 0 }) => requeryCount)
      : undefined,
    lengthUs,
    outdatedShare: lengthUs === 0 || streams.length === 0 ? 0 : outdatedUs / lengthUs / streams.length,
    lostCount: marks.streams.filter(({ isLost }) => isLost).length,
    streams,
  };
}

function streamNumbers(
  { changes, emissions, outdated, requeries }: StreamMarks,
  { phase, fromUs, endUs }: PhaseMarks,
): StreamNumbers {
  // Without warm-ups everything counts, as it does for the metrics.
  const sinceUs = phase.recordedFrom === 0 ? -Infinity : fromUs;
  const recorded = changes.filter(({ operation }) => operation >= phase.recordedFrom);
  const counted = emissions.filter(({ atUs }, index) => index > 0 && atUs >= sinceUs);
  const spans = outdated.map(([from, to]): SpanUs => [Math.max(from, sinceUs), Math.min(to, endUs)])
    .filter(([from, to]) => to > from);
  return {
    changeCount: recorded.length,
    shownCount: recorded.filter(({ isShown }) => isShown).length,
    emissionCount: counted.length,
    repeatedCount: counted.filter(({ kind }) => kind === "repeated").length,
    wrongCount: emissions.filter(({ kind }) => kind === "phantom" || kind === "regressed").length,
    outdatedUs: spans.reduce((total, [from, to]) => total + Math.max(0, to - Math.max(from, fromUs)), 0),
    outdatedMaxUs: spans.reduce((longest, [from, to]) => Math.max(longest, to - from), 0),
    requeryCount: requeries?.filter(([from]) => from >= sinceUs).length,
  };
}

/** What a reader should take from the picture, as sentences without final period. */
export function timelineSentences(marks: PhaseMarks, numbers: PhaseNumbers): string[] {
  const { phase, operations, endUs } = marks;
  const operationCount = Math.max(0, operations.length - phase.recordedFrom);
  const acts = counted(operationCount, "operation");
  if (phase.unwatched) {
    return [`${acts} in ${timeText(endUs - marks.fromUs)}, unwatched: the database has no live queries`];
  }
  if (marks.streams.length === 0) {
    return [`${acts} in ${timeText(endUs - marks.fromUs)}; this phase watches nothing`];
  }
  return [
    `${shownText(marks, numbers)}; ${outdatedText(marks, numbers)}`,
    ...economyText(numbers),
    ...faultTexts(marks, numbers),
    ...cutText(marks),
  ];
}

function shownText({ streams }: PhaseMarks, { changeCount, shownCount }: PhaseNumbers): string {
  const where = streams.length === 1 ? "" : ` on ${formatCount(streams.length)} live queries`;
  if (changeCount === 0) {
    return streams.length === 1 ? "No commit changed the result" : `No commit changed a result${where}`;
  }
  const all = counted(changeCount, streams.length === 1 ? "commit" : "change");
  if (shownCount === changeCount) {
    return changeCount === 1 ? `1 of ${all} was shown${where}` : `All ${all} were shown${where}`;
  }
  return `${formatCount(shownCount)} of ${all} ${shownCount === 1 ? "was" : "were"} shown${where}`;
}

function outdatedText({ streams }: PhaseMarks, numbers: PhaseNumbers): string {
  const { outdatedShare, outdatedMaxUs } = numbers;
  if (outdatedMaxUs === 0) {
    return streams.length === 1 ? "the screen was never outdated" : "none was ever outdated";
  }
  const subject = streams.length === 1 ? "the screen" : "each";
  const mean = streams.length === 1 ? "" : " on average";
  const longest = numbers.streams.findIndex((stream) => stream.outdatedMaxUs === outdatedMaxUs);
  const whose = streams.length === 1 ? "" : `, on ${streams[longest]!.name}`;
  return `${subject} was outdated ${percent(outdatedShare)} of the time${mean}, longest span ${
    timeText(outdatedMaxUs)
  }${whose}`;
}

function economyText({ emissionCount, repeatedCount, requeryCount }: PhaseNumbers): string[] {
  const emissions = `${counted(emissionCount, "update")}${
    requeryCount === undefined ? "" : ` after ${counted(requeryCount, "re-query", "re-queries")}`
  }`;
  if (repeatedCount === 0) return [emissions];
  return [`${emissions}, ${formatCount(repeatedCount)} of them showed nothing new`];
}

function faultTexts({ streams }: PhaseMarks, { wrongCount, lostCount }: PhaseNumbers): string[] {
  const errorCount = streams.reduce((sum, { errors }) => sum + errors.length, 0);
  return [
    ...(wrongCount === 0 ? [] : [`${counted(wrongCount, "update")} cannot be true`]),
    ...(lostCount === 0
      ? []
      : [`${counted(lostCount, "live query", "live queries")} did not end with the final state`]),
    ...(errorCount === 0 ? [] : [`Live queries reported ${counted(errorCount, "error")}`]),
  ];
}

function cutText({ phase: { cut, quietUs } }: PhaseMarks): string[] {
  if (cut === undefined) return [];
  const left = [
    [cut.operationCount, "operation"],
    [cut.emissionCount, "update"],
  ] as const;
  const text = left.flatMap(([count, word]) => count === 0 ? [] : [counted(count, word)]);
  const streams = cut.streamCount === 0
    ? []
    : [`the busiest live queries are shown, ${formatCount(cut.streamCount)} others are not`];
  const end = cut.atUs > quietUs
    ? []
    : [`the picture ends after ${timeText(cut.atUs)} of ${timeText(quietUs)}`];
  const rest = text.length === 0 ? [] : [`${text.join(" and ")} did not fit`];
  return [`Cut short: ${[...end, ...streams, ...rest].join("; ")}`];
}

/** A time of the picture as text. */
export function timeText(us: number): string {
  return formatQuantity(us * 1000, "ns");
}

/** A share as per cent with two digits. */
export function percent(share: number): string {
  return formatShare(share >= 0.1 ? Math.round(share * 100) / 100 : Number(share.toPrecision(2)));
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
