/** Timelines of a run: in the page itself, or in one script file beside it; each is unpacked when it is asked for. */
import type { PhaseTimeline } from "../../lib/model/timeline.ts";
import { type RunTimelines, TIMELINES_ELEMENT } from "../pages/view.ts";
import { inflateJson } from "./page_data.ts";
import { loadScriptFile } from "./script_file.ts";

/** Deflated JSON in base64 by position of the block. */
type Packed = Readonly<Record<string, string>>;

const loaded = new Map<string, Promise<Packed>>();

/** The phases of one block; rejects when they are not where the page says. */
export async function loadTimeline(
  { file }: RunTimelines,
  position: number,
): Promise<readonly PhaseTimeline[]> {
  const packed = (await packedOf(file))[position];
  if (packed === undefined) {
    throw new Error(`Cannot show the timeline as ${file || "the page"} does not have it`);
  }
  return await inflateJson<readonly PhaseTimeline[]>(packed);
}

function packedOf(file: string): Promise<Packed> {
  let packed = loaded.get(file);
  if (packed === undefined) {
    packed = file === ""
      ? Promise.resolve(JSON.parse(document.getElementById(TIMELINES_ELEMENT)?.textContent ?? "{}") as Packed)
      : loadScriptFile<Packed>(file, "watchbenchTimelines");
    loaded.set(file, packed);
  }
  return packed;
}
