/** The picture of one run of one phase, from what was logged and what the oracle found out; made after the judgement. */
import {
  type BoundQuery,
  gapsOf,
  type Operation,
  type OperationLabel,
  type Phase,
  type PhaseLog,
  type PhaseTimeline,
  type Requery,
  type StreamTimeline,
  type TimelineCut,
  type Verdict,
  watchedIn,
} from "../model/mod.ts";
import { describeArgs, type StreamTrace } from "../oracle/mod.ts";

/** What a picture is made from. */
export interface TimelineEvidence {
  readonly phase: Phase;
  readonly operations: readonly Operation[];
  readonly iteration: number;
  readonly verdict: Verdict;
  readonly unwatched: boolean;
  readonly log: PhaseLog;
  /** One per stream of the log. */
  readonly traces: readonly StreamTrace[];
  /** One per stream; `undefined` where the library does not tell. */
  readonly requeries: readonly (readonly Requery[] | undefined)[];
}

/**
 * The most that a picture holds, so that a storm of emissions makes neither a large file nor a slow page. Marks are the
 * emissions, changes, outdated spans and re-queries of all streams together: a hundred watchers that are asked again at
 * each of two hundred writes fit, and take 60 kB on the disk.
 */
export const TIMELINE_LIMITS = { operations: 5000, streams: 200, marks: 21_000, errors: 20 } as const;

const LONGEST_TEXT = 300;

/** Makes the picture; `limits` is for tests. */
export function phaseTimeline(
  evidence: TimelineEvidence,
  limits: { readonly [K in keyof typeof TIMELINE_LIMITS]: number } = TIMELINE_LIMITS,
): PhaseTimeline {
  const { phase, operations, log, unwatched, verdict, iteration } = evidence;
  const watched = watchedIn(phase, operations);
  const zeroNs = log.startNs[0] ?? firstEmissionNs(log) ?? 0;
  const toUs = (ns: number): number => Math.round((ns - zeroNs) / 1000);
  const startUs = Array.from(log.startNs.subarray(0, operations.length), toUs);
  const endUs = Array.from(log.endNs.subarray(0, operations.length), toUs);
  const streams = log.streams.map((_, watch) => rawStream(evidence, watch, toUs));
  const kept = busiest(streams, limits.streams);
  const cutUs = cutTime(startUs, kept, limits);

  const operationCount = countBelow(startUs, cutUs);
  const labels: OperationLabel[] = [];
  const label = operations.slice(0, operationCount).map((operation) => labelIndex(labels, operation));
  const queries = [...new Set(kept.map(({ watch }) => queryText(watched[watch]!)))];
  const timelines = kept.map((stream) =>
    streamTimeline(stream, {
      cutUs,
      operationCount,
      query: queries.indexOf(queryText(watched[stream.watch]!)),
      args: describeArgs(watched[stream.watch]!.args),
      errorCount: limits.errors,
    })
  );
  const emissionCount = streams.reduce((sum, { emissionUs }) => sum + emissionUs.length, 0) -
    timelines.reduce((sum, { emissionGapsUs }) => sum + emissionGapsUs.length, 0);
  const cut: TimelineCut = {
    atUs: cutUs,
    operationCount: operations.length - operationCount,
    emissionCount,
    streamCount: streams.length - kept.length,
  };
  const quietUs = Math.max(0, endUs.at(-1) ?? 0, ...streams.map(({ emissionUs }) => emissionUs.at(-1) ?? 0));
  return {
    phase: phase.name,
    iteration,
    verdict,
    unwatched,
    quietUs,
    recordedFrom: phase.warmupOperationCount,
    labels,
    operations: {
      label,
      gapUs: startUs.slice(0, operationCount).map((start, index) => start - (endUs[index - 1] ?? 0)),
      tookUs: startUs.slice(0, operationCount).map((start, index) => endUs[index]! - start),
    },
    queries,
    streams: timelines,
    ...(cutUs === Infinity && cut.streamCount === 0
      ? {}
      : { cut: { ...cut, atUs: Math.min(cutUs, quietUs + 1) } }),
  };
}

/** A stream with all its marks. */
interface RawStream {
  readonly watch: number;
  readonly trace: StreamTrace;
  readonly emissionUs: readonly number[];
  readonly outdatedUs: readonly Span[];
  readonly requeryUs: readonly Span[] | undefined;
  readonly errors: readonly { readonly atUs: number; readonly message: string }[];
}

type Span = readonly [fromUs: number, toUs: number];

