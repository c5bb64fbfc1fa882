import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { HistoryBuilder, pointKey, runLine, type RunPoints } from "../../site/pages/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { overviewText } from "./history_overview.ts";
import { changesText, chooseSeries, type History, seriesText, usualSeries } from "./history_text.ts";

const PLAIN = { isColored: false } as const;

/** Twenty runs of two machines; from the eleventh on, watchlite is twice as fast on the first one. */
function history(): History {
  const builder = new HistoryBuilder();
  for (let index = 0; index < 20; index++) {
    for (
      const [machineId, level] of [["1111222233334444", index < 10 ? 2e6 : 1e6], ["aaaabbbb", 3e6]] as const
    ) {
      const value = level * (1 + 0.001 * (index % 3));
      const points: RunPoints = {
        machineId,
        environment: [],
        lead: "wall_ns",
        keys: [pointKey("burst", "", "wall_ns"), pointKey("burst", "", "writes_per_second")],
        cells: [{
          lane: "keyed-pk@2, standard",
          title: "Keyed, by key",
          name: "watchlite[policy=per-commit]",
          cellClass: "durable file",
          points: [0, value, value * 0.9, value * 1.1, 1, 1e12 / value, 1e12 / value, 1e12 / value],
        }],
      };
      const record = {
        ...recordFixture(),
        label: `run ${index}`,
        startedAt: `2026-11-${10 + index}T00:00:00.000Z`,
      };
      builder.addRun(runLine(record, ""), points);
    }
  }
  return { view: builder.view(() => ""), lanes: [...builder.lanes()] };
}

const ALL = { workloads: [], adapters: [], metrics: [] };

Deno.test("chooseSeries() finds workloads with and without version, adapters with and without options, and machines", () => {
  const count = (choice: Partial<Parameters<typeof chooseSeries>[1]>): number =>
    chooseSeries(history(), { ...ALL, ...choice }).length;
  strictEqual(count({}), 4);
  strictEqual(count({ workloads: ["keyed-pk"], metrics: ["wall_ns"] }), 2);
  strictEqual(count({ workloads: ["keyed-pk@2"], adapters: ["watchlite"] }), 4);
  strictEqual(count({ adapters: ["watchlite[policy=per-commit]"], machine: "1111222233334444" }), 2);
  strictEqual(count({ machine: "aaaa" }), 2);
  strictEqual(count({ workloads: ["keyed-pk"], metrics: ["Wall"] }), 2);
});

for (
  const [choice, message] of [
    [
      { workloads: ["keyd-pk"] },
      /workload "keyd-pk" .*did you mean "keyed-pk"\?\): stored runs have keyed-pk, /,
    ],
    [{ adapters: ["x"] }, /adapter "x" in the history: stored runs have watchlite, /],
    [{ metrics: ["wal_ns"] }, /metric "wal_ns" .*did you mean "wall_ns"\?/],
    [{ machine: "zz" }, /machine "zz" in the history: stored runs are of machine 11112222, machine aaaabbbb/],
  ] as const
) {
  Deno.test(`chooseSeries() refuses ${JSON.stringify(choice)} and says what there is`, () => {
    throws(() => chooseSeries(history(), { ...ALL, ...choice }), message);
  });
}

Deno.test("changesText() lists changes of level, the newest first, and says when there is none", () => {
  const text = changesText(chooseSeries(history(), ALL), 20, PLAIN);
  const lines = text.split("\n");
  strictEqual(lines.length, 4, text);
  match(
    lines[2]!,
    /^2026-11-20 00:00 .*run 10 +11112222 .*watchlite\[policy=per-commit\] +burst \/ wall +2\.00 ms to 1\.00 ms +down 50 %, better /,
  );
  match(lines[3]!, /burst \/ writes\/s +.* +up to 2\.00x, better /);
  match(
    changesText(chooseSeries(history(), ALL), 1, PLAIN),
    /1 older one is not shown: --last shows more$/,
  );
  match(
    changesText(chooseSeries(history(), { ...ALL, machine: "aaaa" }), 20, PLAIN),
    /^No change of level in 2 series/,
  );
});

