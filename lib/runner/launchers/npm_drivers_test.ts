import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { npmDrivers, packageText } from "./npm_drivers.ts";

const order = { runtime: "node", downloads: false, onStep: () => {} } as const;

Deno.test("npmDrivers() needs no folder when an adapter declares no drivers", async () => {
  strictEqual(await npmDrivers({ ...order, adapter: { id: "bare", drivers: {} } }), undefined);
});

Deno.test("npmDrivers() downloads nothing when it must not", async () => {
  await inTempFolder(async (cache) => {
    const adapter = { id: "absent", drivers: { "some-db": "1.0.0" } };
    await rejects(npmDrivers({ ...order, adapter, cache }), {
      name: "DriverUnavailableError",
      message: "not downloaded yet for node: its first run downloads it",
    });
    deepStrictEqual([...Deno.readDirSync(cache)], []);
  });
});

Deno.test("packageText() keeps exact versions and aliases", () => {
  const drivers = { "some-db": "1.0.0", "old-db": "npm:some-db@0.9.0" };
  deepStrictEqual(JSON.parse(packageText(drivers)), { private: true, dependencies: drivers });
});
