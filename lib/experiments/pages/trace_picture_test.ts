import assert from "node:assert/strict";
import { tracePicture } from "./trace_picture.ts";
import type { TraceSeries } from "./trace_series.ts";

const SERIES: TraceSeries = {
  title: "One burst",
  batches: [
    { batch: 1, acknowledgedNs: 0, invalidatedNs: 0, requeryNs: 1e6, shownNs: 1e7 },
    { batch: 2, acknowledgedNs: 5e6, invalidatedNs: 5e6, requeryNs: null, shownNs: 1e7 },
    { batch: 3, acknowledgedNs: 8e6, invalidatedNs: null, requeryNs: null, shownNs: null },
  ],
};

Deno.test("tracePicture() draws a line per shown batch and a mark for every step that happened", () => {
  const text = tracePicture([{ name: "after", series: SERIES }]);
  const marks = (kind: string): number =>
    new RegExp(`class="${kind}" d="([^"]*)"`).exec(text)![1]!.split("M").length - 1;
  assert.deepEqual(["wait", "commit", "ask", "show"].map(marks), [2, 3, 1, 2]);
  assert.ok(text.includes("1 delivery for 3 batches, the longest wait 10.0 ms"));
  assert.ok(!text.includes("NaN"));
  assert.equal(text, tracePicture([{ name: "after", series: SERIES }]));
});

Deno.test("tracePicture() keeps hostile names text", () => {
  const text = tracePicture([{ name: `<script>alert(1)</script>\u202E`, series: SERIES }]);
  assert.ok(text.includes("&#60;script&#62;"));
  assert.ok(!text.includes("<script"));
  assert.ok(!text.includes("\u202E"));
});

Deno.test("tracePicture() survives a burst that took no time", () => {
  const batches = [{ batch: 1, acknowledgedNs: 0, invalidatedNs: null, requeryNs: null, shownNs: null }];
  assert.ok(!tracePicture([{ name: "x", series: { title: "x", batches } }]).includes("NaN"));
});
