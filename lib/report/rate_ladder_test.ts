import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Block, Cell, LoadOutcome, RunRecord } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { ladderTables, rateText } from "./ladder_table.ts";
import { rateLadders } from "./rate_ladder.ts";
import { summarizeRun } from "./summarize_run.ts";
import { terminal } from "./terminal.ts";

/** What one block at a rate came to. */
interface Asked {
  readonly adapter: string;
  /** Of the cell: a number or `auto`. */
  readonly cellRate: string;
  readonly rate: number;
  readonly p99Ms?: number;
  readonly outcome?: LoadOutcome;
  readonly unwatched?: boolean;
}

/** A run of these blocks. */
function recordOf(asked: readonly Asked[]): RunRecord {
  const record = recordFixture();
  const cellOf = ({ adapter, cellRate }: Asked): Cell => ({
    key: `fan-out@3/${adapter}/standard/rate=${cellRate}`,
    workload: "fan-out",
    workloadVersion: 3,
    adapter,
    options: {},
    scale: "standard",
    parameters: { rate: cellRate },
  });
  const cells = [...new Map(asked.map(cellOf).map((cell) => [cell.key, cell])).values()];
  const results = asked.map((one, position): Block => {
    const { rate, p99Ms, outcome = "sustained", unwatched = false } = one;
    const id = unwatched ? "answered" : "shown";
    return {
      cellKey: cellOf(one).key,
      blockIndex: position,
      position,
      ...(one.cellRate === "auto" ? { chosen: { rate: String(rate) } } : {}),
      startedAt: "2026-11-22T10:00:00Z",
      elapsedMs: 3000,
      host: {},
      warnings: [],
      status: "measured",
      evidence: "digests",
      verdict: "converged",
      findings: [],
      findingCount: 0,
      metrics: {},
      facts: {},
      phases: [{
        name: "burst",
        iterationCount: 1,
        verdict: "converged",
        unwatched,
        load: { ratePerSecond: rate, outcome },
        metrics: outcome === "sustained" && p99Ms !== undefined
          ? { [`${id}_p50_ns`]: p99Ms * 5e5, [`${id}_p99_ns`]: p99Ms * 1e6 }
          : { answered_per_second: rate / 2 },
        operations: [],
      }],
    };
  });
  return { ...record, settings: { ...record.settings, cells, blockCount: 1 }, results };
}

function laddersOf(asked: readonly Asked[]) {
  const record = recordOf(asked);
  return rateLadders(record, summarizeRun(record));
}

function textOf(asked: readonly Asked[]): string[][][] {
  return ladderTables(laddersOf(asked)[0]!).map(({ rows }) => rows.map((row) => row.map(({ text }) => text)));
}

const listed = (adapter: string, rate: number, p99Ms?: number): Asked => ({
  adapter,
  cellRate: String(rate),
  rate,
  ...(p99Ms === undefined ? { outcome: "unsustained" } : { p99Ms }),
});

Deno.test("rateLadders() gathers the rates that a workload was asked at, and who keeps which", () => {
  const tables = textOf([
    listed("rxdb", 10, 4),
    listed("rxdb", 100, 160),
    listed("rxdb", 1000),
    listed("watchlite", 10, 2),
    listed("watchlite", 100, 2),
    listed("watchlite", 1000, 8),
  ]);
  deepStrictEqual(tables[0], [
    ["watchlite", "at least 1,000/s", "–", "1", "4.0 ms", "8.0 ms"],
    ["rxdb", "10.0/s", "100/s", "1", "2.0 ms", "4.0 ms"],
  ]);
  deepStrictEqual(tables[1], [
    ["10.0/s", "2.0 ms / 4.0 ms", "1.0 ms / 2.0 ms"],
    ["100/s", "80 ms / 160 ms", "1.0 ms / 2.0 ms"],
    ["1,000/s", "unsustained", "4.0 ms / 8.0 ms"],
  ]);
});