function rawStream(
  { log, traces, requeries }: TimelineEvidence,
  watch: number,
  toUs: (ns: number) => number,
): RawStream {
  const { results, atNs, errors } = log.streams[watch]!;
  const trace = traces[watch]!;
  const outdatedUs: Span[] = [];
  for (let index = 0; index < trace.outdatedNs.length; index += 2) {
    outdatedUs.push([toUs(trace.outdatedNs[index]!), toUs(trace.outdatedNs[index + 1]!)]);
  }
  return {
    watch,
    trace,
    emissionUs: Array.from(results, (_, index) => toUs(atNs[index]!)),
    outdatedUs: outdatedUs.filter(([from, to]) => to > from),
    requeryUs: requeries[watch]?.map(({ startMs, endMs }) => [toUs(startMs * 1e6), toUs(endMs * 1e6)]),
    errors: errors.map(({ atNs, message }) => ({ atUs: toUs(atNs), message: shortened(message) })),
  };
}

/** Those with most emissions and changes, in the order of the watches. */
function busiest(streams: readonly RawStream[], most: number): readonly RawStream[] {
  if (streams.length <= most) return streams;
  const business = ({ trace, emissionUs }: RawStream): number => trace.changes.length + emissionUs.length;
  return streams.toSorted((a, b) => business(b) - business(a) || a.watch - b.watch).slice(0, most)
    .sort((a, b) => a.watch - b.watch);
}

/**
 * When the picture has to end; Infinity when everything fits. A picture that is whole up to a moment can be read; one
 * with samples of everything would show lulls that never were.
 */
function cutTime(
  startUs: readonly number[],
  streams: readonly RawStream[],
  { operations, marks }: { readonly operations: number; readonly marks: number },
): number {
  const byOperations = startUs[operations] ?? Infinity;
  const times: number[] = [];
  for (const { trace, emissionUs, outdatedUs, requeryUs = [] } of streams) {
    for (const at of emissionUs) times.push(at);
    for (const operation of trace.changes) times.push(startUs[operation]!);
    for (const [from] of outdatedUs) times.push(from);
    for (const [from] of requeryUs) times.push(from);
  }
  if (times.length <= marks) return byOperations;
  return Math.min(byOperations, Float64Array.from(times).sort()[marks]!);
}

function streamTimeline(
  { watch, trace, emissionUs, outdatedUs, requeryUs, errors }: RawStream,
  { cutUs, operationCount, query, args, errorCount }: {
    readonly cutUs: number;
    readonly operationCount: number;
    readonly query: number;
    readonly args: string;
    readonly errorCount: number;
  },
): StreamTimeline {
  const emissionCount = countBelow(emissionUs, cutUs);
  let newest = 0;
  const shown = Array.from(trace.shown.subarray(0, emissionCount), (position) => {
    if (position >= 0) newest = position;
    return newest;
  });
  return {
    watch,
    query,
    args,
    changeGaps: gapsOf(trace.changes.slice(0, countBelow(trace.changes, operationCount))),
    emissionGapsUs: gapsOf(emissionUs.slice(0, emissionCount)),
    shownGaps: gapsOf(shown),
    faults: trace.faults.filter(({ emission }) => emission < emissionCount)
      .map(({ emission, kind }) => ({ emission, verdict: kind })),
    outdatedGapsUs: spanGaps(outdatedUs, cutUs),
    ...(requeryUs === undefined ? {} : { requeryGapsUs: spanGaps(requeryUs, cutUs) }),
    errors: errors.filter(({ atUs }) => atUs < cutUs).slice(0, errorCount),
    isLost: !trace.isFinal,
  };
}

function spanGaps(spans: readonly Span[], cutUs: number): number[] {
  return gapsOf(spans.filter(([from]) => from < cutUs).flatMap(([from, to]) => [from, Math.min(to, cutUs)]));
}

/** How many of ascending numbers are below a limit. */
function countBelow(ascending: readonly number[], limit: number): number {
  if (limit === Infinity) return ascending.length;
  const first = ascending.findIndex((value) => value >= limit);
  return first === -1 ? ascending.length : first;
}

function labelIndex(labels: OperationLabel[], { kind, label }: Operation): number {
  const known = labels.findIndex((one) => one.kind === kind && one.label === label);
  return known === -1 ? labels.push({ kind, label: shortened(label) }) - 1 : known;
}

function queryText({ query }: BoundQuery): string {
  return shortened(query.sql);
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 3)}...`;
}

function firstEmissionNs({ streams }: PhaseLog): number | undefined {
  const firsts = streams.flatMap(({ results, atNs }) => results.length === 0 ? [] : [atNs[0]!]);
  return firsts.length === 0 ? undefined : Math.min(...firsts);
}
