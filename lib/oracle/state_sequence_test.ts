import assert from "node:assert/strict";
import type { ShownResult } from "../model/measurement.ts";
import type { Row } from "../model/value.ts";
import { Digester, setDigest } from "../protocol/digester.ts";
import type { State } from "./state.ts";
import { type Moment, StateSequence } from "./state_sequence.ts";

const columns = ["a"];
const digester = new Digester({ a: 7, b: 11 });

function sequenceOf(results: readonly (readonly Row[])[]): StateSequence {
  const moments = results.map((rows, i): Moment => ({ state: { rows }, operation: i - 1 }));
  return new StateSequence({ columns, isTotal: true, moments, digester });
}

/** The result as a child digests it. */
function shown(rows: readonly Row[]): ShownResult {
  const rowDigests = new Float64Array(rows.length);
  return { digest: digester.result(rows, columns, rowDigests), rowDigests };
}

Deno.test("StateSequence.sight() finds every position of a repeated state", () => {
  const sequence = sequenceOf([[{ a: 1 }], [{ a: 2 }], [{ a: 1 }], [], [{ a: 1 }]]);
  assert.deepEqual(sequence.sight(shown([{ a: 1 }])).positions, [0, 2, 4]);
  assert.deepEqual(sequence.sight(shown([])).positions, [3]);
  assert.deepEqual(sequence.sight(shown([{ a: 3 }])).positions, []);
  assert.deepEqual(sequence.sight(shown([{ a: 1, b: 1 }])).positions, []);
});

Deno.test("StateSequence.sight() finds states that leave the order open beside those that do not", () => {
  const moments: Moment[] = [
    { state: { rows: [{ a: 1 }, { a: 2 }], ties: { starts: [0] } }, operation: -1 },
    { state: { rows: [{ a: 1 }, { a: 2 }] }, operation: 0 },
    {
      state: { rows: [{ a: 1 }, { a: 2 }], ties: { starts: [0], lastRun: [{ a: 1 }, { a: 2 }, { a: 3 }] } },
      operation: 1,
    },
  ];
  const sequence = new StateSequence({ columns, isTotal: false, moments, digester });
  assert.deepEqual(sequence.sight(shown([{ a: 1 }, { a: 2 }])).positions, [0, 1, 2]);
  assert.deepEqual(sequence.sight(shown([{ a: 2 }, { a: 1 }])).positions, [0, 2]);
  assert.deepEqual(sequence.sight(shown([{ a: 2 }, { a: 3 }])).positions, [2]);
});

Deno.test("StateSequence.sight() is not deceived by a digest when the rows are there", () => {
  const sequence = sequenceOf([[{ a: 1 }], [{ a: 2 }]]);
  assert.deepEqual(sequence.sight(shown([{ a: 2 }]), [{ a: 2 }]).positions, [1]);
  assert.deepEqual(sequence.sight(shown([{ a: 1 }]), [{ a: 3 }]).positions, []);
});

Deno.test("StateSequence.finalDigest is of the result where one order is right, else of its rows in any order", () => {
  assert.equal(sequenceOf([[], [{ a: 1 }]]).finalDigest, shown([{ a: 1 }]).digest);
  const rows = [{ a: 1 }, { a: 2 }];
  const finalOf = (state: State) =>
    new StateSequence({ columns, isTotal: false, moments: [{ state, operation: -1 }], digester }).finalDigest;
  assert.equal(finalOf({ rows, ties: { starts: [0] } }), setDigest(shown(rows.toReversed()).rowDigests!));
  assert.equal(finalOf({ rows, ties: { starts: [0], lastRun: [...rows, { a: 3 }] } }), null);
});
