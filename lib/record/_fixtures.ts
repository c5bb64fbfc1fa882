/** Runs and blocks for the tests of this folder. */
import { join } from "node:path";
import type { Cell, Environment, MeasuredBlock } from "../model/record.ts";
import { gapsOf, type PhaseTimeline } from "../model/timeline.ts";
import type { RunStart } from "./run_folder.ts";

/** Cells of every example run. */
export const CELLS: readonly Cell[] = ["fast", "slow"].map((adapter) => ({
  key: `keyed-pk@2/${adapter}/smoke`,
  workload: "keyed-pk",
  workloadVersion: 2,
  adapter,
  options: { durability: "full" },
  scale: "smoke",
}));

const ENVIRONMENT: Environment = {
  cpuModel: "Example CPU",
  coreCount: 2,
  memoryBytes: 2 ** 33,
  os: "linux x86_64 6.1",
  deno: "2.9.6",
  v8: "15.0",
  sqlite: "3.53.2",
  machineId: "0123456789abcdef",
  isCi: false,
};

/** When every example run starts. */
export const START = new Date("2026-11-21T23:55:07.123Z");

/** When every example run ends. */
export const END = new Date("2026-11-21T23:59:00.000Z");

/** What `createRun` needs for an example run. */
export function exampleStart(root: string, label?: string): RunStart {
  return {
    root,
    label,
    now: START,
    settings: { cells: CELLS, blockCount: 1000, seed: 7, timeoutMs: 60_000 },
    environment: ENVIRONMENT,
    adapters: [{
      id: "fast",
      title: "Fast",
      drivers: { "fast": "1.0.0" },
      about: "a",
      unfair: "u",
      counters: [],
      homepage: "h",
      idioms: {
        write: { how: "w", link: "l" },
        batch: { how: "b", link: "l", tried: "t" },
        readPage: { how: "p", link: "l" },
        readKey: { how: "k", link: "l" },
        join: { how: "j", link: "l" },
        watchList: { how: "v", link: "l" },
      },
      objection: "o",
      runsIn: ["deno", "react-native"],
      knownGaps: [{ scenario: "watch/x", reason: "r", when: { mode: "m" } }, {
        scenario: "watch/y",
        reason: "r",
      }],
    }],
    workloads: [{
      id: "keyed-pk",
      version: 2,
      title: "Keyed",
      question: "q",
      unfair: "u",
      phases: [{ name: "burst", title: "Burst" }],
      parameters: { smoke: { rowCount: 10 } },
    }],
    capabilities: {
      [CELLS[0]!.key]: {
        liveQueries: "table",
        sql: true,
        joins: true,
        atomicBatch: true,
        interactiveTransaction: false,
        durability: "full",
        worksOn: "caller",
        modelOf: "m",
      },
    },
    delays: { [CELLS[0]!.key]: { atMostMs: 30, isDefault: false, reason: "r" } },
    warnings: [{ kind: "dirty-tree" }],
  };
}

/** The block at a position; cells take turns. */
export function exampleBlock(position: number): MeasuredBlock {
  return {
    status: "measured",
    cellKey: CELLS[position % CELLS.length]!.key,
    blockIndex: Math.floor(position / CELLS.length),
    position,
    startedAt: START.toISOString(),
    elapsedMs: 12.5 + position,
    host: { load1m: 0.25, cpuPressureShare: 0.01 },
    warnings: [],
    verdict: "converged",
    findings: [],
    findingCount: 0,
    metrics: { rss_bytes: 1e7 + position },
    phases: [{
      name: "burst",
      iterationCount: 1,
      verdict: "converged",
      unwatched: false,
      metrics: { wall_ns: 123456 + position },
      operations: [{
        label: "update",
        latency: { count: 3, samplesNs: [100, 200, 300] },
        metrics: { p50_ns: 200 },
      }],
      freshness: { count: 2, samplesNs: [5, 6] },
      shown: { count: 2, samplesNs: [7, 8] },
      counters: { requeries: 4 },
    }],
    facts: { journal_mode: "wal", note: "häuser ☃" },
  };
}

/** A timeline of one phase, of a size and with times that follow from a number. */
export function examplePhases(seed: number): PhaseTimeline[] {
  const count = 20 + seed % 50;
  const times = Array.from({ length: count }, (_, index) => index * 1000 + (seed * index) % 700);
  return [{
    phase: "burst",
    iteration: 1,
    verdict: "converged",
    unwatched: false,
    quietUs: count * 1000,
    recordedFrom: 0,
    labels: [{ kind: "write", label: "update" }],
    operations: {
      label: times.map(() => 0),
      gapUs: times.map(() => 700),
      tookUs: times.map(() => 300),
    },
    queries: ["SELECT 1"],
    streams: [{
      watch: 0,
      query: 0,
      args: "",
      changeGaps: gapsOf(times.map((_, index) => index)),
      emissionGapsUs: gapsOf(times),
      shownGaps: gapsOf(times.map((_, index) => index)),
      faults: [{ emission: 3, verdict: "phantom" }],
      outdatedGapsUs: gapsOf([10, 20, 40, 90]),
      requeryGapsUs: [15, 3],
      errors: [{ atUs: 5, message: "häuser ☃" }],
      isLost: false,
    }],
    cut: { atUs: count * 1000, operationCount: 7, emissionCount: 9, streamCount: 1 },
  }];
}

/** Runs `use` with a new directory that is removed afterwards. */
export function withDirectory(use: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "watchbench-record-" });
  try {
    use(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** As {@link withDirectory}, for a `use` that waits. */
export async function withDirectoryAsync(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "watchbench-record-" });
  try {
    await use(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Rewrites a text file of a run folder. Throws when that changes nothing. */
export function edit(folder: string, file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  const before = Deno.readTextFileSync(path);
  const after = change(before);
  if (after === before) {
    throw new Error(`Cannot edit "${path}" as the change must change something: it is the same`);
  }
  Deno.writeTextFileSync(path, after);
}
