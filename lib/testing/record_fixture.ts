/**
 * One stored run that has everything a report must cope with. The numbers are made up and easy to follow: block b of a
 * cell is `1 + b / 50` times its first block.
 *
 * | cell | what it shows |
 * |---|---|
 * | keyed-pk@2/node-sqlite | runs unwatched, as a floor |
 * | keyed-pk@2/tinybase | verified; best in most columns; a known gap all the same; says how it is driven |
 * | keyed-pk@2/pglite | verified; with options, counters, coarse CPU and pressure; one metric is missing; waits |
 * | keyed-pk@2/liar | one block of three is wrong: no speed at all |
 * | keyed-pk@2/crasher | every block fails; hostile output |
 * | keyed-pk@2/flaky | one block fails, two are right: numbers, but never the best |
 * | keyed-pk@2/late | planned, never run |
 * | overlap@2/node-sqlite | skipped: no live queries |
 * | overlap@2/tinybase | two phases, several operation labels, a stream that was not quiet |
 */
import {
  type Block,
  type Capabilities,
  type Cell,
  type Finding,
  type Idioms,
  type MeasuredBlock,
  METRICS_VERSION,
  type MetricValues,
  type PhaseRecord,
  RECORD_SCHEMA_VERSION,
  type RunRecord,
  type Warning,
} from "../model/mod.ts";

/** Text as a hostile driver would print it. */
export const HOSTILE_TEXT = "\x1b[31mred\x1b[0m | `tick` <img src=x> \u202Eevil\u202C\n# heading\n=1+1";

const BLOCK_COUNT = 3;

type Unplaced<B extends Block> = B extends Block ? Omit<B, "position" | "startedAt"> : never;

/** The same run with numbers of metrics version 1: those that meant something else, and none that are new. */
export function olderRecordFixture(): RunRecord {
  const record = recordFixture();
  return {
    ...record,
    metricsVersion: 1,
    results: record.results.map((block) =>
      block.status !== "measured" ? block : {
        ...block,
        metrics: older(block.metrics),
        phases: block.phases.map((phase) => ({ ...phase, metrics: older(phase.metrics) })),
      }
    ),
  };
}

/** Values under the ids of before; those that nobody had then are left out. */
function older(metrics: MetricValues): MetricValues {
  const was: Readonly<Record<string, string | null>> = {
    peak_memory_bytes: "peak_rss_bytes",
    cpu_until_quiet_ns: "process_cpu_ns",
    done_ns: null,
    done_per_operation_ns: null,
    main_busy_ns: null,
    beyond_frames_ns: null,
    shown_p50_ns: null,
    shown_p99_ns: null,
    stale_max_ns: null,
  };
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([id, value]) => {
      const old = was[id];
      return old === null ? [] : [[old ?? id, value]];
    }),
  );
}

const IDIOMS: Idioms = {
  write: { how: "`setRow` of one row.", link: "https://example.com/docs#write" },
  batch: { how: "`setRow` of each row in one `transaction`.", link: "https://example.com/docs#batch" },
  readPage: {
    how: "A slice of an index, sorted and cut.",
    link: "lib/adapters/tinybase.ts",
    tried: "A query | for each page, three times as slow.",
  },
  readKey: { how: "`getRow` by its key.", link: "https://example.com/docs#read" },
  join: { how: "`getRow` of the partner of each row.", link: "https://example.com/docs#read" },
  watchRow: { how: "`addRowListener` of one key.", link: "https://example.com/docs#watch" },
};

