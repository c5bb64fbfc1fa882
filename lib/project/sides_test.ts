import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { recordFixture } from "../testing/record_fixture.ts";
import { sideOf } from "./sides.ts";

Deno.test("sideOf() keeps one side's cells and blocks under the names that both share", () => {
  const record = recordFixture();
  const [first, second] = record.settings.cells.slice(0, 2) as [
    typeof record.settings.cells[0],
    typeof record.settings.cells[0],
  ];
  const cells = [
    { ...first, key: "keyed-pk@4/mine[side=base]/smoke" },
    { ...second, key: "keyed-pk@4/mine[side=head]/smoke" },
    { ...first, key: "fan-out@4/mine[mode=fast,side=base]/smoke" },
  ];
  const results = cells.map(({ key }, index) => ({ ...record.results[0]!, cellKey: key, blockIndex: index }));
  const base = sideOf({ ...record, settings: { ...record.settings, cells }, results }, "base");
  const keys = ["keyed-pk@4/mine/smoke", "fan-out@4/mine[mode=fast]/smoke"];
  deepStrictEqual(base.settings.cells.map(({ key }) => key), keys);
  deepStrictEqual(base.results.map(({ cellKey }) => cellKey), keys);
  strictEqual(base.id, `${record.id} base`);
});