Deno.test("rateLadders() says how many blocks kept up when not all did, and gives no number when most did not", () => {
  const [, table] = textOf([
    listed("rxdb", 10, 4),
    listed("rxdb", 100, 6),
    { ...listed("rxdb", 100, 6), p99Ms: 8 },
    listed("rxdb", 100),
    listed("rxdb", 1000, 6),
    listed("rxdb", 1000),
  ]);
  deepStrictEqual(table!.map((row) => row[1]), [
    "2.0 ms / 4.0 ms",
    "3.5 ms / 7.0 ms (2 of 3 repetitions)",
    "unsustained",
  ]);
});

Deno.test("rateLadders() is empty when one rate, or none, was asked", () => {
  deepStrictEqual(laddersOf([listed("rxdb", 10, 4)]), []);
  const record = recordFixture();
  deepStrictEqual(rateLadders(record, summarizeRun(record)), []);
});

/** A search that ends between 422 and 464. */
const SEARCH: readonly Asked[] = ([
  [100, 5],
  [316, 12],
  [1000, undefined],
  [562, 230],
  [422, 40],
  [511, 180],
  [464, 130],
] as const).map(([rate, p99Ms]) => ({ ...listed("rxdb", rate, p99Ms), cellRate: "auto" }));

Deno.test("rateLadders() tells the highest rate of a search with its interval, and the delays there", () => {
  const [ladder] = laddersOf(SEARCH);
  const { highest, points } = ladder!.rows[0]!;
  strictEqual(highest!.estimate.value, 422);
  deepStrictEqual([highest!.estimate.interval.lower, highest!.estimate.interval.upper], [422, 464]);
  deepStrictEqual(points.map(({ ratePerSecond, heldCount }) => [ratePerSecond, heldCount]), [
    [100, 1],
    [316, 1],
    [422, 1],
    [464, 0],
    [511, 0],
    [562, 0],
    [1000, 0],
  ]);
  const tables = textOf(SEARCH);
  strictEqual(tables.length, 1, "adapters met different rates");
  deepStrictEqual(tables[0]![0], ["rxdb", "420/s", "420/s to 460/s", "1", "20 ms", "40 ms"]);
});

Deno.test("summarizeRun() shows of a searched cell the blocks at the highest rate that held", () => {
  const [section] = summarizeRun(recordOf(SEARCH)).sections;
  const [cell] = section!.cells;
  strictEqual(cell!.phases[0]!.metrics.get("shown_p99_ns")!.estimate.value, 4e7);
  strictEqual(cell!.phases[0]!.load!.ratePerSecond, 422);
  deepStrictEqual([cell!.measuredBlockCount, cell!.missingBlockCount], [1, 5]);
});

Deno.test("rateLadders() knows floors by their answers, and what never kept up", () => {
  const [ladder] = laddersOf([
    { adapter: "node-sqlite", cellRate: "10", rate: 10, p99Ms: 2, unwatched: true },
    { adapter: "node-sqlite", cellRate: "100", rate: 100, p99Ms: 3, unwatched: true },
    listed("pglite", 10),
    listed("pglite", 100),
  ]);
  const [floor, slow] = ladder!.rows;
  strictEqual(floor!.unwatched, true);
  strictEqual(rateText(floor!.highest!), "at least 100/s");
  strictEqual(rateText(slow!.highest!), "below 10.0/s");
});

Deno.test("terminal shows a search that has just begun", () => {
  const text = terminal.render(recordOf(SEARCH.slice(0, 1)));
  match(text, /rxdb +not found yet/);
});

Deno.test("terminal shows the ladder before all other tables", () => {
  const text = terminal.render(recordOf([listed("rxdb", 10, 4), listed("rxdb", 100)]));
  ok(text.indexOf("how fast can it be asked?") < text.indexOf("fan-out@3 rate=10, standard"));
  match(text, /rxdb +unsustained/);
});
