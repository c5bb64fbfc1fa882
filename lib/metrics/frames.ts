/** What a page that draws its live queries does to its frames: `bench --runtime chromium --render dom`. */
import type { DrawnFrames } from "../model/mod.ts";
import { type IterationMetric, TIME } from "./declare.ts";

/** A number of frames; the worst iteration counts. */
function frameCount(
  id: string,
  title: string,
  order: number,
  meaning: string,
  of: (frames: DrawnFrames) => number,
): IterationMetric {
  return {
    id,
    scope: "phase",
    title,
    ...TIME,
    unit: "count",
    fold: "max",
    meaning,
    shown: { cost: order },
    compute: ({ log: { frames } }) => frames === undefined ? undefined : of(frames),
  };
}

export const FRAME_METRICS: readonly IterationMetric[] = [
  frameCount(
    "animation_frames_missed",
    "animation frames missed",
    41,
    "Frames of a 60 Hz screen in which the page, that draws every live query as a list, had no animation frame, until all " +
      "was quiet",
    ({ missedCount }) => missedCount,
  ),
  frameCount(
    "long_animation_frames",
    "long frames",
    42,
    "Animation frames that took 50 ms or longer, as the browser reports them (Long Animation Frames API)",
    ({ longCount }) => longCount,
  ),
  {
    id: "frames_blocked_ns",
    scope: "phase",
    title: "blocked",
    ...TIME,
    zeroText: "none",
    fold: "max",
    meaning:
      "Sum of what the tasks of long animation frames took beyond 50 ms each: the browser's blocking duration",
    shown: { cost: 43 },
    compute: ({ log }) => log.frames?.blockedNs,
  },
  {
    id: "render_ns",
    scope: "phase",
    title: "rendering",
    ...TIME,
    meaning: "Time spent in bringing the lists up to date, layout and painting left out",
    shown: { cost: 44 },
    compute: ({ log }) => log.frames?.renderNs,
  },
];
