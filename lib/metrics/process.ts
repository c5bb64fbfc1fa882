/** What the whole machine pays. */
import { type IterationMetric, type RetiredMetric, TIME } from "./declare.ts";

export const PROCESS_METRICS: readonly IterationMetric[] = [
  {
    id: "cpu_until_quiet_ns",
    scope: "phase",
    title: "CPU",
    ...TIME,
    meaning:
      "CPU time of all threads of the process and of the database's server processes, from the first recorded " +
      "operation until all was quiet",
    shown: { headline: 60, sweep: 30, soak: 40, snippet: 60 },
    compute: ({ log }) => log.processCpuUntilQuietNs + (log.serverCpuUntilQuietNs ?? 0),
  },
];

export const RETIRED_PROCESS_METRICS: readonly RetiredMetric[] = [
  {
    id: "process_cpu_ns",
    scope: "phase",
    title: "process CPU",
    ...TIME,
    meaning:
      "CPU time of all threads of the process from the first recorded operation until the last acknowledgement; " +
      "a server's own processes are not in it",
    shown: {},
    shownBefore: { cost: 20 },
    retired: "What a database left for after the last acknowledgement cost nothing; see cpu_until_quiet_ns",
  },
];
