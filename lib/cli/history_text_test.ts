import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { HistoryBuilder, pointKey, runLine, type RunPoints } from "../report/html/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { changesText, chooseSeries, type History, seriesText } from "./history_text.ts";

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
        keys: [pointKey("burst", "", "wall_ns"), pointKey("burst", "", "writes_per_second")],
        cells: [{
          lane: "keyed-pk@2, standard",
          title: "Keyed, by key",
          name: "watchlite[policy=per-commit]",
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
});

for (
  const [choice, message] of [
    [
      { workloads: ["keyd-pk"] },
      /workload "keyd-pk" .*did you mean "keyed-pk"\?\): stored runs have keyed-pk, /,
    ],
    [{ adapters: ["x"] }, /adapter "x" in the history: stored runs have watchlite, /],
    [{ metrics: ["wall"] }, /metric "wall" .*wall_ns/],
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
    /^2026-11-20 00:00 .*run 10 +11112222 .*watchlite\[policy=per-commit\] +burst \/ wall +better 0\.50/,
  );
  match(lines[3]!, /burst \/ writes\/s +better 2\.0/);
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
  deepStrictEqual([lines.length, lines.filter((line) => line.includes("better 0.50")).length], [11, 1]);
  match(lines[0]!, /^2026-11-19 .*2\.00 ms +1\.80 ms to 2\.20 ms$/);
  match(lines[1]!, /^2026-11-20 .*1\.00 ms +901 us to 1\.10 ms +better 0\.50/);
  const bars = seriesText(series, 11, { isColored: false, bars: "ascii" }).split("\n").slice(2);
  ok(bars[0]!.includes("#".repeat(20)) && !bars[1]!.includes("#".repeat(12)), bars.join("\n"));
});
