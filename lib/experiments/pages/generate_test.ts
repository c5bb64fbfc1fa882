import assert from "node:assert/strict";
import { readIndex, recordFaults } from "../map/experiment_index.ts";
import { makeRepository, TODAY } from "../_fixture.ts";
import { generatedFiles } from "./generate.ts";
import { loadExperiments } from "../sources/load_experiments.ts";
import { validateSignals } from "../map/signal_rules/mod.ts";

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

Deno.test("generatedFiles() says on a page first what came of it, and how to read its results", async () => {
  const root = await makeRepository();
  try {
    const research = await loadExperiments(root);
    const page = generatedFiles(research).get("experiments/001-memory.md")!;
    const { summary } = research.experiments[0]!.experiment.learned!;
    const order = [
      `**In short.** ${summary}`,
      "## Question",
      "## Results",
      "*Comparison* says",
      "## Decision",
    ];
    const places = order.map((text) => page.indexOf(text));
    assert.ok(places.every((place, index) => place > (places[index - 1] ?? 0)), places.join());
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("generatedFiles() writes no decision for what was not run", async () => {
  const root = await makeRepository();
  try {
    const page = generatedFiles(await loadExperiments(root)).get("experiments/003-readers.md")!;
    assert.match(page, /## Results\n\nNone: Planned, not run yet\.\n$/);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("generatedFiles() folds long tables", async () => {
  const root = await makeRepository();
  try {
    const research = await loadExperiments(root);
    const [first, ...rest] = research.experiments;
    const [table] = first!.outcome!.tables;
    const pageWith = (rowCount: number): string => {
      const tables = [{ ...table!, rows: Array.from({ length: rowCount }, () => table!.rows[0]!) }];
      const experiments = [{ ...first!, outcome: { ...first!.outcome!, tables } }, ...rest];
      return generatedFiles({ ...research, experiments }).get("experiments/001-memory.md")!;
    };
    assert.doesNotMatch(pageWith(40), /<details>/);
    assert.match(
      pageWith(41),
      /<details><summary>41 rows<\/summary>\n\n\| part .*\|\n\n<\/details>\n\n- One block\./s,
    );
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
