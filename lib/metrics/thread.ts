/** What the calling thread pays: an application's main thread. */
import { type IterationMetric, TIME } from "./declare.ts";

export const THREAD_METRICS: readonly IterationMetric[] = [
  {
    id: "main_busy_ns",
    scope: "phase",
    title: "main busy",
    ...TIME,
    meaning: "CPU time of the calling thread from the first recorded operation until all was quiet",
    shown: { headline: 70 },
    compute: ({ log }) => log.callerCpuUntilQuietNs,
  },
  {
    id: "beyond_frames_ns",
    scope: "phase",
    title: "beyond frames",
    ...TIME,
    zeroText: "none",
    fold: "max",
    meaning:
      "Sum of what of each lateness of a timer on the calling thread lies beyond a frame of 16.7 ms, until all " +
      "was quiet",
    shown: { headline: 80 },
    compute: ({ log }) => log.lateNs,
  },
  {
    id: "caller_cpu_ns",
    scope: "phase",
    title: "caller CPU",
    ...TIME,
    meaning:
      "CPU time of the calling thread from the first recorded operation until the last acknowledgement",
    shown: { cost: 10 },
    shownBefore: { cost: 10, snippet: 50 },
    compute: ({ log }) => log.callerCpuNs,
  },
  {
    id: "listener_ns",
    scope: "phase",
    title: "listeners",
    ...TIME,
    meaning: "Time spent in listeners, reading every delivered value once",
    shown: { cost: 20 },
    shownBefore: { cost: 30 },
    compute: ({ log }) => log.streams.length === 0 ? undefined : log.listenerNs,
  },
  {
    id: "loop_delay_max_ns",
    scope: "phase",
    title: "loop delay",
    ...TIME,
    fold: "max",
    meaning:
      "Longest lateness of a timer on the calling thread until all was quiet; an idle loop shows 1 to 3 ms",
    shown: { cost: 30 },
    shownBefore: { cost: 40 },
    compute: ({ log }) => log.loopDelayMaxNs,
  },
  {
    id: "frames_missed",
    scope: "phase",
    title: "frames missed",
    ...TIME,
    unit: "count",
    fold: "max",
    meaning: "Whole frames of 16.7 ms that such lateness swallowed",
    shown: { cost: 40 },
    shownBefore: { cost: 50 },
    compute: ({ log }) => log.framesMissed,
  },
];
