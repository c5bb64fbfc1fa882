/** Timelines with everything that a picture must cope with; the numbers are round and easy to follow. */
import { gapsOf, type PhaseTimeline, type StreamTimeline } from "../model/mod.ts";

/** What a stream is made of; times in microseconds. */
export interface StreamParts {
  readonly watch?: number;
  readonly args?: string;
  /** Indexes of the operations that change it. */
  readonly changes: readonly number[];
  /** When each emission comes, and how many changes it shows. */
  readonly emissions: readonly (readonly [atUs: number, shown: number])[];
  readonly faults?: StreamTimeline["faults"];
  readonly outdated?: readonly (readonly [fromUs: number, toUs: number])[];
  readonly requeries?: readonly (readonly [fromUs: number, toUs: number])[];
  readonly errors?: StreamTimeline["errors"];
  readonly isLost?: boolean;
}

/** A stream in its compact form. */
export function streamOf(parts: StreamParts): StreamTimeline {
  const { watch = 0, args = "", changes, emissions, faults = [], outdated = [], requeries, errors = [] } =
    parts;
  return {
    watch,
    query: 0,
    args,
    changeGaps: gapsOf(changes),
    emissionGapsUs: gapsOf(emissions.map(([atUs]) => atUs)),
    shownGaps: gapsOf(emissions.map(([, shown]) => shown)),
    faults,
    outdatedGapsUs: gapsOf(outdated.flat()),
    ...(requeries === undefined ? {} : { requeryGapsUs: gapsOf(requeries.flat()) }),
    errors,
    isLost: parts.isLost ?? false,
  };
}

/** A phase of operations that are called every millisecond and take half of one. */
export function phaseOf(operationCount: number, given: Partial<PhaseTimeline> = {}): PhaseTimeline {
  return {
    phase: "burst",
    iteration: 0,
    verdict: "converged",
    unwatched: false,
    quietUs: operationCount * 1000,
    recordedFrom: 0,
    labels: [{ kind: "write", label: "update" }],
    operations: {
      label: Array.from({ length: operationCount }, () => 0),
      gapUs: Array.from({ length: operationCount }, (_, index) => index === 0 ? 0 : 500),
      tookUs: Array.from({ length: operationCount }, () => 500),
    },
    queries: ["SELECT COUNT(*) AS c FROM items"],
    streams: [],
    ...given,
  };
}

/** Hundred commits of which three are shown: the screen is outdated from the first one on, with pauses. */
export function starvedPhase(): PhaseTimeline {
  const changes = Array.from({ length: 100 }, (_, index) => index);
  return phaseOf(100, {
    quietUs: 101_000,
    streams: [streamOf({
      changes,
      emissions: [[-900, 0], [40_600, 41], [80_600, 81], [101_000, 100]],
      outdated: [[500, 40_600], [41_500, 80_600], [81_500, 101_000]],
      requeries: [[40_000, 40_500], [80_000, 80_500], [100_000, 100_900]],
    })],
  });
}

/** Sixty streams, each asked again at every one of thirty writes that concern another stream each. */
export function stormPhase(): PhaseTimeline {
  return phaseOf(30, {
    quietUs: 30_400,
    streams: Array.from({ length: 60 }, (_, watch) => {
      const isConcerned = watch < 30;
      return streamOf({
        watch,
        args: String(watch + 1),
        changes: isConcerned ? [watch] : [],
        emissions: [
          [-100, 0],
          ...Array.from(
            { length: 30 },
            (_, write): [number, number] => [
              write * 1000 + 900,
              isConcerned && write >= watch ? 1 : 0,
            ],
          ),
        ],
        outdated: isConcerned ? [[watch * 1000 + 500, watch * 1000 + 900]] : [],
      });
    }),
  });
}

/** A stream that lies in every way, with text as a hostile driver would give it. */
export function wrongPhase(hostileText: string): PhaseTimeline {
  return phaseOf(10, {
    phase: "lies",
    verdict: "phantom",
    labels: [{ kind: "write", label: hostileText }],
    queries: [hostileText],
    streams: [streamOf({
      args: hostileText,
      changes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      emissions: [[-100, 0], [700, 1], [1200, 1], [2700, 3], [3200, 3], [3700, 4]],
      faults: [{ emission: 2, verdict: "phantom" }, { emission: 4, verdict: "regressed" }],
      outdated: [[500, 700], [1200, 2700], [3200, 3700], [4500, 10_000]],
      errors: [{ atUs: 5000, message: hostileText }],
      isLost: true,
    })],
  });
}
