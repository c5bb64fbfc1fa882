import assert from "node:assert/strict";
import { join } from "node:path";
import { makeExperiments } from "../site/experiments/_fixture.ts";

interface Site {
  readonly root: string;
  readonly site: (...args: string[]) => { readonly code: number; readonly stderr: string };
  /** Whether a page of the site is there. */
  readonly has: (page: string) => boolean;
}

async function withRepository(steps: (site: Site) => void): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "watchbench-site-" });
  try {
    makeExperiments(root);
    const out = join(root, "site");
    steps({
      root,
      site(...args) {
        const { code, stderr } = new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "--no-prompt",
            "--no-check",
            "--allow-read",
            "--allow-write",
            "--allow-env",
            "--allow-run",
            join(import.meta.dirname!, "site.ts"),
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

Deno.test("site.ts shows the experiments of a named repository, and goes on past a damaged one", async () => {
  await withRepository(({ root, site, has }) => {
    const { code, stderr } = site("--experiments", root);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Left out experiments\/011_damaged\.ts: title/);
    assert.match(stderr, /1 run, 1 read, 3 experiments/);
    assert.ok(has("experiments.html") && has("experiments/007-faster.html"));
    assert.ok(Deno.readTextFileSync(join(root, "site/index.html")).includes('href="experiments.html"'));
  });
});

Deno.test("site.ts does not run the experiments beside foreign results, nor links to pages that are not there", async () => {
  await withRepository(({ root, site, has }) => {
    const trap = join(root, "run-by-site");
    const code = `Deno.writeTextFileSync(${JSON.stringify(trap)}, ""); export const experiment = {};\n`;
    Deno.writeTextFileSync(join(root, "experiments/012_trap.ts"), code);
    assert.equal(site().code, 0);
    assert.throws(() => Deno.statSync(trap), Deno.errors.NotFound);
    assert.ok(!has("experiments.html"));
    assert.ok(!Deno.readTextFileSync(join(root, "site/index.html")).includes("experiments.html"));
  });
});

Deno.test("site.ts ends with 2 when the named repository has no experiments", async () => {
  await withRepository(({ root, site }) => {
    const { code, stderr } = site("--experiments", join(root, "results"));
    assert.equal(code, 2);
    assert.match(stderr, /Cannot show experiments as ".*experiments" must hold some: it has none/);
  });
});

Deno.test("site.ts with an address writes a map, a feed and a card, and says where they are", async () => {
  await withRepository(({ root, site, has }) => {
    const { code, stderr } = site("--experiments", root, "--base", "https://example.org/bench");
    assert.equal(code, 1, stderr);
    const read = (name: string): string => Deno.readTextFileSync(join(root, "site", name));
    const page = read("index.html");
    assert.ok(page.includes('<link rel="canonical" href="https://example.org/bench/">'));
    const [, image] = /og:image" content="https:\/\/example\.org\/bench\/([\w.]+)"/.exec(page)!;
    assert.ok(has(image!), image);
    assert.match(read("card.svg"), /^<svg [^>]*width="1200" height="630"/);
    const addresses = [...read("sitemap.xml").matchAll(/<loc>https:\/\/example\.org\/bench\/([^<]*)<\/loc>/g)]
      .map(([, path]) => path!);
    assert.deepEqual(addresses.slice(0, 2), ["", "runs.html"]);
    assert.ok(addresses.includes("experiments/007-faster.html"));
    for (const path of addresses) assert.ok(has(path === "" ? "index.html" : path.replace(/\?.*/, "")), path);
    assert.equal(read("runs.xml").match(/<item>/g)!.length, 1);
  });
});

Deno.test("site.ts without an address writes none of that", async () => {
  await withRepository(({ site, has }) => {
    assert.match(site().stderr, /no map, feed and card, as these need --base/);
    for (const name of ["sitemap.xml", "runs.xml", "card.svg"]) assert.ok(!has(name), name);
  });
});

Deno.test("site.ts ends with 2 where the address is none", async () => {
  await withRepository(({ site, has }) => {
    for (const base of ["example.org", "ftp://example.org/", "https://example.org/?a=1"]) {
      const { code, stderr } = site("--base", base);
      assert.equal(code, 2);
      assert.match(stderr, /Cannot use --base as it must be an http address without query: got "/);
    }
    assert.ok(!has("index.html"));
  });
});
