import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { parseBaseline, readBaselines, saveBaseline } from "./baselines.ts";

Deno.test("saveBaseline() makes a name stand for the run that was saved last", () =>
  inTempFolder((root) => {
    assert.deepEqual([...readBaselines(root)], []);
    saveBaseline(root, "main", "2026-11-28T10-00-00-bench");
    saveBaseline(root, "before", "2026-11-27T10-00-00-bench");
    saveBaseline(root, "main", "2026-11-29T10-00-00-bench");
    assert.deepEqual([...readBaselines(root)], [
      ["before", "2026-11-27T10-00-00-bench"],
      ["main", "2026-11-29T10-00-00-bench"],
    ]);
    return Promise.resolve();
  }));

Deno.test("parseBaseline() refuses what is no label, and the word for the newest run", () => {
  assert.equal(parseBaseline("v1.2.0"), "v1.2.0");
  for (const name of ["", "../x", "a b", "latest"]) {
    assert.throws(() => parseBaseline(name), { name: "UsageError", message: /must be 1 to 64 letters/ });
  }
});

Deno.test("readBaselines() says what is wrong with its file", () =>
  inTempFolder((root) => {
    for (const text of ["{", "[]", '{ "main": 1 }', '{ "a b": "x" }']) {
      Deno.writeTextFileSync(join(root, "baselines.json"), text);
      assert.throws(() => readBaselines(root), {
        name: "UsageError",
        message: /baselines\.json" as it must give an id of a run to each name/,
      });
    }
    return Promise.resolve();
  }));
