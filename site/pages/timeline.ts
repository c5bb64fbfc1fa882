/** Data of timelines, packed so that a page reads one when somebody asks for it. */
import type { BlockTimeline, PhaseTimeline } from "../../lib/model/mod.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { deflatedJson } from "./page.ts";

/** Loaded timelines by the position of their block. */
export type TimelinesByPosition = ReadonlyMap<number, BlockTimeline>;

/** JSON of all timelines by position, each deflated, in base64: it can stand in a page and in a script. */
export function timelinesJson(timelines: TimelinesByPosition): string {
  return JSON.stringify(
    Object.fromEntries([...timelines].map(([position, { phases }]) => [
      position,
      deflatedJson(phases.map(safePhase)),
    ])),
  );
}

/** A file that hands the timelines to the page that loads it. */
export function timelinesScript(timelines: TimelinesByPosition): string {
  return `watchbenchTimelines(${timelinesJson(timelines)});\n`;
}

/** Every text made harmless. */
function safePhase(phase: PhaseTimeline): PhaseTimeline {
  return {
    ...phase,
    phase: safeText(phase.phase),
    labels: phase.labels.map(({ kind, label }) => ({ kind, label: safeText(label, 120) })),
    queries: phase.queries.map((query) => safeText(query)),
    streams: phase.streams.map((stream) => ({
      ...stream,
      args: safeText(stream.args),
      errors: stream.errors.map(({ atUs, message }) => ({ atUs, message: safeText(message) })),
    })),
  };
}
