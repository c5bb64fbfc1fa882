import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { insert, type Operation, select, type Table, update } from "../model/mod.ts";
import { type Expected, expectOf, judge, logOf, phaseOf, type RowLog } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "owner", type: "integer" }, {
    name: "value",
    type: "integer",
  }],
  primaryKey: "id",
  indexes: [],
};
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });
const addItem = insert({ table: "items", columns: ["id", "owner", "value"] });
const ofOwner = select({
  table: "items",
  columns: ["id", "value"],
  where: [{ kind: "equal", column: "owner", operand: { param: "owner" } }],
  orderBy: [{ column: "id", descending: false }],
});
const all = select({
  table: "items",
  columns: ["id", "value"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
});

/** Rows 1 to 6; the odd ones are of owner 1, the even ones of owner 0. */
function truthOf(): Truth {
  return new Truth([items], [{
    table: "items",
    rowCount: 6,
    firstKey: 1,
    row: (index) => ({ id: index + 1, owner: (index + 1) % 2, value: 0 }),
    batchSize: 6,
  }]);
}

const write = (id: number, value: number): Operation => ({
  kind: "write",
  label: "update",
  statement: setValue,
  args: [value, id],
});
const read = (owner: number): Operation => ({ kind: "read", label: "read", query: ofOwner, args: [owner] });

function expected(operations: readonly Operation[], watched: readonly number[] | "all" = []): Expected {
  const watches = watched === "all"
    ? [{ query: all, args: [] }]
    : watched.map((owner) => ({ query: ofOwner, args: [owner] }));
  return expectOf(truthOf(), phaseOf({ watches, laneCount: 2 }), operations);
}

function groupsOf(operations: readonly Operation[], watched?: readonly number[] | "all"): number[] {
  return Array.from(expected(operations, watched).expectation.groups!);
}

Deno.test("groups are those of rows when nothing is watched", () => {
  deepStrictEqual(groupsOf([write(1, 1), write(2, 2), write(1, 3), write(4, 4)]), [0, 1, 0, 2]);
});

Deno.test("groups hold all writes that a watched result has in common", () => {
  deepStrictEqual(groupsOf([write(1, 1), write(2, 2), write(3, 3), write(4, 4)], [0, 1]), [0, 1, 0, 1]);
  deepStrictEqual(groupsOf([write(1, 1), write(2, 2)], "all"), [0, 0]);
  deepStrictEqual(
    groupsOf([write(1, 1), write(2, 2), write(3, 3)], [0]),
    [0, 1, 2],
    "nobody watches owner 1",
  );
});

Deno.test("groups hold all writes that a read sees, from before the first read on", () => {
  deepStrictEqual(groupsOf([write(1, 1), write(3, 3), write(2, 2), read(1)]), [0, 0, 1, -1]);
});

Deno.test("groups hold rows that were named although nothing changed", () => {
  const add = (id: number): Operation => ({
    kind: "write",
    label: "add",
    statement: addItem,
    args: [id, 5, 0],
  });
  // The update comes before its row, so that it changes nothing; overtaken, it would.
  deepStrictEqual(groupsOf([write(9, 1), add(8), add(9)]), [0, 1, 0]);
});

Deno.test("groups are absent when operations run one after the other", () => {
  strictEqual(expectOf(truthOf(), phaseOf({}), [write(1, 1)]).expectation.groups, undefined);
});

/** Writes 1 to row 1 at 100, then 2 to row 3, each for 50 ns; a read of owner 1 goes on beside them. */
function besides(readNs: readonly [startNs: number, endNs: number], rows: readonly [number, number, number]) {
  const operations = [write(1, 1), write(3, 2), read(1)];
  const of = expected(operations);
  const log: RowLog = {
    ...logOf(3, []),
    reads: new Map([[2, [1, 3, 5].map((id, index) => ({ id, value: rows[index]! }))]]),
  };
  log.startNs[2] = readNs[0];
  log.endNs[2] = readNs[1];
  return judge(of, log).verdict;
}

Deno.test("judge() accepts of a read beside writes any state between its call and its answer", () => {
  strictEqual(besides([110, 220], [0, 0, 0]), "converged");
  strictEqual(besides([110, 220], [1, 0, 0]), "converged");
  strictEqual(besides([110, 220], [1, 2, 0]), "converged");
});

Deno.test("judge() finds a read beside writes wrong when it shows what was over, what was not yet, or what never was", () => {
  strictEqual(besides([160, 220], [0, 0, 0]), "misread", "the first write was acknowledged at 150");
  strictEqual(besides([110, 190], [1, 2, 0]), "misread", "the second was called at 200");
  strictEqual(besides([110, 220], [0, 2, 0]), "misread", "the second without the first");
});

Deno.test("judge() asks for no final state of a phase that was cut short, and knows phantoms all the same", () => {
  const of = expectOf(truthOf(), phaseOf({ watches: [{ query: ofOwner, args: [1] }] }), [
    write(1, 1),
    write(3, 2),
  ]);
  const rows = (first: number, second: number) => [
    { id: 1, value: first },
    { id: 3, value: second },
    { id: 5, value: 0 },
  ];
  const shown = (...states: readonly (readonly [number, number])[]) => {
    const emissions = states.map(([first, second], index) => ({
      atNs: 130 * index,
      rows: rows(first, second),
    }));
    const log = { ...logOf(2, [emissions]), isCutShort: true as const };
    log.startNs[1] = log.endNs[1] = Infinity;
    return judge(of, log);
  };
  strictEqual(shown([0, 0], [1, 0]).verdict, "converged");
  strictEqual(shown([0, 0], [1, 2]).verdict, "phantom", "the second write was never called");
  strictEqual(shown([0, 0], [7, 0]).verdict, "phantom");
  const { streams } = shown([0, 0], [1, 0]);
  deepStrictEqual(Array.from(streams!.shownNs), [30]);
});
