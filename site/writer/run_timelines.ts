import type { BlockTimeline, RunRecord } from "../../lib/model/mod.ts";
import { loadTimeline } from "../../lib/record/mod.ts";
import type { TimelinesByPosition } from "../pages/mod.ts";

/** The timelines of a loaded run. Throws a RecordFormatError for one that is not what was measured. */
export function readTimelines(folder: string, record: RunRecord): TimelinesByPosition {
  const timelines = new Map<number, BlockTimeline>();
  for (const block of record.results) {
    const timeline = loadTimeline(folder, block);
    if (timeline !== undefined) timelines.set(block.position, timeline);
  }
  return timelines;
}
