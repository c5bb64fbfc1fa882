import assert from "node:assert/strict";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { DevicesBuilder, HistoryBuilder, pointKey, runLine, runPoints } from "./mod.ts";

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

Deno.test("HistoryBuilder and DevicesBuilder take runs in any order", () => {
  const runs = Array.from({ length: 6 }, (_, index) => {
    const record = {
      ...recordFixture(),
      label: `run ${index}`,
      startedAt: `2026-11-0${index + 1}T00:00:00.000Z`,
      // Runs of two machines; every value tells which run it is of.
      environment: { ...recordFixture().environment, machineId: index % 2 === 0 ? "even" : "odd" },
    };
    const { keys, cells, ...rest } = runPoints(record);
    const marked = cells.map(({ wrongIn: _, ...cell }) => ({
      ...cell,
      // What was wrong has been mended and is wrong again.
      ...(index === 4 ? {} : { wrongIn: `fault ${index}` }),
      points: cell.points.map((value, place) => place % 4 === 0 ? value : index + 1),
    }));
    return { line: runLine(record, `runs/${index}.html`), points: { ...rest, keys, cells: marked } };
  });
  const built = (order: readonly number[]) => {
    const [history, devices] = [new HistoryBuilder(), new DevicesBuilder()];
    for (const index of order) {
      history.addRun(runs[index]!.line, runs[index]!.points);
      devices.addRun(runs[index]!.line, runs[index]!.points);
    }
    const view = history.view(() => "");
    // Machines are numbered as they come.
    const names = (machine: number) => view.machines[machine]!;
    return {
      runs: view.runs.map(({ machine, ...run }) => ({ ...run, machine: names(machine) })),
      lanes: [...history.lanes()].map(({ series, gaps }) => ({
        gaps,
        series: series.map(({ machine, ...one }) => ({ ...one, machine: names(machine) }))
          .sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
      })),
      devices: devices.view(),
    };
  };
  const inTime = built([0, 1, 2, 3, 4, 5]);
  assert.deepEqual(inTime.lanes[0]!.series[0]!.runs.length, 3);
  assert.ok(inTime.lanes.every(({ series }) => series.every(({ wrongIn }) => wrongIn === "fault 5")));
  assert.ok(inTime.devices.rows.every(({ wrongIn }) => wrongIn === "fault 5"));
  const mended = built([0, 4, 1]);
  assert.ok(mended.lanes.every(({ series }) => series.every(({ wrongIn }) => wrongIn === undefined)));
  assert.ok(mended.devices.rows.every((row) => !("wrongIn" in row)));
  assert.deepEqual(built([5, 2, 0, 4, 1, 3]), inTime);
});
