import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Block, HostReading } from "../../model/mod.ts";
import { syntheticBlock } from "./_synthetic_run.ts";
import { judgeWeather } from "./weather.ts";

const GROUPS = [[{ key: "a" }, { key: "b" }], [{ key: "drift" }]];

function blocks(
  roundCount: number,
  host: (key: string, round: number) => HostReading,
  driftNs: (round: number) => number = () => 1000,
): Block[] {
  return Array.from(
    { length: roundCount },
    (_, round) =>
      ["a", "b", "drift"].map((key, index) =>
        syntheticBlock(key, round, round * 3 + index, {
          host: host(key, round),
          metrics: key === "drift" ? { wall_ns: driftNs(round) } : { wall_ns: 5000 },
        })
      ),
  ).flat();
}

Deno.test("judgeWeather() finds the round in which others had the CPU", () => {
  const weather = judgeWeather(
    blocks(8, (_, round) => ({ load1m: round, cpuPressureShare: round === 5 ? 0.7 : 0.2 })),
    GROUPS,
    "drift",
  );
  deepStrictEqual(weather.map(({ disturbance }) => disturbance !== undefined), [
    ...[false, false, false, false, false, true, false, false],
  ]);
  match(weather[5]!.disturbance!, /waited for a CPU 50 % more/);
  strictEqual(weather[5]!.load1m, 5);
});

Deno.test("judgeWeather() takes the middle of the unchanged cell's blocks", () => {
  const groups = [[{ key: "drift" }, { key: "drift" }, { key: "drift" }]];
  const walls = (round: number): number[] => round === 4 ? [1000, 9000, 9000] : [1000, 1010, 9000];
  const run = Array.from(
    { length: 8 },
    (_, round) =>
      walls(round).map((wall, index) =>
        syntheticBlock("drift", round * 3 + index, round * 3 + index, { metrics: { wall_ns: wall } })
      ),
  ).flat();
  const weather = judgeWeather(run, groups, "drift");
  deepStrictEqual(weather.map(({ driftNs }) => driftNs), [1010, 1010, 1010, 1010, 9000, 1010, 1010, 1010]);
  deepStrictEqual(weather.flatMap(({ roundIndex, disturbance }) => disturbance ? [roundIndex] : []), [4]);
});

Deno.test("judgeWeather() is used to a cell that fills the CPUs by itself", () => {
  const weather = judgeWeather(
    blocks(6, (key) => ({ cpuPressureShare: key === "b" ? 0.9 : 0.1 })),
    GROUPS,
  );
  deepStrictEqual(weather.filter(({ disturbance }) => disturbance !== undefined), []);
});

Deno.test("judgeWeather() finds the round in which the unchanged cell was far off", () => {
  const weather = judgeWeather(
    blocks(8, () => ({}), (round) => round === 2 ? 1500 : 1000 + round),
    GROUPS,
    "drift",
  );
  deepStrictEqual(
    weather.flatMap(({ roundIndex, disturbance }) => disturbance === undefined ? [] : [roundIndex]),
    [2],
  );
});

Deno.test("judgeWeather() does not look at the arms' own times", () => {
  const slow = blocks(8, () => ({ cpuPressureShare: 0.1 })).map((block) =>
    block.cellKey === "a" && block.blockIndex === 3 && block.status === "measured"
      ? { ...block, elapsedMs: 9000, phases: [{ ...block.phases[0]!, metrics: { wall_ns: 90_000 } }] }
      : block
  );
  deepStrictEqual(
    judgeWeather(slow, GROUPS, "drift").filter(({ disturbance }) => disturbance !== undefined),
    [],
  );
});

Deno.test("judgeWeather() knows nothing where the host tells nothing", () => {
  deepStrictEqual(judgeWeather(blocks(2, () => ({})), GROUPS), [{ roundIndex: 0 }, { roundIndex: 1 }]);
  deepStrictEqual(judgeWeather([], GROUPS), []);
});
