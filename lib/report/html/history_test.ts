import assert from "node:assert/strict";
import { recordFixture } from "../../testing/record_fixture.ts";
import { HistoryBuilder, pointKey, runLine, runPoints } from "./mod.ts";

Deno.test("HistoryBuilder puts our lanes in front of imported ones, files and data in the same order", () => {
  const history = new HistoryBuilder();
  const key = pointKey("1 row", "", "theirs:wall");
  const values = new Map([["theirs", [{ name: "lib", key, point: [1, 1, 1] as const }]]]);
  history.addImported(
    { label: "old", href: "", startedAt: "2020-01-01", commit: "" },
    "elsewhere",
    values,
    [],
  );
  const record = recordFixture();
  history.addRun(runLine(record, "runs/a.html"), runPoints(record));
  const { lanes, runs } = history.view((lane) => `lane-${lane}`);
  assert.deepEqual(runs.map(({ label }) => label), ["old", record.label]);
  assert.deepEqual(lanes.map(({ title }) => title.startsWith("theirs")), [false, false, true]);
  assert.deepEqual(lanes.map(({ file }) => file), ["lane-0", "lane-1", "lane-2"]);
  const series = [...history.lanes()].map((lane) => lane.series);
  assert.deepEqual(series.map((one) => one.some(({ name }) => name === "lib")), [false, false, true]);
  assert.deepEqual(series[2], [
    { name: "lib", key, machine: 0, runs: [0], values: [1] },
  ]);
});
