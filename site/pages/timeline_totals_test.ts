import assert from "node:assert/strict";
import { phaseOf, stormPhase, streamOf } from "../../lib/testing/timeline_fixture.ts";
import { phaseMarks } from "./timeline_marks.ts";
import { TimelineTotals } from "./timeline_totals.ts";

Deno.test("TimelineTotals.outdatedShare() is the mean over time and streams", () => {
  const totals = new TimelineTotals(phaseMarks(phaseOf(10, {
    streams: [
      streamOf({ changes: [], emissions: [], outdated: [[100, 200], [300, 400]] }),
      streamOf({ watch: 1, changes: [], emissions: [], outdated: [[150, 350]] }),
    ],
  })));
  assert.equal(totals.outdatedShare(0, 100), 0);
  assert.equal(totals.outdatedShare(100, 200), 0.75);
  assert.equal(totals.outdatedShare(160, 170), 1);
  assert.equal(totals.outdatedShare(200, 300), 0.5);
  assert.equal(totals.outdatedShare(0, 1000), 400 / 2000);
  assert.equal(totals.outdatedShare(50, 50), 0);
});

Deno.test("TimelineTotals.emissionCount() counts those of all streams", () => {
  const totals = new TimelineTotals(phaseMarks(stormPhase()));
  assert.equal(totals.emissionCount(-1000, 0), 60, "first results");
  assert.equal(totals.emissionCount(0, 900), 0);
  assert.equal(totals.emissionCount(900, 901), 60);
  assert.equal(totals.emissionCount(0, 1e6), 1800);
});
