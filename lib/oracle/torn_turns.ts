/**
 * Whether several live queries show one commit. In: the streams of a screen, with the turn of the event loop of each
 * emission. Out: in how many turns a reader sees two commits at once.
 *
 * A library may deliver the results of one commit one after the other, and nobody sees that while no frame is drawn in
 * between. So the screen is looked at when a turn that brought an emission is over. It is whole when there is a commit
 * after which everything that is shown was true. Where results repeat, every commit counts that would make it so: a
 * library is never accused of what may have been right.
 */
import type { ScreenTurns } from "../model/verdict.ts";
import type { JudgedStream } from "./judged_stream.ts";
import { lastAtOrBefore } from "./match_stream.ts";

/** A run of commits, both ends included, by the operation that made them; -1 is the start of the phase. */
type CommitSpan = readonly [from: number, to: number];

interface TurnEmission {
  readonly turn: number;
  readonly stream: number;
  readonly emission: number;
}

/**
 * Looks at the screen after each turn. First results are not counted, nor are turns whose last emission came before
 * `fromNs`. `undefined` where turns were not noted.
 */
export function countTornTurns(streams: readonly JudgedStream[], fromNs: number): ScreenTurns | undefined {
  if (streams.length === 0 || streams.some(({ stream: { turns } }) => turns === undefined)) return undefined;
  const emissions = streams.flatMap(({ stream: { turns, results } }, stream): TurnEmission[] =>
    Array.from({ length: results.length }, (_, emission) => ({ turn: turns![emission]!, stream, emission }))
  );
  const byTurn = [...Map.groupBy(emissions, ({ turn }) => turn)].sort(([a], [b]) => a - b);
  const shown: (number | undefined)[] = streams.map(() => undefined);
  let turnCount = 0;
  let tornTurnCount = 0;
  for (const [, own] of byTurn) {
    let endNs = -Infinity;
    for (const { stream, emission } of own) {
      shown[stream] = Math.max(shown[stream] ?? 0, emission);
      endNs = Math.max(endNs, streams[stream]!.stream.atNs[emission]!);
    }
    if (endNs < fromNs || own.every(({ emission }) => emission === 0)) continue;
    turnCount += 1;
    if (!isWhole(streams, shown, endNs)) tornTurnCount += 1;
  }
  return { turnCount, tornTurnCount };
}

/** Whether one commit makes true all that is shown at a time. Streams without a result say nothing. */
function isWhole(
  streams: readonly JudgedStream[],
  shown: readonly (number | undefined)[],
  atNs: number,
): boolean {
  let common: CommitSpan[] = [[-1, Infinity]];
  for (const [index, stream] of streams.entries()) {
    const emission = shown[index];
    if (emission === undefined) continue;
    common = intersection(common, spansOf(stream, emission, atNs));
    if (common.length === 0) return false;
  }
  return true;
}

/** The commits after which an emission is true, ascending, as far as they were asked for at a time. */
function spansOf(
  { sequence: { moments }, sightings, times }: JudgedStream,
  emission: number,
  atNs: number,
): CommitSpan[] {
  const newest = lastAtOrBefore(times.startNs, atNs);
  return sightings[emission]!.positions.filter((position) => position <= newest).map((position) => [
    moments[position]!.operation,
    (moments[position + 1]?.operation ?? Infinity) - 1,
  ]);
}

/** Commits in both; runs of either are ascending and apart from each other. */
function intersection(first: readonly CommitSpan[], second: readonly CommitSpan[]): CommitSpan[] {
  const common: CommitSpan[] = [];
  for (let a = 0, b = 0; a < first.length && b < second.length;) {
    const from = Math.max(first[a]![0], second[b]![0]);
    const to = Math.min(first[a]![1], second[b]![1]);
    if (from <= to) common.push([from, to]);
    if (first[a]![1] < second[b]![1]) a += 1;
    else b += 1;
  }
  return common;
}
