/** What is not the same about two runs, and which numbers that forbids to compare. */
import { type Likeness, type Metric, type RunRecord, RUNTIME_IDS, runtimeTitle } from "../model/mod.ts";
import { formatCount } from "./format.ts";

/** Something about the runs that is not the same. */
export interface RunDifference {
  /** Such as `CPU` or `Deno`. */
  readonly what: string;
  /** In the first run. */
  readonly first: string;
  /** In the second run. */
  readonly second: string;
  /** Times measured under one must not be compared with times measured under the other. */
  readonly forbidsTimes: boolean;
  /** What is not alike; absent where it forbids nothing. */
  readonly likeness?: Likeness;
}

/** Whether a metric may be compared although something differs: what it needs to be the same, is the same. */
export function isComparable({ comparableWithin }: Metric, differences: readonly RunDifference[]): boolean {
  return differences.every(({ likeness }) =>
    likeness === undefined || !comparableWithin.includes(likeness)
  ) &&
    // The machine since it was started is the machine.
    !(comparableWithin.includes("boot") && differences.some(({ likeness }) => likeness === "machine"));
}

/** What differs between the machines, the software and the settings of two runs, in the order of reports. */
export function differencesBetween(first: RunRecord, second: RunRecord): RunDifference[] {
  const [a, b] = [first.environment, second.environment];
  const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
  const commit = ({ commit, isDirty }: RunRecord["environment"]): string =>
    `${commit ?? "unknown"}${isDirty ? " with changes" : ""}`;
  const bytes = ({ memoryBytes }: RunRecord["environment"]): string => `${formatCount(memoryBytes)} B`;
  const not = (likeness: Likeness, is = true) =>
    is ? { forbidsTimes: true, likeness } : { forbidsTimes: false };
  const areBootsKnown = a.bootId !== undefined && b.bootId !== undefined;
  const all: RunDifference[] = [
    { what: "machine", first: a.machineId, second: b.machineId, ...not("machine") },
    { what: "CPU", first: a.cpuModel, second: b.cpuModel, ...not("machine") },
    { what: "cores", first: String(a.coreCount), second: String(b.coreCount), ...not("machine") },
    { what: "memory", first: bytes(a), second: bytes(b), forbidsTimes: false },
    {
      what: "start of the machine",
      first: a.bootId ?? "unknown",
      second: b.bootId ?? "unknown",
      ...not("boot", areBootsKnown),
    },
    { what: "OS", first: a.os, second: b.os, forbidsTimes: false },
    { what: "Deno", first: a.deno, second: b.deno, ...not("runtime", minor(a.deno) !== minor(b.deno)) },
    { what: "V8", first: a.v8, second: b.v8, forbidsTimes: false },
    { what: "SQLite", first: a.sqlite, second: b.sqlite, forbidsTimes: false },
    ...RUNTIME_IDS.flatMap((runtime): RunDifference[] => {
      const [first, second] = [a.runtimes?.[runtime], b.runtimes?.[runtime]];
      if (first === undefined || second === undefined) return [];
      return [{
        what: runtimeTitle(runtime),
        first,
        second,
        ...not("runtime", minor(first) !== minor(second)),
      }];
    }),
    { what: "commit", first: commit(a), second: commit(b), forbidsTimes: false },
    {
      what: "seed",
      first: String(first.settings.seed),
      second: String(second.settings.seed),
      forbidsTimes: false,
    },
    {
      what: "busy processes beside it",
      first: String(first.settings.busyProcesses ?? 0),
      second: String(second.settings.busyProcesses ?? 0),
      forbidsTimes: false,
    },
    ...driverDifferences(first, second),
  ];
  return all.filter((difference) => difference.first !== difference.second);
}

function driverDifferences(first: RunRecord, second: RunRecord): RunDifference[] {
  return second.adapters.flatMap(({ id, drivers }) => {
    const before = first.adapters.find((adapter) => adapter.id === id);
    if (before === undefined) return [];
    const names = [...new Set([...Object.keys(before.drivers), ...Object.keys(drivers)])];
    return names.map((name) => ({
      what: `${name} of ${id}`,
      first: Object.hasOwn(before.drivers, name) ? before.drivers[name]! : "absent",
      second: Object.hasOwn(drivers, name) ? drivers[name]! : "absent",
      forbidsTimes: false,
    }));
  });
}
