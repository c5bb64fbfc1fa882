import { deepStrictEqual, match, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { adapterById } from "../adapters/mod.ts";
import { unlockedDrivers } from "../adapters/shared/driver_config.ts";
import { inTempFolder } from "../testing/temp_folder.ts";
import { adapterOfPackages, parseVersions, pinVersions } from "./driver_versions.ts";

Deno.test("parseVersions() reads packages with exact versions, scopes included", () => {
  deepStrictEqual(parseVersions("tinybase@10.0.1"), { tinybase: "10.0.1" });
  deepStrictEqual(parseVersions("@powersync/node@1.1.0, better-sqlite3@13.2.0-rc.1"), {
    "@powersync/node": "1.1.0",
    "better-sqlite3": "13.2.0-rc.1",
  });
});

Deno.test("parseVersions() refuses ranges, tags, bare names and a package that is there twice", () => {
  const refused = (text: string, message: RegExp): void => {
    throws(() => parseVersions(text), { name: "UsageError", message });
  };
  refused("tinybase", /must be a package with a version/);
  refused("@tinybase", /must be a package with a version/);
  refused("", /must be a package with a version/);
  refused("tinybase@latest", /"latest" of tinybase as it must be exact/);
  refused("tinybase@^10.0.0", /must be exact/);
  refused("tinybase@10", /must be exact/);
  refused("tinybase@1.0.0,tinybase@1.0.1", /"tinybase" is there twice/);
});

Deno.test("adapterOfPackages() finds the adapter by any of its drivers, and the one that is called after it", () => {
  strictEqual(adapterOfPackages(["tinybase"]).id, "tinybase");
  strictEqual(adapterOfPackages(["fake-indexeddb"]).id, "dexie");
  strictEqual(adapterOfPackages(["@powersync/node", "better-sqlite3"]).id, "powersync");
  strictEqual(adapterOfPackages(["better-sqlite3"]).id, "better-sqlite3");
});

Deno.test("adapterOfPackages() says what was meant, and between which adapters to choose", () => {
  throws(() => adapterOfPackages(["tinybas"]), { name: "UsageError", message: /did you mean "tinybase"/ });
  const shared = { drivers: { own: "1.0.0", shared: "1.0.0" } };
  const adapters = ["one", "two"].map((id) => ({ ...adapterById("tinybase"), ...shared, id }));
  throws(() => adapterOfPackages(["shared"], adapters), { message: /give --adapter one or two/ });
});

Deno.test("pinVersions() gives each choice a lock of its own, and the adapter those versions", () =>
  inTempFolder(async (folder) => {
    const adapter = adapterById("lokijs");
    const pinned = await pinVersions(adapter, { lokijs: "1.5.11" }, folder);
    deepStrictEqual(pinned.adapter.drivers, { lokijs: "1.5.11" });
    deepStrictEqual(pinned.drivers, { lokijs: "1.5.11" });
    deepStrictEqual(adapter.drivers, { lokijs: "1.5.12" });
    const config = JSON.parse(Deno.readTextFileSync(pinned.configPath!));
    const lock = Deno.readTextFileSync(join(folder, "deno.lock"));
    deepStrictEqual(unlockedDrivers({ ...config, imports: { lokijs: config.imports.lokijs } }, lock), []);
    match(lock, /lokijs@1\.5\.11/);
  }));

Deno.test("pinVersions() says that a version does not exist, is no driver, or cannot be reached", () =>
  inTempFolder(async (folder) => {
    const adapter = adapterById("lokijs");
    await rejects(pinVersions(adapter, { lokijs: "999.0.0" }, folder), {
      name: "UsageError",
      message: /^Cannot get lokijs@999\.0\.0: .*must name a package and a version that the registry has/,
    });
    await rejects(pinVersions(adapter, { loki: "1.0.0" }, folder), {
      name: "UsageError",
      message: /must be a driver of adapter "lokijs" \(did you mean "lokijs"\?\)/,
    });
    const offline = { NPM_CONFIG_REGISTRY: "http://127.0.0.1:9/", DENO_DIR: join(folder, "cache") };
    await rejects(pinVersions(adapter, { lokijs: "1.5.11" }, folder, offline), {
      name: "UsageError",
      message: /^Cannot get lokijs@1\.5\.11: .*run it once where the package registry can be reached/,
    });
  }));