/** Builds the record anew, so that a test may take it apart. */
export function recordFixture(): RunRecord {
  const cells = [
    cell("keyed-pk", "node-sqlite"),
    cell("keyed-pk", "tinybase"),
    cell("keyed-pk", "pglite", { storage: "file" }, "[storage=file]"),
    cell("keyed-pk", "liar", { note: "a|b" }, "[note=a|b]"),
    cell("keyed-pk", "crasher"),
    cell("keyed-pk", "flaky"),
    cell("keyed-pk", "late"),
    cell("overlap", "node-sqlite"),
    cell("overlap", "tinybase"),
  ];
  const [floor, tinybase, pglite, liar, crasher, flaky, , skipped, overlap] = cells as [
    Cell,
    Cell,
    Cell,
    Cell,
    Cell,
    Cell,
    Cell,
    Cell,
    Cell,
  ];
  const results: Block[] = [];
  const add = (block: Unplaced<Block>): void => {
    const position = results.length;
    const startedAt = `2026-11-22T10:00:${String(position).padStart(2, "0")}Z`;
    results.push({ ...block, position, startedAt } as Block);
  };

  add({
    ...base(skipped, 0),
    status: "skipped",
    reason: 'Adapter "node-sqlite" has no live queries | needs one',
  });
  for (let index = 0; index < BLOCK_COUNT; index++) {
    add(measured(floor, index, [phase("burst", keyedMetrics(2_000_000, index), { unwatched: true })], {
      warnings: [{ kind: "unwatched", phase: "burst" }],
      facts: { sqlite: "3.51.0" },
    }));
    add(measured(tinybase, index, [
      phase("burst", { ...keyedMetrics(3_000_000, index), ...streamMetrics(60_000, index, 3) }),
    ]));
    const { cpu_until_quiet_ns: _, ...withoutCpu } = keyedMetrics(40_000_000, index);
    add(measured(pglite, index, [
      phase("burst", { ...withoutCpu, ...streamMetrics(1_500_000, index, 3) }, {
        counters: { requeries: 150 + index, "rows|scanned": 12_000 },
      }),
    ], {
      warnings: [
        { kind: "coarse-caller-cpu", reason: "libc.so.6 may not be opened" },
        { kind: "cpu-pressure", share: 0.2 + index / 10 },
        ...(index === 1 ? [{ kind: "chatter", lineCount: 2, last: HOSTILE_TEXT } as const] : []),
      ],
      facts: { postgres: "17.5 `wasm`", sharedBuffers: "128 MB" },
    }));
    add(
      index === 1
        ? wrong(liar, index, {
          verdict: "phantom",
          phase: "burst",
          iteration: 2,
          query: `select body from items where id = 7 -- ${HOSTILE_TEXT}`,
          detail: 'Stream 4 showed body "half" after write 36, which no commit had written',
          history: [
            {
              kind: "emission",
              what: "emission 3 of 12",
              atNs: 1_200_000,
              truth: { rowCount: 40, rows: ['6: id 7, body "old"'] },
              shown: { rowCount: 40, rows: ['6: id 7, body "old"'] },
            },
            {
              kind: "commit",
              what: 'operation 36 ("update")',
              atNs: 1_900_000,
              skippedCommits: 2,
              truth: { rowCount: 40, rows: [`6: id 7, body "new ${HOSTILE_TEXT}"`] },
            },
            {
              kind: "emission",
              what: "emission 4 of 12",
              atNs: 1_950_000,
              truth: { rowCount: 40, rows: ['6: id 7, body "new"'] },
              shown: { rowCount: 40, rows: ['6: id 7, body "half"'] },
            },
          ],
        })
        : measured(liar, index, [
          phase("burst", { ...keyedMetrics(1000, index), ...streamMetrics(10, index, 3) }),
        ]),
    );
    add({
      ...base(crasher, index),
      status: "failed",
      reason: index === 2 ? "Timed out after 60000 ms during burst" : "Ended with signal SIGSEGV during seed",
      output: index === 2 ? [] : ["loading native module", HOSTILE_TEXT, "```", "Segmentation fault"],
    });
    add(
      index === 2
        ? { ...base(flaky, index), status: "failed", reason: "Left early with exit code 1", output: ["bye"] }
        : measured(flaky, index, [
          phase("burst", { ...keyedMetrics(500_000, index), ...streamMetrics(5000, index, 5) }),
        ]),
    );
    add(measured(overlap, index, [
      phase("baseline", { ...keyedMetrics(5_000_000, index) }, { labels: ["insert", "update", "read"] }),
      phase("overlap", { ...keyedMetrics(8_000_000, index), ...streamMetrics(80_000, index, 2000) }, {
        labels: ["insert", "update", "read"],
      }),
    ], { warnings: index === 0 ? [{ kind: "not-quiet", phase: "overlap", waitedMs: 5000 }] : [] }));
  }

  return {
    schemaVersion: RECORD_SCHEMA_VERSION,
    metricsVersion: METRICS_VERSION,
    id: "2026-11-22T10-00-00-fixture",
    label: "fixture",
    status: "partial",
    startedAt: "2026-11-22T10:00:00Z",
    endedAt: "2026-11-22T10:00:40Z",
    settings: { cells, blockCount: BLOCK_COUNT, seed: 7, timeoutMs: 60_000 },
    environment: {
      cpuModel: "Example CPU | 2.4 GHz",
      coreCount: 2,
      memoryBytes: 8 * 2 ** 30,
      os: "linux 6.1",
      deno: "2.9.6",
      v8: "15.0.1",
      sqlite: "3.51.0",
      machineId: "0123456789abcdef",
      commit: "0123456789abcdef0123456789abcdef01234567",
      isDirty: true,
      isCi: false,
    },
    adapters: ["node-sqlite", "tinybase", "pglite", "liar", "crasher", "flaky", "late"].map((id) => ({
      id,
      title: id === "liar" ? `Liar ${HOSTILE_TEXT}` : `The ${id} adapter`,
      drivers: id === "pglite" ? { "@electric-sql/pglite": "0.3.14" } : {},
      about: `How ${id} is configured here`,
      unfair: id === "node-sqlite" ? "It has no live queries, so nothing here is about them" : "",
      homepage: `https://example.com/${id}`,
      counters: id === "pglite"
        ? [{
          name: "requeries",
          unit: "count",
          thread: "server",
          kind: "sum",
          meaning: "Queries run again",
        }]
        : [],
      ...(id === "tinybase"
        ? {
          knownGaps: [{
            scenario: "watch/ordered-limit-window",
            reason: "tinybase 1.0 leaves out a row that takes the place of another one | always",
          }],
          idioms: IDIOMS,
          objection: "Its author would keep the listener | and count less",
          runsIn: ["deno", "node", "browser"] as const,
        }
        : {}),
      // Holds with another option than the cell has.
      ...(id === "pglite"
        ? {
          knownGaps: [{
            scenario: "watch/many-queries",
            reason: "pglite 1.0 forgets the tenth query",
            when: { storage: "memory" },
          }],
        }
        : {}),
    })),
    workloads: [
      {
        id: "keyed-pk",
        version: 2,
        title: "Keyed watchers",
        question: "Does a database look only at the watchers whose row was written?",
        unfair: "Nearly all writes miss; a <map> from keys to watchers wins by a wide margin",
        phases: [{ name: "burst", title: "200 updates under 50 watchers" }],
        parameters: { standard: { rowCount: 10_000, streamCount: 50, writeCount: 200 } },
      },
      {
        id: "overlap",
        version: 2,
        title: "Overlapping columns",
        question: "What do writes cost that touch what is watched?",
        unfair: "",
        phases: [{ name: "baseline", title: "Nothing watched" }, {
          name: "overlap",
          title: "Watched columns written",
        }],
        parameters: { standard: { rowCount: 50_000 } },
      },
    ],
    capabilities: Object.fromEntries(cells.map(({ key, adapter }) => [key, capabilities(adapter)])),
    delays: Object.fromEntries(
      cells.filter(({ adapter }) => adapter !== "node-sqlite").map(({ key, adapter }) => [
        key,
        adapter === "pglite"
          ? { atMostMs: 30, isDefault: false, reason: "pglite 1.0 waits | for nobody" }
          : { atMostMs: 0, isDefault: true },
      ]),
    ),
    warnings: [{ kind: "dirty-tree" }],
    blocks: { sha256: "0".repeat(64), count: results.length },
    results,
  };
}

