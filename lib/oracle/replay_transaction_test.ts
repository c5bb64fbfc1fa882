import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { TransactionStep } from "../model/adapter.ts";
import type { Seed, Table } from "../model/schema.ts";
import { count, insert, select, update } from "../model/statement.ts";
import type { Row } from "../model/value.ts";
import type { Operation } from "../model/workload.ts";
import { Digester } from "../protocol/digester.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { digested, expectOf, logOf, phaseOf } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const seed: Seed = {
  table: "items",
  rowCount: 2,
  firstKey: 1,
  row: (index) => ({ id: index + 1, value: 0 }),
  batchSize: 2,
};
const add = insert({ table: "items", columns: ["id", "value"] });
const set = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const readAll = select({
  table: "items",
  columns: ["id", "value"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});
const countAll = count({ table: "items", as: "c", where: [] });

const write = (statement: typeof add | typeof set, ...args: number[]): TransactionStep => ({
  kind: "write",
  statement,
  args,
});
const READ_ALL: TransactionStep = { kind: "read", query: readAll, args: [] };
const COUNT: TransactionStep = { kind: "read", query: countAll, args: [] };

function transaction(...steps: TransactionStep[]): Operation {
  return { kind: "transaction", label: "all", steps };
}

/** What is there after one transaction. */
function after(...steps: TransactionStep[]): readonly Row[] {
  const truth = new Truth([items], [seed]);
  truth.apply(transaction(...steps));
  return truth.read(readAll, []);
}

Deno.test("Truth.apply() keeps what a transaction has written, and nothing of one that is rolled back", () => {
  deepStrictEqual(after(write(set, 5, 1), write(add, 3, 7)), [
    { id: 1, value: 5 },
    { id: 2, value: 0 },
    { id: 3, value: 7 },
  ]);
  deepStrictEqual(after(write(set, 5, 1), write(add, 3, 7), { kind: "rollback" }), [
    { id: 1, value: 0 },
    { id: 2, value: 0 },
  ]);
});

Deno.test("Truth.apply() undoes exactly what is rolled back to a savepoint, and what is inside of it", () => {
  const inner: TransactionStep = { kind: "savepoint", steps: [write(set, 9, 2)], isRolledBack: false };
  const outer: TransactionStep = {
    kind: "savepoint",
    steps: [write(set, 8, 1), inner, write(add, 3, 1)],
    isRolledBack: true,
  };
  deepStrictEqual(after(write(set, 5, 1), outer, write(add, 4, 2)), [
    { id: 1, value: 5 },
    { id: 2, value: 0 },
    { id: 4, value: 2 },
  ]);
});

/** What is said of one transaction whose reads have shown these results. */
function verdictOn(steps: readonly TransactionStep[], shown: readonly (readonly Row[])[]): string {
  const operation = transaction(...steps);
  const expected = expectOf(new Truth([items], [seed]), phaseOf({}), [operation]);
  const digester = new Digester({ a: 0x12345678, b: 0x9abcdef0 });
  const queries = [readAll, countAll];
  const rowDigests = Float64Array.from(
    shown,
    (rows, index) => digester.result(rows, resultColumns(queries[index]!)),
  );
  const log = {
    ...digested(expected, { ...logOf(1, []), finalReads: [] }),
    reads: new Map([[0, { digest: rowDigests.length, rowDigests }]]),
  };
  return expected.expectation.judge(log, { phase: "burst", iteration: 0 }).verdict;
}

Deno.test("PhaseExpectation.judge() holds reads inside a transaction against what its own steps have written", () => {
  const steps = [write(set, 5, 1), READ_ALL, write(add, 3, 7), COUNT];
  const own = [{ id: 1, value: 5 }, { id: 2, value: 0 }];
  strictEqual(verdictOn(steps, [own, [{ c: 3 }]]), "converged");
  strictEqual(verdictOn(steps, [[{ id: 1, value: 0 }, { id: 2, value: 0 }], [{ c: 3 }]]), "misread");
  strictEqual(verdictOn(steps, [own, [{ c: 2 }]]), "misread");
});

Deno.test("PhaseExpectation.judge() expects no change of a watched result from a transaction that is rolled back", () => {
  const watches = [{ query: countAll, args: [] }];
  const { expectation } = expectOf(new Truth([items], [seed]), phaseOf({ watches }), [
    transaction(write(add, 3, 1), COUNT, { kind: "rollback" }),
  ]);
  const digester = new Digester({ a: 0x12345678, b: 0x9abcdef0 });
  deepStrictEqual(expectation.finals, [digester.result([{ c: 2 }], ["c"])]);
});
