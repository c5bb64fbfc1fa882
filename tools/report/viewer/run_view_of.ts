import { parseRecordLines } from "../../../lib/report/html/record_lines.ts";
import { runView } from "../../../lib/report/html/run_view.ts";
import { runTimelines } from "../../../lib/report/html/timeline_links.ts";
import type { MetricView, RunPageData, RunView } from "../../../lib/report/html/view.ts";
import { summarizeRun } from "../../../lib/report/summarize_run.ts";
import { dataElement, inflateText } from "./page_data.ts";
import { loadScriptFile } from "./script_file.ts";

/**
 * The view of the record that a page carries or names; the registry of metrics stands in front of this script. Rejects
 * when the record is not where the page says.
 */
export async function runViewOf({ record: file, timelines: timelinesFile }: RunPageData): Promise<RunView> {
  const { watchbenchMetrics } = globalThis as unknown as { watchbenchMetrics: readonly MetricView[] };
  const packed = file === undefined
    ? dataElement().textContent
    : await loadScriptFile<string>(file, "watchbenchRecord");
  const record = parseRecordLines(await inflateText(packed));
  const summary = summarizeRun(record);
  const timelines = runTimelines(record, summary, timelinesFile);
  return {
    ...runView(record, summary, watchbenchMetrics),
    ...(timelines === undefined ? {} : { timelines }),
  };
}
