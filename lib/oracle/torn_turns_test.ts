import assert from "node:assert/strict";
import fc from "fast-check";
import { type Operation, select, type Table, update } from "../model/mod.ts";
import { digested, expectOf, logOf, phaseOf, type Shown } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";

const items: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }, { name: "a", type: "integer" }, { name: "b", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};

const column = (name: string) =>
  select({
    table: "items",
    columns: [name],
    where: [{ kind: "equal", column: "id", operand: { value: 1 } }],
    orderBy: [],
  });
const setBoth = update({
  table: "items",
  set: [{ column: "a", param: "a" }, { column: "b", param: "b" }],
  keyColumn: "id",
});

/** What both queries showed: when, in which turn, and the value. */
type Delivery = readonly [atNs: number, turn: number, value: number];

/** Two queries on one row; the operations start at 100, 200, ... and write what is given to `a` and to `b`. */
function screenOf(
  writes: readonly (readonly [a: number, b: number])[],
  a: readonly Delivery[],
  b: readonly Delivery[],
  warmupOperationCount = 0,
) {
  const truth = new Truth([items], [{
    table: "items",
    rowCount: 1,
    firstKey: 1,
    row: () => ({ id: 1, a: 0, b: 0 }),
    batchSize: 1,
  }]);
  const operations = writes.map(([a, b]): Operation => ({
    kind: "write",
    label: "w",
    statement: setBoth,
    args: [a, b, 1],
  }));
  const watches = ["a", "b"].map((name) => ({ query: column(name), args: [] }));
  const expected = expectOf(truth, phaseOf({ watches, warmupOperationCount, isScreen: true }), operations);
  const shown = (name: string, deliveries: readonly Delivery[]): Shown[] =>
    deliveries.map(([atNs, , value]) => ({ atNs, rows: [{ [name]: value }] }));
  const log = digested(expected, {
    ...logOf(writes.length, [shown("a", a), shown("b", b)]),
    finalReads: ["a", "b"].map((name, index) => [{ [name]: writes.at(-1)![index]! }]),
  });
  const streams = log.streams.map((stream, index) => ({
    ...stream,
    turns: (index === 0 ? a : b).map(([, turn]) => turn),
  }));
  return expected.expectation.judge({ ...log, streams }, { phase: "burst", iteration: 0 });
}

const FIRST: Delivery = [10, 0, 0];

Deno.test("judge() counts a turn as torn when no commit makes true all that is shown when it is over", () => {
  const { verdict, streams } = screenOf(
    [[1, 1], [2, 2]],
    [FIRST, [160, 1, 1], [260, 3, 2]],
    [FIRST, [170, 2, 1], [265, 3, 2]],
  );
  assert.equal(verdict, "converged", "a legal library is not accused");
  assert.deepEqual(streams!.screen, { turnCount: 3, tornTurnCount: 1 });
});

Deno.test("judge() counts no turn as torn when all results of a commit come before it is over", () => {
  const { streams } = screenOf(
    [[1, 1], [2, 2]],
    [FIRST, [160, 1, 1], [260, 2, 2]],
    [FIRST, [170, 1, 1], [265, 2, 2]],
  );
  assert.deepEqual(streams!.screen, { turnCount: 2, tornTurnCount: 0 });
});

Deno.test("judge() takes what a commit left alone for true after it as well", () => {
  const { streams } = screenOf(
    [[1, 0], [1, 5]],
    [FIRST, [160, 1, 1]],
    [FIRST, [260, 2, 5]],
  );
  assert.deepEqual(streams!.screen, { turnCount: 2, tornTurnCount: 0 });
});

Deno.test("judge() takes a result that repeats for the one that suits the screen", () => {
  // `a` shows 1, which is true after the first and after the third write; `b` shows the third.
  const { streams } = screenOf(
    [[1, 1], [2, 2], [1, 3]],
    [FIRST, [160, 1, 1]],
    [FIRST, [360, 2, 3]],
  );
  assert.deepEqual(streams!.screen, { turnCount: 2, tornTurnCount: 1 });
  const { streams: later } = screenOf(
    [[1, 0], [2, 2], [1, 3]],
    [FIRST, [160, 1, 1]],
    [FIRST, [360, 2, 3]],
  );
  assert.deepEqual(later!.screen, { turnCount: 2, tornTurnCount: 0 });
});

Deno.test("judge() counts turns of recorded operations only, and no first results", () => {
  const { streams } = screenOf(
    [[1, 1], [2, 2]],
    [FIRST, [160, 1, 1], [260, 3, 2]],
    [[20, 1, 0], [170, 2, 1], [265, 3, 2]],
    1,
  );
  assert.deepEqual(streams!.screen, { turnCount: 1, tornTurnCount: 0 });
});

Deno.test("judge() finds no torn turn, whatever is left out, when each turn shows one commit", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ isShown: fc.boolean(), skipsB: fc.boolean() }), { minLength: 1, maxLength: 12 }),
    (plan) => {
      // Every other commit leaves `b` alone, and then there is nothing to show of it.
      const writes = plan.map(({ skipsB }, index) => [index + 1, skipsB] as const);
      let b = 0;
      const values = writes.map(([a, skipsB]) => [a, skipsB ? b : b = a] as const);
      const shownB: Delivery[] = [FIRST];
      const shownA: Delivery[] = [FIRST];
      for (const [index, [a, valueB]] of values.entries()) {
        const isLast = index === values.length - 1;
        if (!plan[index]!.isShown && !isLast) continue;
        const atNs = 100 * index + 160;
        shownA.push([atNs, index + 1, a]);
        if (shownB.at(-1)![2] !== valueB) shownB.push([atNs + 5, index + 1, valueB]);
      }
      const { verdict, streams } = screenOf(values, shownA, shownB);
      assert.equal(verdict, "converged");
      assert.equal(streams!.screen!.tornTurnCount, 0);
      assert.equal(streams!.screen!.turnCount, shownA.length - 1);
    },
  ));
});
