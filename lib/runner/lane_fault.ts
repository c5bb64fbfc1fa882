/** Whether a program can keep as many operations in flight as it is to, known before anything is played. */
import type { Program } from "../model/mod.ts";
import { Truth } from "../oracle/mod.ts";
import { Digester } from "../protocol/digester.ts";
import { countGroups } from "./assign_lanes.ts";

/** The first phase that has too few operations of their own for its lanes. */
export interface LaneFault {
  readonly phase: string;
  readonly operationCount: number;
  /** Groups of operations that no result has in common. */
  readonly groupCount: number;
}

/** `undefined` when every phase has work for all of its lanes. Replays each phase once: only then is it known. */
export function laneFault({ tables, seeds, iterations }: Program): LaneFault | undefined {
  const truth = new Truth(tables, seeds);
  const seen = new Set<string>();
  for (const phase of iterations.flatMap(({ phases }) => phases)) {
    const { name, laneCount = 1 } = phase;
    if (seen.has(name) || laneCount === 1) continue;
    seen.add(name);
    const operations = phase.operations();
    const { groups } = truth.advance(phase, operations, new Digester({ a: 1, b: 2 }));
    const groupCount = countGroups(groups!);
    if (groupCount < laneCount) return { phase: name, operationCount: operations.length, groupCount };
  }
  return undefined;
}
