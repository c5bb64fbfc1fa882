/** How long the anchor took in a block. */
import type { Block, MeasuredBlock } from "../../lib/model/mod.ts";
import { PRECISE_METRICS, WALL_METRIC } from "../../lib/stats/mod.ts";

/** A block whose numbers count: measured by digests, and right. */
export function hasNumbers(block: Block): block is MeasuredBlock {
  return block.status === "measured" && block.evidence !== "rows" && block.verdict === "converged";
}

/** Time of each phase of a block by its name, nanoseconds: until all was done, else the wall. */
export function phaseTimes(block: Block): ReadonlyMap<string, number> {
  if (!hasNumbers(block)) return new Map();
  return new Map(block.phases.flatMap(({ name, metrics }) => {
    const time = metrics[PRECISE_METRICS[0]!] ?? metrics[WALL_METRIC];
    return time === undefined || time <= 0 ? [] : [[name, time]];
  }));
}

/** Time of all phases of the anchor's block of a round, nanoseconds; `undefined` where it has no numbers. */
export function anchorTime(blocks: readonly Block[], anchorKey: string): number | undefined {
  const block = blocks.find((one) => one.cellKey === anchorKey && hasNumbers(one));
  const times = block === undefined ? [] : [...phaseTimes(block).values()];
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0);
}
