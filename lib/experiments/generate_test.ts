import assert from "node:assert/strict";
import { readIndex, recordFaults } from "./experiment_index.ts";
import { makeRepository, TODAY } from "./_fixture.ts";
import { generatedFiles } from "./generate.ts";
import { loadExperiments } from "./load_experiments.ts";
import { validateSignals } from "./validate_signals.ts";

Deno.test("generatedFiles() gives the same bytes each time, and a map that strangers accept", async () => {
  const root = await makeRepository();
  try {
    const research = await loadExperiments(root);
    const first = generatedFiles(research);
    assert.deepEqual([...generatedFiles(await loadExperiments(root))], [...first]);

    // As somebody would who has only the generated files.
    const map = JSON.parse(first.get("experiments/signals.json")!);
    const { statuses, faults } = readIndex(`${root}/experiments/README.md`);
    assert.deepEqual(faults, []);
    assert.deepEqual([...statuses.keys()].sort(), ["001", "002", "003"]);
    assert.deepEqual(validateSignals(map, { experiments: statuses, today: TODAY }), []);
    assert.deepEqual(recordFaults(`${root}/experiments`, map, new Set(statuses.keys())), []);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("generatedFiles() orders entries by number, although JavaScript would put 127 before 079", async () => {
  const root = await makeRepository();
  try {
    const { experiments, ...rest } = await loadExperiments(root);
    const renamed = experiments.map((loaded, index) => ({ ...loaded, id: ["008b", "079", "127"][index]! }));
    const text = generatedFiles({ ...rest, experiments: renamed }).get("experiments/signals.json")!;
    const ids = [...text.matchAll(/^ {4}"(\w+)": \{$/gm)].map(([, id]) => id);
    assert.deepEqual(ids, ["008b", "079", "127"]);
    assert.equal(JSON.parse(text).experiments["127"].outcomeClass, "in_review");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
