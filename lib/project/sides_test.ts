import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { RunRecord } from "../model/mod.ts";
import { recordFixture } from "../testing/record_fixture.ts";
import { sideOf } from "./sides.ts";

/** A run whose cells have these keys, a block each. */
function runWith(cells: readonly { key: string; drivers?: Readonly<Record<string, string>> }[]): RunRecord {
  const record = recordFixture();
  const [first] = record.settings.cells;
  return {
    ...record,
    settings: {
      ...record.settings,
      cells: cells.map((cell) => ({ ...first!, adapter: "tinybase", ...cell })),
    },
    results: cells.map(({ key }, index) => ({ ...record.results[0]!, cellKey: key, blockIndex: index })),
  };
}

Deno.test("sideOf() keeps one side's cells and blocks under the names that both share", () => {
  const run = runWith([
    { key: "keyed-pk@4/mine[side=base]/smoke" },
    { key: "keyed-pk@4/mine[side=head]/smoke" },
    { key: "fan-out@4/mine[mode=fast,side=base]/smoke" },
  ]);
  const base = sideOf(run, { name: "side", value: "base" });
  const keys = ["keyed-pk@4/mine/smoke", "fan-out@4/mine[mode=fast]/smoke"];
  deepStrictEqual(base.settings.cells.map(({ key }) => key), keys);
  deepStrictEqual(base.results.map(({ cellKey }) => cellKey), keys);
  strictEqual(base.id, `${run.id} base`);
});

Deno.test("sideOf() gives adapters the drivers that the side's cells ran with", () => {
  const run = runWith([
    { key: "keyed-pk@4/tinybase[version=9.0.0]/smoke", drivers: { tinybase: "9.0.0" } },
    { key: "keyed-pk@4/tinybase[version=9.0.0-beta.1]/smoke", drivers: { tinybase: "9.0.0-beta.1" } },
  ]);
  const drivers = (value: string): unknown =>
    sideOf(run, { name: "version", value }).adapters.find(({ id }) => id === "tinybase")!.drivers;
  deepStrictEqual(drivers("9.0.0"), { tinybase: "9.0.0" });
  deepStrictEqual(drivers("9.0.0-beta.1"), { tinybase: "9.0.0-beta.1" });
});
