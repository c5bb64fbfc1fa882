import assert from "node:assert/strict";
import fc from "fast-check";
import type { Seed, Table } from "../model/schema.ts";
import { select, update } from "../model/statement.ts";
import type { Row } from "../model/value.ts";
import type { HistoryStep } from "../model/verdict.ts";
import type { BoundQuery, Operation } from "../model/workload.ts";
import { expectOf, judge, logOf, phaseOf, type Shown } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

// Two rows; operation k sets row 1 to "k", starts at 100 k + 100 and is acknowledged 50 later.

const table: Table = {
  name: "items",
  primaryKey: "id",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "text" }],
  indexes: [],
};
const seed: Seed = {
  table: "items",
  rowCount: 2,
  firstKey: 1,
  batchSize: 10,
  row: (index) => ({ id: index + 1, value: "seed" }),
};
const ALL: BoundQuery = {
  query: select({
    table: "items",
    columns: ["id", "value"],
    where: [],
    orderBy: [{ column: "id", descending: false }],
  }),
  args: [],
};
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });

function rowsOf(first: string, second = "seed"): Row[] {
  return [{ id: 1, value: first }, { id: 2, value: second }];
}

function at(atNs: number, first: string, second?: string): Shown {
  return { atNs, rows: rowsOf(first, second) };
}

function historiesOf(writeCount: number, shown: readonly Shown[]): readonly (readonly HistoryStep[])[] {
  const truth = new Truth([table], [seed]);
  const operations = Array.from({ length: writeCount }, (_, k): Operation => ({
    kind: "write",
    label: "set",
    statement: setValue,
    args: [String(k), 1],
  }));
  const expectation = expectOf(truth, phaseOf({ watches: [ALL] }), operations);
  const log = { ...logOf(writeCount, [shown]), finalReads: [truth.read(ALL.query, [])] };
  return judge(expectation, log).findings.map(({ history }) => history!);
}

/** One line per step: when, what, what is true, what was shown. */
function linesOf(steps: readonly HistoryStep[]): string[] {
  return steps.map(({ kind, what, atNs, skippedCommits, truth, shown }) =>
    [
      `${atNs ?? "-"} ${kind} ${what}`,
      truth.rows.join("; "),
      ...(shown === undefined ? [] : [shown.rows.join("; ")]),
      ...(skippedCommits === undefined ? [] : [`after ${skippedCommits} more`]),
    ].join(" | ")
  );
}

Deno.test("judge() tells the history of a phantom from the last emission that fits", () => {
  const [history] = historiesOf(3, [at(0, "seed"), at(160, "0"), at(370, "?"), at(390, "2")]);
  assert.deepEqual(linesOf(history!), [
    `60 emission emission 2 of 4 | 0: id 1, value "0" | 0: id 1, value "0"`,
    `150 commit operation 1 ("set") | 0: id 1, value "1"`,
    `250 commit operation 2 ("set") | 0: id 1, value "2"`,
    `270 emission emission 3 of 4 | 0: id 1, value "2" | 0: id 1, value "?"`,
  ]);
});

Deno.test("judge() tells what an emission ahead of its write shows, and when that came", () => {
  const [history] = historiesOf(1, [at(0, "seed"), at(90, "0"), at(160, "0")]);
  assert.deepEqual(linesOf(history!), [
    `-100 emission emission 1 of 3 | 0: id 1, value "seed" | 0: id 1, value "seed"`,
    `-10 emission emission 2 of 3 | 0: id 1, value "seed" | 0: id 1, value "0"`,
    `50 commit operation 0 ("set") | 0: id 1, value "0"`,
  ]);
});

Deno.test("judge() tells the history of a stream that goes back from where it goes back to", () => {
  const [history] = historiesOf(2, [at(0, "seed"), at(160, "0"), at(260, "1"), at(270, "0"), at(280, "1")]);
  assert.deepEqual(linesOf(history!), [
    `50 commit operation 0 ("set") | 0: id 1, value "0"`,
    `150 commit operation 1 ("set") | 0: id 1, value "1"`,
    `160 emission emission 3 of 5 | 0: id 1, value "1" | 0: id 1, value "1"`,
    `170 emission emission 4 of 5 | 0: id 1, value "1" | 0: id 1, value "0"`,
  ]);
});

Deno.test("judge() tells the history of a loss: the last emission, what came after, and silence", () => {
  const [history] = historiesOf(2, [at(0, "seed"), at(160, "0")]);
  assert.deepEqual(linesOf(history!), [
    `60 emission emission 2 of 2 | 0: id 1, value "0" | 0: id 1, value "0"`,
    `150 commit operation 1 ("set") | 0: id 1, value "1"`,
    `- quiet the end of the phase | 0: id 1, value "1" | 0: id 1, value "0"`,
  ]);
});

Deno.test("judge() tells the history of a stream that showed nothing", () => {
  const [history] = historiesOf(1, []);
  assert.deepEqual(linesOf(history!), [
    `- start the start of the phase | 0: id 1, value "seed"; 1: id 2, value "seed"`,
    `50 commit operation 0 ("set") | 0: id 1, value "0"; 1: id 2, value "seed"`,
    `- quiet the end of the phase | 0: id 1, value "0"; 1: id 2, value "seed"`,
  ]);
});

Deno.test("judge() cuts long histories in the middle, and says how many commits it left out", () => {
  const [history] = historiesOf(20, [at(0, "seed")]);
  assert.deepEqual(linesOf(history!).slice(2, 6), [
    `150 commit operation 1 ("set") | 0: id 1, value "1"`,
    `250 commit operation 2 ("set") | 0: id 1, value "2"`,
    `1750 commit operation 17 ("set") | 0: id 1, value "17" | after 14 more`,
    `1850 commit operation 18 ("set") | 0: id 1, value "18"`,
  ]);
  for (const [count, left] of [[6, undefined], [7, 1]] as const) {
    const [history] = historiesOf(count, [at(0, "seed")]);
    assert.equal(history!.length, 8);
    assert.equal(history!.find(({ skippedCommits }) => skippedCommits !== undefined)?.skippedCommits, left);
  }
});

Deno.test("judge() keeps every history small and its commits in order, whatever was shown", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 30 }).map(String), fc.string({ maxLength: 500 }));
  const shown = fc.array(fc.tuple(fc.integer({ min: 0, max: 3500 }), value, value), { maxLength: 12 });
  fc.assert(fc.property(fc.integer({ min: 0, max: 30 }), shown, (writeCount, shown) => {
    const stream = shown.toSorted(([a], [b]) => a - b).map(([atNs, first, second]) =>
      at(atNs, first, second)
    );
    for (const history of historiesOf(writeCount, stream)) {
      assert.ok(history.length >= 1 && history.length <= 10);
      assert.ok(JSON.stringify(history).length < 4000);
      const times = history.filter(({ kind }) => kind === "commit").map(({ atNs }) => atNs!);
      assert.deepEqual(times, times.toSorted((a, b) => a - b));
    }
  }));
});
