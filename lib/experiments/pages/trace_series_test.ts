import assert from "node:assert/strict";
import type { OutcomeTable } from "../../model/experiment.ts";
import { traceTable } from "../run/trace_phase.ts";
import { seriesName, summarizeTrace, traceSeriesOf } from "./trace_series.ts";

const TABLE: OutcomeTable = traceTable("A burst", [
  { kind: "commit", commit: 1, stream: null, atMs: 5 },
  { kind: "invalidate", commit: 1, stream: null, atMs: 5.5 },
  { kind: "requery-start", commit: 1, stream: null, atMs: 6 },
  { kind: "commit", commit: 2, stream: null, atMs: 7 },
  { kind: "deliver", commit: 2, stream: null, atMs: 9 },
  { kind: "commit", commit: 3, stream: null, atMs: 10 },
], []);

Deno.test("traceSeriesOf() reads what traceTable() writes", () => {
  assert.deepEqual(traceSeriesOf(TABLE), {
    title: "A burst",
    batches: [
      { batch: 1, acknowledgedNs: 0, invalidatedNs: 5e5, requeryNs: 1e6, shownNs: 4e6 },
      { batch: 2, acknowledgedNs: 2e6, invalidatedNs: null, requeryNs: null, shownNs: 4e6 },
      { batch: 3, acknowledgedNs: 5e6, invalidatedNs: null, requeryNs: null, shownNs: null },
    ],
  });
});

Deno.test("summarizeTrace() counts a delivery once, and batches that nothing showed", () => {
  assert.deepEqual(summarizeTrace(traceSeriesOf(TABLE)!), {
    deliveryCount: 1,
    unshownCount: 1,
    longestNs: 4e6,
  });
});

Deno.test("traceSeriesOf() leaves tables of something else and edited ones alone", () => {
  const { columns } = TABLE;
  assert.equal(traceSeriesOf({ ...TABLE, columns: columns.slice(1) }), undefined);
  assert.equal(traceSeriesOf({ ...TABLE, columns: columns.with(4, { title: "seen" }) }), undefined);
  assert.equal(traceSeriesOf({ ...TABLE, rows: [[1, 0, "soon", 1, 2]] }), undefined);
  assert.equal(traceSeriesOf({ ...TABLE, rows: [[1, null, 0, 1, 2]] }), undefined);
  assert.equal(traceSeriesOf({ ...TABLE, rows: [] }), undefined);
});

Deno.test("seriesName() takes the arm that the title names, whole words only", () => {
  const arms = [{ name: "latest" }, { name: "latest-wins" }];
  const series = (title: string) => ({ title, batches: [] });
  assert.equal(seriesName(series("One burst with latest-wins, batch by batch"), arms), "latest-wins");
  assert.equal(seriesName(series("One burst"), arms), "One burst");
});
