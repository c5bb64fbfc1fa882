import type { RunRecord } from "../../lib/model/mod.ts";
import type { RunSummary } from "../../lib/report/summarize_run.ts";
import type { RunTimelines, TimelineLink } from "./view.ts";

/** Which blocks left a timeline, in the order of the page's cells, and the file that has them; `undefined` when none did. */
export function runTimelines(
  record: RunRecord,
  summary: RunSummary,
  file: string | undefined,
): RunTimelines | undefined {
  if (file === undefined) return undefined;
  const byCell = Map.groupBy(record.results, ({ cellKey }) => cellKey);
  const links = summary.sections.flatMap(({ cells }, section) =>
    cells.flatMap(({ cell: { key } }, cell): TimelineLink[] =>
      (byCell.get(key) ?? []).flatMap((block) =>
        block.status === "measured" && block.timeline !== undefined
          ? [{ section, cell, block: block.blockIndex, position: block.position }]
          : []
      )
    )
  );
  return links.length === 0 ? undefined : { file, links };
}
