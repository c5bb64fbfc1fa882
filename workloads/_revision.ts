import { DartRandom, firstSerial, type IterationPosition, mixSeed } from "../lib/dataset/mod.ts";
import type { Iteration, Pacing, Phase, ProgramContext } from "../lib/model/mod.ts";

/** What sets the versions of one workload apart; workloads add fields of their own. */
export interface Revision {
  readonly version: number;
  /** What the caller does after each operation: one pacing per recorded iteration, from the first on again. */
  readonly pacings: readonly Pacing[];
  /**
   * Written values differ between iterations and blocks, and the run's seed varies the generators. When `false`, every
   * iteration of every block repeats resqlite's traffic to the bit, so that most of its later writes change nothing.
   */
  readonly variesTraffic: boolean;
}

/**
 * Four callers: one that goes on at once, two that let the event loop turn, and one that comes back with a timer. A
 * version that mixes them splits its traffic among four recorded iterations, so that no engine can be tuned to one of them.
 */
export const MIXED_PACINGS: readonly Pacing[] = [{ turns: 0 }, { turns: 1 }, { turns: 4 }, { pauseMs: 1 }];

/** The pacing of an iteration; the context's own, where it has one. Warm-ups take that of the first recorded one. */
export function pacingOf(
  { pacings }: Revision,
  context: ProgramContext,
  iterationIndex: number,
  warmupIterationCount: number,
): Pacing {
  return context.pacing ?? pacings[Math.max(0, iterationIndex - warmupIterationCount) % pacings.length]!;
}

/** The generator that resqlite seeds with `published`, varied where the revision says so. */
export function generator(revision: Revision, published: number, context: ProgramContext): DartRandom {
  return new DartRandom(generatorSeed(revision, published, context));
}

/** The seed of {@link generator}, for samplers that build their own. */
export function generatorSeed(revision: Revision, published: number, context: ProgramContext): number {
  return revision.variesTraffic ? mixSeed(published, context.seed) : published;
}

/** The number in the first written value of an iteration: 0 each time, or one that was never written before. */
export function firstValue(revision: Revision, position: IterationPosition): number {
  return revision.variesTraffic ? firstSerial(position) : 0;
}

/** Warm-ups, then recorded iterations, all on one session. */
export function iterations(
  count: { readonly warmupIterationCount: number; readonly iterationCount: number },
  phases: (iterationIndex: number) => readonly Phase[],
): Iteration[] {
  return Array.from({ length: count.warmupIterationCount + count.iterationCount }, (_, iterationIndex) => ({
    warmup: iterationIndex < count.warmupIterationCount,
    freshSession: false,
    phases: phases(iterationIndex),
  }));
}
