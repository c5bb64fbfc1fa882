import { parseRecordLines } from "../pages/record_lines.ts";
import { runFiles, runNameIn } from "../pages/run_address.ts";
import { runView } from "../pages/run_view.ts";
import { runTimelines } from "../pages/timeline_links.ts";
import { type KnownMetric, type RunView, TIMELINES_ELEMENT } from "../pages/view.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { dataElement, inflateText } from "./page_data.ts";
import { loadScriptFile } from "./script_file.ts";

/**
 * The view of the run whose record the page carries, or whose name is in its address. Rejects when there is no such
 * record. The registry of metrics stands in front of this script.
 */
export async function viewOfRun(): Promise<RunView> {
  const { watchbenchMetrics } = globalThis as unknown as { watchbenchMetrics: readonly KnownMetric[] };
  const { packed, timelinesFile } = await packedRun();
  const record = parseRecordLines(await inflateText(packed));
  const summary = summarizeRun(record);
  const timelines = runTimelines(record, summary, timelinesFile);
  return {
    ...runView(record, summary, watchbenchMetrics),
    ...(timelines === undefined ? {} : { timelines }),
  };
}

async function packedRun(): Promise<{ readonly packed: string; readonly timelinesFile: string | undefined }> {
  const carried = dataElement().textContent;
  if (carried !== "") {
    const hasTimelines = document.getElementById(TIMELINES_ELEMENT) !== null;
    return { packed: carried, timelinesFile: hasTimelines ? "" : undefined };
  }
  const name = runNameIn(location.search);
  if (name === undefined) {
    throw new Error("Cannot show a run as the address must name one, as links in the list of runs do");
  }
  const { record, timelines } = runFiles(name);
  return { packed: await loadScriptFile<string>(record, "watchbenchRecord"), timelinesFile: timelines };
}
