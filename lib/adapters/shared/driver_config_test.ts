import assert from "node:assert/strict";
import { driverConfig, driverConfigText, driverSpecifier, unlockedDrivers } from "./driver_config.ts";

Deno.test("driverSpecifier() names npm unless the version is a specifier already", () => {
  assert.equal(driverSpecifier("@scope/name", "1.2.3"), "npm:@scope/name@1.2.3");
  assert.equal(driverSpecifier("old", "npm:new@16.21.1"), "npm:new@16.21.1");
  assert.equal(driverSpecifier("@db/sqlite", "jsr:@db/sqlite@0.13.0"), "jsr:@db/sqlite@0.13.0");
});

Deno.test("driverConfig() is undefined for an adapter without drivers", () => {
  assert.equal(driverConfig({ drivers: {} }), undefined);
});

Deno.test("driverConfigText() is stable text, with node_modules only where it is asked for", () => {
  const config = driverConfig({ drivers: { tinybase: "10.0.1" }, nodeModules: true });
  assert.ok(config);
  assert.equal(
    driverConfigText(config),
    `{
  "lock": {
    "path": "./deno.lock"
  },
  "nodeModulesDir": "auto",
  "imports": {
    "tinybase": "npm:tinybase@10.0.1",
    "watchbench/model": "../../lib/model/mod.ts"
  }
}
`,
  );
  assert.ok(!driverConfigText(driverConfig({ drivers: { tinybase: "10.0.1" } })!).includes("nodeModulesDir"));
});

Deno.test("driverConfig() locks nothing when a driver comes from JSR", () => {
  assert.equal(driverConfig({ drivers: { "@db/sqlite": "jsr:@db/sqlite@0.13.0" } })?.lock, false);
});

Deno.test("unlockedDrivers() names what the lock lacks or holds in another version", () => {
  const config = driverConfig({ drivers: { a: "1.0.0", b: "2.0.0", c: "3.0.0" } })!;
  const lock = JSON.stringify({ specifiers: { "npm:a@1.0.0": "1.0.0_peer@9.0.0", "npm:b@2.0.0": "2.0.1" } });
  assert.deepEqual(unlockedDrivers(config, lock), ["npm:b@2.0.0", "npm:c@3.0.0"]);
  assert.deepEqual(unlockedDrivers(config, "{}"), ["npm:a@1.0.0", "npm:b@2.0.0", "npm:c@3.0.0"]);
});
