/** Timelines of a run as its page needs them: which there are, and their data, read when somebody asks for one. */
import type { BlockTimeline, PhaseTimeline, RunRecord } from "../../model/mod.ts";
import { safeText } from "../safe_text.ts";
import type { RunSummary } from "../summarize_run.ts";
import { deflatedJson } from "./page.ts";
import type { RunTimelines, TimelineLink } from "./view.ts";

/** Loaded timelines by the position of their block. */
export type TimelinesByPosition = ReadonlyMap<number, BlockTimeline>;

/** How a page gets at its timelines: they are in it, or in a script file beside it. */
export type TimelineSource =
  | { readonly kind: "page"; readonly timelines: TimelinesByPosition }
  | { readonly kind: "file"; readonly href: string };

/** What the page says of them, in the order of its cells; `undefined` when there is none. */
export function runTimelines(
  record: RunRecord,
  summary: RunSummary,
  source: TimelineSource | undefined,
): RunTimelines | undefined {
  if (source === undefined) return undefined;
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
  return links.length === 0 ? undefined : { file: source.kind === "file" ? source.href : "", links };
}

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
