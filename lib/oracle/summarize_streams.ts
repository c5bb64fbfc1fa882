/** Freshness and economy of the streams of a phase. */
import type { PhaseLog } from "../model/measurement.ts";
import type { StreamSummary } from "../model/verdict.ts";
import type { JudgedStream } from "./judged_stream.ts";
import { measureFreshness } from "./measure_freshness.ts";
import { phaseSpan } from "./phase_span.ts";
import type { PhaseTruth } from "./phase_truth.ts";
import { countTornTurns } from "./torn_turns.ts";

/**
 * Adds up all streams of a phase. Only recorded operations count: the changes that they made, and the emissions and
 * outdated times from the start of the first of them on.
 *
 * A change is coalesced when it was covered although no emission is matched to it. The matching is the earliest one,
 * so that a stream which shows every state is never said to coalesce, however late it is. Changes that a repeated state
 * made invisible (A, B, A while A is shown) are coalesced as well.
 */
export function summarizeStreams(
  truth: PhaseTruth,
  streams: readonly JudgedStream[],
  log: PhaseLog,
): StreamSummary {
  const firstRecorded = truth.phase.warmupOperationCount;
  const { fromNs, quietNs, lastEndNs, lastEmissionNs } = phaseSpan(truth, log);

  const freshnessNs: number[] = [];
  const shownNs: number[] = [];
  const dueNs: number[] = [];
  let lastShownAtNs = -Infinity;
  let emissionsNeeded = 0;
  let emissionsDelivered = 0;
  let emissionsRedundant = 0;
  let emissionsCoalesced = 0;
  let outdatedMaxNs = 0;
  for (const { sequence, stream, times, sightings, match, closedNs } of streams) {
    // Nothing is outdated where nobody looks any more.
    const untilNs = Math.min(quietNs, closedNs);
    const freshness = measureFreshness(sightings, stream.atNs, times, { fromNs, quietNs: untilNs });
    outdatedMaxNs = Math.max(outdatedMaxNs, freshness.outdatedMaxNs);
    const shown = new Set(match.positions);
    for (let position = 1; position < sequence.moments.length; position += 1) {
      const { operation } = sequence.moments[position]!;
      if (operation < firstRecorded) continue;
      emissionsNeeded += 1;
      const coveredNs = freshness.coveredNs[position]!;
      if (Number.isNaN(coveredNs)) continue;
      freshnessNs.push(Math.max(0, coveredNs - times.endNs[position]!));
      const due = log.dueNs?.[operation] ?? times.startNs[position]!;
      shownNs.push(coveredNs - due);
      dueNs.push(due);
      lastShownAtNs = Math.max(lastShownAtNs, coveredNs);
      if (!shown.has(position)) emissionsCoalesced += 1;
    }
    for (let emission = 1; emission < sightings.length; emission += 1) {
      if (stream.atNs[emission]! < fromNs) continue;
      emissionsDelivered += 1;
      if (sightings[emission - 1]!.digest === sightings[emission]!.digest) emissionsRedundant += 1;
    }
  }
  const screen = countTornTurns(streams, fromNs);
  return {
    streamCount: streams.length,
    emissionsNeeded,
    emissionsDelivered,
    emissionsRedundant,
    emissionsCoalesced,
    freshnessNs: Float64Array.from(freshnessNs),
    shownNs: Float64Array.from(shownNs),
    dueNs: Float64Array.from(dueNs),
    lastShownAtNs,
    outdatedMaxNs,
    settleNs: Math.max(0, lastEmissionNs - lastEndNs),
    ...(screen === undefined ? {} : { screen }),
  };
}
