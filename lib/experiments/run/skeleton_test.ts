import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADAPTERS } from "../../adapters/mod.ts";
import { METRICS } from "../../metrics/mod.ts";
import { WORKLOADS } from "../../../workloads/mod.ts";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { loadExperiments } from "../sources/load_experiments.ts";
import { validateExperiment } from "../rules/validate_experiment.ts";
import { modelImport, skeleton } from "./skeleton.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

Deno.test("skeleton() gives a file that loads, and an experiment that can be planned", async () => {
  const root = await Deno.makeTempDir();
  try {
    const { name, text } = skeleton("042", "faster-readers", "2026-11-22", ["a", "x"], "watchbench/model");
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

Deno.test("skeleton() type-checks in a root of somebody else's, and in one that holds the contracts", () =>
  inTempFolder(async (root) => {
    Deno.mkdirSync(join(root, "experiments"));
    const check = async (): Promise<void> => {
      const { name, text } = skeleton("042", "faster-readers", "2026-11-22", [], modelImport(root));
      Deno.writeTextFileSync(join(root, "experiments", name), text);
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["check", "--config", join(REPOSITORY, "deno.json"), join(root, "experiments", name)],
        env: { NO_COLOR: "1" },
      }).output();
      ok(success, new TextDecoder().decode(stderr));
    };
    deepStrictEqual(modelImport(root), "watchbench/model");
    await check();
    Deno.mkdirSync(join(root, "lib"));
    Deno.symlinkSync(join(REPOSITORY, "lib", "model"), join(root, "lib", "model"));
    deepStrictEqual(modelImport(root), "../lib/model/mod.ts");
    await check();
  }));

Deno.test("skeleton() refuses names that are no file names", () => {
  for (const slug of ["", "../x", "Two Words", "UPPER", "a--b", "-a", "a-test", "x".repeat(100) + "!"]) {
    throws(() => skeleton("001", slug, "2026-11-22", [], "x"), /lower-case words joined by hyphens/, slug);
  }
  ok(skeleton("001", "a1-b2_c3", "2026-11-22", [], "x").name === "001_a1_b2_c3.ts");
});
