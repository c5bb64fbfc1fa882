/** Files of lanes: one script per lane of the history. */
import type { HistoryLane } from "../pages/history.ts";
import { inflateJson } from "./page_data.ts";
import { loadScriptFile } from "./script_file.ts";

const loaded = new Map<string, Promise<HistoryLane>>();

/** Loads a lane once; rejects when its file is not there. */
export function loadLane(file: string): Promise<HistoryLane> {
  let lane = loaded.get(file);
  if (lane === undefined) {
    lane = loadScriptFile<string>(file, "watchbenchLane").then((base64) => inflateJson<HistoryLane>(base64));
    loaded.set(file, lane);
  }
  return lane;
}
