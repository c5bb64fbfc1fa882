import assert from "node:assert/strict";
import fc from "fast-check";
import type { Table } from "../../model/schema.ts";
import { insert, remove, select, update } from "../../model/statement.ts";
import type { History, Step } from "../history.ts";
import { wholeTable } from "../history_truth.ts";
import { caseArbitrary } from "./case_arbitrary.ts";
import { schemaArbitrary } from "./schema_arbitrary.ts";
import { isPlayable } from "./taken.ts";
import { type Blocked, isBlocked, type Trait, TRAITS } from "./traits.ts";
import { withoutKnown } from "./without_known.ts";

const table: Table = {
  name: "a",
  columns: [{ name: "id", type: "integer" }, { name: "weight", type: "integer", nullable: true }],
  primaryKey: "id",
  indexes: [],
};
const limited = select({
  table: "a",
  columns: ["id"],
  where: [],
  orderBy: [{ column: "id", descending: false }],
  limit: { value: 1 },
});
const add = insert({ table: "a", columns: ["id", "weight"] });
const watchAll: Step = { do: "watch", query: wholeTable(table), args: [] };
const watchLimited: Step = { do: "watch", query: limited, args: [] };
const readLimited: Step = { do: "read", query: limited, args: [] };

function stepsLeft(steps: readonly Step[], blocked: Blocked): readonly Step[] | undefined {
  return withoutKnown({ tables: [table], steps }, blocked)?.steps;
}

Deno.test("withoutKnown() gives the history itself where nothing in it is known", () => {
  const history: History = { tables: [table], steps: [watchLimited, readLimited] };
  assert.equal(withoutKnown(history, []), history);
  assert.equal(withoutKnown(history, [["watch", "limit", "update"]]), history);
});

Deno.test("withoutKnown() cuts out the queries that are known to be wrong, and counts streams anew", () => {
  const write: Step = { do: "write", statement: add, args: [1, null] };
  const steps: Step[] = [watchLimited, watchAll, write, readLimited, { do: "close", stream: 1 }];
  assert.deepEqual(stepsLeft(steps, [["watch", "limit"]]), [watchAll, write, readLimited, {
    do: "close",
    stream: 0,
  }]);
  assert.deepEqual(stepsLeft(steps, [["watch", "limit", "null"]])?.length, 4);
});

Deno.test("withoutKnown() cuts out the rarest of the writes that bring a fault of writes about, and what needs them", () => {
  const write = (key: number, weight: number | null): Step => ({
    do: "write",
    statement: add,
    args: [key, weight],
  });
  const increment: Step = {
    do: "write",
    statement: update({ table: "a", set: [{ column: "weight", increment: 1 }], keyColumn: "id" }),
    args: [1],
  };
  const gone: Step = { do: "write", statement: remove({ table: "a", keyColumn: "id" }), args: [1] };
  assert.deepEqual(
    stepsLeft([write(1, null), write(2, null), increment, watchAll], [["increment", "null"]]),
    [write(1, null), write(2, null), watchAll],
  );
  // The second insert would meet the row that is not deleted.
  assert.deepEqual(stepsLeft([write(1, 0), gone, write(1, 2), write(2, 0)], [["delete", "insert"]]), [
    write(1, 0),
    write(2, 0),
  ]);
});

Deno.test("withoutKnown() waits for writes where not to wait is known to be wrong", () => {
  const steps: Step[] = [{ do: "write", statement: add, args: [1, 0], isAwaited: false }, watchAll];
  assert.deepEqual(stepsLeft(steps, [["overlap"]]), [
    { do: "write", statement: add, args: [1, 0] },
    watchAll,
  ]);
});

Deno.test("withoutKnown() leaves nothing where all is known", () => {
  assert.equal(stepsLeft([watchAll, readLimited], [["list"]]), undefined);
  assert.equal(stepsLeft([watchAll], [[]]), undefined);
});

Deno.test("withoutKnown() leaves histories that can be played and have nothing known in them", () => {
  const histories: fc.Arbitrary<History> = schemaArbitrary.chain((tables) =>
    caseArbitrary(tables, { isLive: true, isOrdered: true }).map((steps) => ({ tables, steps }))
  );
  const traits = fc.subarray(Object.keys(TRAITS) as Trait[], { minLength: 1, maxLength: 3 });
  let cutCount = 0;
  fc.assert(
    fc.property(histories, fc.array(traits, { maxLength: 3 }), (history, blocked) => {
      const left = withoutKnown(history, blocked);
      if (left === undefined) return;
      if (left !== history) cutCount++;
      assert.ok(!isBlocked(left, blocked));
      assert.ok(isPlayable(left.steps));
      assert.ok(left.steps.length <= history.steps.length);
      const streamCount = left.steps.filter((step) => step.do === "watch").length;
      for (const step of left.steps) if (step.do === "close") assert.ok(step.stream < streamCount);
    }),
    { seed: 1, numRuns: 200 },
  );
  assert.ok(cutCount > 20, `${cutCount}`);
});
