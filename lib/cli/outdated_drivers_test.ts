import assert from "node:assert/strict";
import { driverVersions, isOutdated } from "./outdated_drivers.ts";

Deno.test("driverVersions() asks once for each package of npm's registry, whatever its name here", async () => {
  const asked: string[] = [];
  const versions = await driverVersions([
    { id: "a", drivers: { shared: "1.0.0", own: "npm:@scope/other@2.0.0" } },
    { id: "b", drivers: { shared: "1.0.0", elsewhere: "jsr:@db/x@0.1.0" } },
    { id: "c", drivers: { shared: "0.9.0" } },
  ], (name) => {
    asked.push(name);
    return Promise.resolve(name === "shared" ? "1.0.0" : undefined);
  });
  assert.deepEqual(asked, ["shared", "@scope/other", "shared"]);
  assert.deepEqual(versions, [
    { name: "shared", pinned: "1.0.0", adapters: ["a", "b"], newest: "1.0.0" },
    { name: "@scope/other", pinned: "2.0.0", adapters: ["a"] },
    { name: "@db/x", pinned: "0.1.0", adapters: ["b"] },
    { name: "shared", pinned: "0.9.0", adapters: ["c"], newest: "1.0.0" },
  ]);
  assert.deepEqual(versions.map(isOutdated), [false, false, false, true]);
});

Deno.test("isOutdated() compares versions number by number", () => {
  const outdated = (pinned: string, newest: string) =>
    isOutdated({ name: "x", pinned, newest, adapters: [] });
  assert.ok(outdated("1.9.0", "1.10.0"));
  assert.ok(outdated("9.0.0", "10.0.0"));
  assert.ok(outdated("3.54.1-build1", "3.54.1-build2"));
  assert.ok(!outdated("1.2.3", "1.2.3"));
  assert.ok(!outdated("3.54.1-build1", "3.41.2"));
});
