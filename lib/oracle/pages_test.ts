import assert from "node:assert/strict";
import { count, type Operation, type Row, select, type Table, update } from "../model/mod.ts";
import { digested, expectOf, logOf, phaseOf, type Shown } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "value", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};
const readItem = select({
  table: "items",
  columns: ["value"],
  where: [{ kind: "equal", column: "id", operand: { param: "id" } }],
  orderBy: [],
});
const countAll = count({ table: "items", as: "n", where: [] });
const setValue = update({ table: "items", set: [{ column: "value", param: "value" }], keyColumn: "id" });

const open = (...ids: number[]): Operation => ({
  kind: "navigate",
  label: "open",
  watches: ids.map((id) => ({ query: readItem, args: [id] })),
});
const set = (id: number, value: number): Operation => ({
  kind: "write",
  label: "set",
  statement: setValue,
  args: [value, id],
});
const value = (value: number): Row[] => [{ value }];

/**
 * Row 1 is looked at from 100 on and written at 200; the page is left at 300, which is done at 350, for row 2; both rows
 * are written after that, at 400 and 500.
 */
const OPERATIONS = [open(1), set(1, 7), open(2), set(1, 8), set(2, 9)];

function judged(
  streams: readonly (readonly Shown[])[],
  pages: { openedNs: number[]; closedNs: number[] } = { openedNs: [100, 320], closedNs: [310] },
) {
  const truth = new Truth([items], [{
    table: "items",
    rowCount: 2,
    firstKey: 1,
    row: (index) => ({ id: index + 1, value: 0 }),
    batchSize: 2,
  }]);
  const phase = phaseOf({ watches: [{ query: countAll, args: [] }] });
  const expected = expectOf(truth, phase, OPERATIONS);
  const log = digested(expected, {
    ...logOf(OPERATIONS.length, [[{ atNs: 10, rows: [{ n: 2 }] }], ...streams]),
    finalReads: [[{ n: 2 }]],
  });
  const judgement = expected.expectation.judge({ ...log, pages }, { phase: "burst", iteration: 0 });
  return { judgement, finals: expected.expectation.finals };
}

const FIRST_PAGE: Shown[] = [{ atNs: 120, rows: value(0) }, { atNs: 240, rows: value(7) }];
const SECOND_PAGE: Shown[] = [{ atNs: 340, rows: value(0) }, { atNs: 545, rows: value(9) }];

Deno.test("judge() takes a page for right that showed what was true while it was open", () => {
  const { judgement: { verdict, findings, streams }, finals } = judged([FIRST_PAGE, SECOND_PAGE]);
  assert.deepEqual([verdict, findings], ["converged", []]);
  assert.equal(finals[1], -1, "nobody waits for a page that was left");
  assert.notEqual(finals[2], -1);
  // One change on each page while it was open; the write of row 1 behind it concerns nobody.
  assert.equal(streams!.emissionsNeeded, 2);
  assert.deepEqual([...streams!.shownNs], [40, 45]);
});

Deno.test("judge() does not ask a page that was left for what it had no time to show", () => {
  assert.equal(judged([[], SECOND_PAGE]).judgement.verdict, "converged", "not even a first result");
  const { judgement: { verdict, streams } } = judged([FIRST_PAGE.slice(0, 1), SECOND_PAGE]);
  assert.equal(verdict, "converged");
  assert.equal(streams!.shownNs.length, 1);
});

Deno.test("judge() says error when a live query delivers after it was closed", () => {
  const late = [...FIRST_PAGE, { atNs: 460, rows: value(7) }];
  const { verdict, findings } = judged([late, SECOND_PAGE]).judgement;
  assert.equal(verdict, "error");
  assert.match(findings[0]!.detail, /delivered 1 result after it was closed/);
});

Deno.test("judge() asks the last page for the final state", () => {
  const { verdict } = judged([FIRST_PAGE, SECOND_PAGE.slice(0, 1)]).judgement;
  assert.equal(verdict, "lost");
});

Deno.test("judge() finds a page that shows what was true before it was opened", () => {
  const again = [open(1), set(1, 7), open(2), open(1)];
  const truth = new Truth([items], [{
    table: "items",
    rowCount: 2,
    firstKey: 1,
    row: (index) => ({ id: index + 1, value: 0 }),
    batchSize: 2,
  }]);
  const expected = expectOf(truth, phaseOf({}), again);
  const log = digested(
    expected,
    logOf(again.length, [
      [{ atNs: 120, rows: value(0) }],
      [{ atNs: 340, rows: value(0) }],
      [{ atNs: 440, rows: value(0) }, { atNs: 445, rows: value(7) }],
    ]),
  );
  const pages = { openedNs: [100, 320, 420], closedNs: [310, 410] };
  const { verdict } = expected.expectation.judge({ ...log, pages }, { phase: "burst", iteration: 0 });
  assert.equal(verdict, "phantom");
});
