import assert from "node:assert/strict";
import type { Row } from "../model/value.ts";
import { digestRow } from "./result_digest.ts";
import { type Moment, StateSequence } from "./state_sequence.ts";

const columns = ["a"];

function sequenceOf(results: readonly (readonly Row[])[]): StateSequence {
  const moments = results.map((rows, i): Moment => ({ state: { rows }, operation: i - 1 }));
  return new StateSequence(columns, true, moments);
}

Deno.test("StateSequence.sight() finds every position of a repeated state", () => {
  const sequence = sequenceOf([[{ a: 1 }], [{ a: 2 }], [{ a: 1 }], [], [{ a: 1 }]]);
  assert.deepEqual(sequence.sight([{ a: 1 }]).positions, [0, 2, 4]);
  assert.deepEqual(sequence.sight([]).positions, [3]);
  assert.deepEqual(sequence.sight([{ a: 3 }]).positions, []);
  assert.deepEqual(sequence.sight([{ a: 1, b: 1 }]).positions, []);
});

Deno.test("StateSequence.sight() finds states that leave the order open beside those that do not", () => {
  const sequence = new StateSequence(columns, false, [
    { state: { rows: [{ a: 1 }, { a: 2 }], ties: { starts: [0] } }, operation: -1 },
    { state: { rows: [{ a: 1 }, { a: 2 }] }, operation: 0 },
    {
      state: { rows: [{ a: 1 }, { a: 2 }], ties: { starts: [0], lastRun: [{ a: 1 }, { a: 2 }, { a: 3 }] } },
      operation: 1,
    },
  ]);
  assert.deepEqual(sequence.sight([{ a: 1 }, { a: 2 }]).positions, [0, 1, 2]);
  assert.deepEqual(sequence.sight([{ a: 2 }, { a: 1 }]).positions, [0, 2]);
  assert.deepEqual(sequence.sight([{ a: 2 }, { a: 3 }]).positions, [2]);
});

Deno.test("StateSequence.sight() is not deceived by two results with the same digest", () => {
  const [one, other] = collidingRows();
  assert.notEqual(one["a"], other["a"]);
  const both = sequenceOf([[one], [other], [one]]);
  assert.deepEqual(both.sight([{ ...one }]).positions, [0, 2]);
  assert.deepEqual(both.sight([{ ...other }]).positions, [1]);
  assert.deepEqual(sequenceOf([[one]]).sight([{ ...other }]).positions, []);
  assert.ok(!both.isRepetition(both.sight([{ ...one }]), both.sight([{ ...other }])));
});

/** Two different rows with equal digests; among so many texts some are bound to collide. */
function collidingRows(): [Row, Row] {
  const seen = new Map<number, Row>();
  for (let i = 0; i < 2_000_000; i += 1) {
    const row = { a: `text ${i}` };
    const digest = digestRow(row, columns);
    const other = seen.get(digest);
    if (other !== undefined) return [other, row];
    seen.set(digest, row);
  }
  throw new Error("No two rows collide");
}
