import assert from "node:assert/strict";
import { acceptsRows, type State, statesEqual } from "./state.ts";

const columns = ["id", "rank"];
const a = { id: 1, rank: 9 };
const b = { id: 2, rank: 9 };
const c = { id: 3, rank: 5 };
const d = { id: 4, rank: 5 };
const e = { id: 5, rank: 5 };

Deno.test("acceptsRows() wants the one right order when nothing ties", () => {
  const state: State = { rows: [a, c] };
  assert.ok(acceptsRows(state, [{ ...a }, { ...c }], columns));
  assert.ok(!acceptsRows(state, [c, a], columns));
  assert.ok(!acceptsRows(state, [a], columns));
  assert.ok(!acceptsRows(state, [a, c, d], columns));
});

Deno.test("acceptsRows() lets tied rows come in any order, within their run", () => {
  const state: State = { rows: [a, b, c, d], ties: { starts: [0, 2] } };
  assert.ok(acceptsRows(state, [b, a, d, c], columns));
  assert.ok(!acceptsRows(state, [c, b, a, d], columns));
  assert.ok(!acceptsRows(state, [a, a, c, d], columns));
});

Deno.test("acceptsRows() lets a limit take any of the rows that it cuts", () => {
  const state: State = { rows: [a, b, c, d], ties: { starts: [0, 2], lastRun: [c, d, e] } };
  assert.ok(acceptsRows(state, [a, b, e, c], columns));
  assert.ok(!acceptsRows(state, [a, e, b, c], columns));
  assert.ok(!acceptsRows(state, [a, b, c, c], columns));
});

Deno.test("acceptsRows() counts rows that look alike", () => {
  const state: State = { rows: [{ rank: 1 }, { rank: 1 }, { rank: 2 }], ties: { starts: [0] } };
  assert.ok(acceptsRows(state, [{ rank: 1 }, { rank: 2 }, { rank: 1 }], ["rank"]));
  assert.ok(!acceptsRows(state, [{ rank: 2 }, { rank: 2 }, { rank: 1 }], ["rank"]));
});

Deno.test("statesEqual() is true when both accept the same results", () => {
  const cut: State = { rows: [c, d], ties: { starts: [0], lastRun: [c, d, e] } };
  assert.ok(statesEqual({ rows: [a] }, { rows: [{ ...a }] }, columns));
  assert.ok(
    statesEqual({ rows: [a, b], ties: { starts: [0] } }, { rows: [b, a], ties: { starts: [0] } }, columns),
  );
  assert.ok(statesEqual(cut, { rows: [c, d], ties: { starts: [0], lastRun: [e, d, c] } }, columns));
});

Deno.test("statesEqual() is false when only one accepts some result", () => {
  const cut: State = { rows: [c, d], ties: { starts: [0], lastRun: [c, d, e] } };
  assert.ok(!statesEqual({ rows: [a, b] }, { rows: [a, b], ties: { starts: [0] } }, columns));
  assert.ok(!statesEqual(cut, { rows: [c, d], ties: { starts: [0] } }, columns));
  assert.ok(!statesEqual(cut, { rows: [c, d], ties: { starts: [0], lastRun: [c, d, a] } }, columns));
  assert.ok(!statesEqual(cut, { rows: [c, d], ties: { starts: [0], lastRun: [c, d, e, a] } }, columns));
  assert.ok(!statesEqual({ rows: [a] }, { rows: [b] }, columns));
});