Deno.test("seriesText() shows the newest runs, oldest first, with changes and bars", () => {
  const series = chooseSeries(history(), { ...ALL, metrics: ["wall_ns"], machine: "1111" });
  const text = seriesText(series, 11, PLAIN);
  match(
    text,
    /^watchlite\[policy=per-commit\], burst \/ wall: Keyed, by key \(keyed-pk@2, standard\), machine 11112222, 20 runs, the newest 11\n/,
  );
  const lines = text.split("\n").slice(2);
  deepStrictEqual([lines.length, lines.filter((line) => line.includes("down 50 %, better")).length], [11, 1]);
  match(lines[0]!, /^2026-11-19 .*2\.00 ms +1\.80 ms to 2\.20 ms$/);
  match(lines[1]!, /^2026-11-20 .*1\.00 ms +901 us to 1\.10 ms +down 50 %, better/);
  const bars = seriesText(series, 11, { isColored: false, bars: "ascii" }).split("\n").slice(2);
  ok(bars[0]!.includes("#".repeat(20)) && !bars[1]!.includes("#".repeat(12)), bars.join("\n"));
});

/** The same history with a section of imported results whose title has a comma. */
function withImported(): History {
  const builder = new HistoryBuilder();
  const metric = {
    id: "x:Wall",
    scope: "phase",
    title: "Wall",
    unit: "ns",
    direction: "lower",
    meaning: "",
  } as const;
  for (const [index, value] of [3e6, 2e6].entries()) {
    const run = { label: `v${index + 1}`, href: "", startedAt: `2026-05-0${index + 1}T00:00:00`, commit: "" };
    const point = [value, value, value] as const;
    builder.addImported(
      run,
      "imported from x, laptop",
      new Map([["imported from x: Scaling (10, 20,000 rows)", [{
        name: "lib",
        key: pointKey("", "", "x:Wall"),
        point,
      }]]]),
      [metric],
    );
  }
  return { view: builder.view(() => ""), lanes: [...builder.lanes()] };
}

Deno.test("chooseSeries() finds names with commas, whole and among others", () => {
  const names = (workloads: readonly string[]): string[] =>
    chooseSeries(withImported(), { ...ALL, workloads }).map(({ lane }) => lane);
  const lane = "imported from x: Scaling (10, 20,000 rows)";
  deepStrictEqual(names([lane]), [lane]);
  deepStrictEqual(names(["Scaling (10, 20,000 rows)"]), [lane]);
  deepStrictEqual(names(["Scaling (10, 20,000 rows),Scaling (10, 20,000 rows)"]), [lane]);
  throws(() => names(["Scaling (10, 30,000 rows)"]), /workload "Scaling \(10"/);
  const { view, lanes } = history();
  strictEqual(chooseSeries({ view, lanes }, { ...ALL, metrics: ["wall_ns,writes_per_second"] }).length, 4);
});

Deno.test("usualSeries() takes wall where there is one, and all of a workload that has none", () => {
  deepStrictEqual(usualSeries(chooseSeries(history(), ALL)).map(({ metric }) => metric.id), [
    "wall_ns",
    "wall_ns",
  ]);
  deepStrictEqual(usualSeries(chooseSeries(withImported(), ALL)).map(({ metric }) => metric.id), ["x:Wall"]);
});

Deno.test("overviewText() has a column per label with deltas, and a table per machine", () => {
  const imported = overviewText(chooseSeries(withImported(), ALL), "commit", 5, PLAIN);
  deepStrictEqual(imported.split("\n").map((line) => line.replace(/ {2,}/g, " | ").trim()), [
    "imported from x, laptop: 2 commits",
    "workload | adapter | metric | v1 | v2",
    "imported from x: Scaling (10, 20,000 rows) | lib | Wall | 3.00 ms | 2.00 ms -33 %",
  ]);
  const ours = overviewText(
    usualSeries(chooseSeries(history(), ALL)).filter(({ metric }) => metric.id === "wall_ns"),
    "label",
    2,
    PLAIN,
  );
  match(ours, /^machine 11112222: 2 labels; 18 older not shown: --last shows more\n/);
  match(ours, /\n\nmachine aaaabbbb: 2 labels/);
  match(ours, /run 18 +run 19\n.* 1\.00 ms +1\.00 ms \+0\.1 %\n/);
});
