import assert from "node:assert/strict";
import { join } from "node:path";
import { makeExperiments } from "../lib/experiments/pages/html/_fixture.ts";

interface Site {
  readonly root: string;
  readonly report: (...args: string[]) => { readonly code: number; readonly stderr: string };
  /** Whether a page of the site is there. */
  readonly has: (page: string) => boolean;
}

async function withRepository(steps: (site: Site) => void): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "watchbench-report-" });
  try {
    makeExperiments(root);
    const out = join(root, "site");
    steps({
      root,
      report(...args) {
        const { code, stderr } = new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "--no-prompt",
            "--no-check",
            "--allow-read",
            "--allow-write",
            "--allow-env",
            join(import.meta.dirname!, "report.ts"),
            "--all",
            "--results",
            join(root, "results"),
            "--out",
            out,
            ...args,
          ],
        }).outputSync();
        return { code, stderr: new TextDecoder().decode(stderr) };
      },
      has(page) {
        try {
          return Deno.statSync(join(out, page)).isFile;
        } catch {
          return false;
        }
      },
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("report.ts shows the experiments of a named repository, and goes on past a damaged one", async () => {
  await withRepository(({ root, report, has }) => {
    const { code, stderr } = report("--experiments", root);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Left out experiments\/011_damaged\.ts: title/);
    assert.match(stderr, /1 run, 1 read, 3 experiments/);
    assert.ok(has("experiments.html") && has("experiments/007-faster.html"));
    assert.ok(Deno.readTextFileSync(join(root, "site/index.html")).includes('href="experiments.html"'));
  });
});

Deno.test("report.ts does not run the experiments beside foreign results, nor links to pages that are not there", async () => {
  await withRepository(({ root, report, has }) => {
    const trap = join(root, "run-by-report");
    const code = `Deno.writeTextFileSync(${JSON.stringify(trap)}, ""); export const experiment = {};\n`;
    Deno.writeTextFileSync(join(root, "experiments/012_trap.ts"), code);
    assert.equal(report().code, 0);
    assert.throws(() => Deno.statSync(trap), Deno.errors.NotFound);
    assert.ok(!has("experiments.html"));
    assert.ok(!Deno.readTextFileSync(join(root, "site/index.html")).includes("experiments.html"));
  });
});

Deno.test("report.ts ends with 2 when the named repository has no experiments", async () => {
  await withRepository(({ root, report }) => {
    const { code, stderr } = report("--experiments", join(root, "results"));
    assert.equal(code, 2);
    assert.match(stderr, /Cannot show experiments as ".*experiments" must hold some: it has none/);
  });
});
