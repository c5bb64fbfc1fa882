import assert from "node:assert/strict";
import { orderTies } from "./order_ties.ts";

const orderBy = [{ column: "m.at", descending: true }, { column: "m.id", descending: true }];
const rows = [{ at: 9, id: 1 }, { at: 7, id: 2 }, { at: 7, id: 5 }, { at: 7, id: 4 }, { at: 3, id: 3 }];
const ids = (limit: number | undefined, terms = orderBy) => orderTies(rows, terms, limit).map(({ id }) => id);

Deno.test("orderTies() sorts rows that tie in the first term", () => {
  assert.deepEqual(ids(undefined), [1, 5, 4, 2, 3]);
});

Deno.test("orderTies() looks behind the limit where rows tie with the last one", () => {
  assert.deepEqual(ids(2), [1, 5]);
  assert.deepEqual(ids(0), []);
  assert.deepEqual(ids(99), [1, 5, 4, 2, 3]);
});

Deno.test("orderTies() only cuts when there is one term or none", () => {
  assert.deepEqual(ids(2, orderBy.slice(0, 1)), [1, 2]);
  assert.deepEqual(ids(1, []), [1]);
});
