import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { ADAPTERS } from "../../adapters/mod.ts";
import { METRICS } from "../../metrics/mod.ts";
import { WORKLOADS } from "../../../workloads/mod.ts";
import { loadExperiments } from "../sources/load_experiments.ts";
import { validateExperiment } from "../rules/validate_experiment.ts";
import { skeleton } from "./skeleton.ts";

Deno.test("skeleton() gives a file that loads, and an experiment that can be planned", async () => {
  const root = await Deno.makeTempDir();
  try {
    const { name, text } = skeleton("042", "faster-readers", "2026-11-22", ["stream-rerun-dispatch", "x"]);
    deepStrictEqual(name, "042_faster_readers.ts");
    await Deno.mkdir(`${root}/experiments`);
    await Deno.writeTextFile(`${root}/experiments/${name}`, text);
    const { experiments, faults } = await loadExperiments(root);
    deepStrictEqual(faults, []);
    const vocabulary = { adapters: ADAPTERS, workloads: WORKLOADS, metrics: METRICS };
    deepStrictEqual(validateExperiment(experiments[0]!.experiment, vocabulary), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("skeleton() refuses names that are no file names", () => {
  for (const slug of ["", "../x", "Two Words", "UPPER", "a--b", "-a", "a-test", "x".repeat(100) + "!"]) {
    throws(() => skeleton("001", slug, "2026-11-22", []), /lower-case words joined by hyphens/, slug);
  }
  ok(skeleton("001", "a1-b2_c3", "2026-11-22", []).name === "001_a1_b2_c3.ts");
});
