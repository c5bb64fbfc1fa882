import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { edit, exampleStart, withDirectory } from "./_fixtures.ts";
import { listRuns } from "./list_runs.ts";
import { createRun } from "./run_folder.ts";

Deno.test("listRuns() lists runs by start, newest first, and then by name", () => {
  withDirectory((root) => {
    const labelsByStart = [["2026-01-02T00:00:00Z", "b"], ["2026-01-02T00:00:00Z", "a"], [
      "2026-03-01T00:00:00Z",
      "c",
    ]];
    for (const [start, label] of labelsByStart) {
      createRun({ ...exampleStart(root, label), now: new Date(start!) }).close();
    }
    const { runs, strays } = listRuns(root);
    assert.deepEqual(runs.map(({ header }) => header.label), ["c", "a", "b"]);
    assert.deepEqual(runs.map(({ folder, header }) => basename(folder) === header.id), [true, true, true]);
    assert.deepEqual(strays, []);
  });
});

Deno.test("listRuns() reports what is no run and goes on", () => {
  withDirectory((root) => {
    Deno.writeTextFileSync(join(root, "README.md"), "");
    Deno.mkdirSync(join(root, "charts"));
    Deno.mkdirSync(join(root, ".2026-staging"));
    Deno.symlinkSync(join(root, "nowhere"), join(root, "dangling"));
    createRun(exampleStart(root, "good")).close();
    const broken = createRun(exampleStart(root, "broken"));
    broken.close();
    edit(broken.folder, "record.json", (text) => text.slice(0, 100));
    const future = createRun(exampleStart(root, "future"));
    future.close();
    edit(future.folder, "record.json", (text) => text.replace('"schemaVersion": 2', '"schemaVersion": 3'));

    const { runs, strays } = listRuns(root);
    assert.deepEqual(runs.map(({ header }) => header.label), ["good"]);
    const reasons = new Map(strays.map(({ path, reason }) => [basename(path), reason]));
    assert.equal(reasons.size, 6);
    assert.equal(reasons.get("README.md"), "it is no folder");
    assert.equal(reasons.get("charts"), "it has no record.json");
    assert.match(reasons.get(".2026-staging")!, /it is hidden/);
    assert.ok(reasons.has("dangling"));
    assert.match(reasons.get("2026-11-21T23-55-07-broken")!, /must be JSON/);
    assert.match(reasons.get("2026-11-21T23-55-07-future")!, /schema version 3/);
  });
});

Deno.test("listRuns() finds nothing in a root that does not exist and refuses one that is a file", () => {
  withDirectory((directory) => {
    const root = join(directory, "results");
    assert.deepEqual(listRuns(root), { runs: [], strays: [] });
    Deno.writeTextFileSync(root, "");
    assert.throws(() => listRuns(root), { name: "UsageError", message: /must be a readable folder/ });
  });
});
