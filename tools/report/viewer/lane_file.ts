/** Files of lanes: scripts, since pages opened from disk may not fetch. */
import type { HistoryLane } from "../../../lib/report/html/history.ts";
import { inflateJson } from "./page_data.ts";

const loaded = new Map<string, Promise<HistoryLane>>();

/** Loads a lane once; rejects when its file is not there. */
export function loadLane(file: string): Promise<HistoryLane> {
  let lane = loaded.get(file);
  if (lane === undefined) {
    lane = loadScript(file).then((base64) => inflateJson<HistoryLane>(base64));
    loaded.set(file, lane);
  }
  return lane;
}

function loadScript(file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    // The file calls this with its content while it runs, right before its load event.
    (globalThis as unknown as { watchbenchLane?: (base64: string) => void }).watchbenchLane = resolve;
    script.addEventListener(
      "error",
      () => reject(new Error(`Cannot load ${file} as it must stand beside the page`)),
    );
    script.addEventListener("load", () => script.remove());
    script.src = file;
    document.head.append(script);
  });
}