/** Stores a record in a new folder, as a run that was never sealed: that needs no digests. */
export function storeFixture(folder: string, record: RunRecord = recordFixture()): void {
  const { results, blocks: _blocks, endedAt: _endedAt, ...header } = record;
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/record.json`, JSON.stringify({ ...header, status: "running" }));
  Deno.writeTextFileSync(
    `${folder}/blocks.jsonl`,
    results.map((block) => `${JSON.stringify(block)}\n`).join(""),
  );
}

function cell(
  workload: string,
  adapter: string,
  options: Record<string, string> = {},
  optionText = "",
): Cell {
  return {
    key: `${workload}@2/${adapter}${optionText}/standard`,
    workload,
    workloadVersion: 2,
    adapter,
    options,
    scale: "standard",
  };
}

function base({ key }: Cell, blockIndex: number) {
  return {
    cellKey: key,
    blockIndex,
    elapsedMs: 1500 + blockIndex,
    host: { load1m: 0.5 + blockIndex, cpuPressureShare: 0.015 },
    warnings: [],
  };
}

function measured(
  of: Cell,
  blockIndex: number,
  phases: readonly PhaseRecord[],
  { warnings = [], facts = {} }: {
    readonly warnings?: readonly Warning[];
    readonly facts?: Readonly<Record<string, string>>;
  } = {},
): Unplaced<MeasuredBlock> {
  return {
    ...base(of, blockIndex),
    status: "measured",
    warnings,
    verdict: "converged",
    findings: [],
    findingCount: 0,
    metrics: {
      open_ns: 4_000_000,
      seed_ns: grown(90_000_000, blockIndex),
      peak_memory_bytes: 80 * 2 ** 20 + blockIndex,
      turn_cost_ns: 4100,
    },
    phases,
    facts,
  };
}

function wrong(
  of: Cell,
  blockIndex: number,
  finding: Finding,
): Unplaced<MeasuredBlock> {
  const right = measured(of, blockIndex, [phase("burst", {}, { labels: [] })]);
  return {
    ...right,
    verdict: finding.verdict,
    findings: [finding],
    findingCount: 12,
    metrics: {},
    phases: right.phases.map((one) => ({ ...one, verdict: finding.verdict })),
  };
}

function phase(
  name: string,
  metrics: MetricValues,
  { unwatched = false, labels = ["update"], counters }: {
    readonly unwatched?: boolean;
    readonly labels?: readonly string[];
    readonly counters?: Readonly<Record<string, number>>;
  } = {},
): PhaseRecord {
  const each = (metrics["wall_ns"] ?? 0) / 200;
  return {
    name,
    iterationCount: 5,
    verdict: "converged",
    unwatched,
    metrics,
    operations: labels.map((label, order) => ({
      label,
      latency: {
        count: 1000,
        sketchNs: Array.from({ length: 65 }, (_, step) => Math.round(each * (1 + step / 8))),
      },
      metrics: {
        latency_p10_ns: each * (1 + order),
        latency_p50_ns: each * (2 + order),
        latency_p90_ns: each * (3 + order),
        latency_p99_ns: each * (6 + order),
        latency_max_ns: each * (9 + order),
      },
    })),
    ...(counters === undefined ? {} : { counters }),
  };
}

function keyedMetrics(wallNs: number, blockIndex: number): MetricValues {
  const wall = grown(wallNs, blockIndex);
  return {
    wall_ns: wall,
    writes_per_second: 200 / (wall / 1e9),
    caller_cpu_ns: wall * 0.75,
    done_ns: wall,
    done_per_operation_ns: wall / 200,
    cpu_until_quiet_ns: wall * 1.5,
    main_busy_ns: wall,
    beyond_frames_ns: 0,
    loop_delay_max_ns: 2_000_000 + blockIndex * 1_000_000,
    frames_missed: 0,
  };
}

function streamMetrics(freshNs: number, blockIndex: number, neededCount: number): MetricValues {
  const fresh = grown(freshNs, blockIndex);
  return {
    settle_ns: blockIndex === 0 ? 0 : fresh,
    emissions_needed: neededCount,
    emissions_delivered: neededCount - (neededCount > 1000 ? 500 + blockIndex : 0),
    emissions_redundant: neededCount > 1000 ? 1 : 0,
    emissions_coalesced: neededCount > 1000 ? 501 + blockIndex : 0,
    shown_p50_ns: fresh * 2,
    ...(neededCount < 100 ? {} : { shown_p99_ns: fresh * 8 }),
    stale_max_ns: fresh * 10,
    freshness_p50_ns: fresh,
    freshness_p99_ns: fresh * 4,
    freshness_max_ns: fresh * 5,
    outdated_max_ns: fresh * 6,
    listener_ns: 20_000,
    subscribe_ns: 700_000,
  };
}

function grown(value: number, blockIndex: number): number {
  return value * (1 + blockIndex / 50);
}

function capabilities(adapter: string): Capabilities {
  return {
    liveQueries: adapter === "node-sqlite" ? "none" : adapter === "pglite" ? "table" : "row",
    sql: adapter !== "tinybase",
    joins: adapter !== "tinybase",
    atomicBatch: true,
    interactiveTransaction: true,
    durability: adapter === "tinybase" || adapter === "pglite" ? "none" : "wal-normal",
    worksOn: "caller",
  };
}
