import assert from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { generateRuns } from "../../lib/testing/generate_runs.ts";
import type { ChoiceView } from "../pages/mod.ts";
import { SITE_LINKS, type SiteOutcome, writeSite } from "./write_site.ts";

/** A results folder with three runs, and a site beside it. */
async function withSite(
  steps: (site: { results: string; out: string; write: () => Promise<SiteOutcome> }) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-site-" });
  try {
    const [results, out] = [join(folder, "results"), join(folder, "site")];
    generateRuns(recordFixture(), results, 3);
    await steps({ results, out, write: () => writeSite(results, out) });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function runsIn(results: string): string[] {
  return [...Deno.readDirSync(results)].map(({ name }) => name).sort();
}

function recordFile(out: string, run: string): string {
  return join(out, "data", `record-${run}.js`);
}

/** Every file of a site with its text, the index left out since it holds times. */
function snapshot(out: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const folder of ["", "data", "assets"]) {
    for (const { name, isFile } of Deno.readDirSync(join(out, folder))) {
      if (isFile && !name.endsWith(".gz")) {
        texts.set(join(folder, name), Deno.readTextFileSync(join(out, folder, name)));
      }
    }
  }
  return texts;
}

Deno.test("writeSite() reads each run once, and again when it has changed", async () => {
  await withSite(async ({ results, out, write }) => {
    const { hrefs, lines, ...counts } = await write();
    assert.deepEqual(counts, { runCount: 3, readCount: 3, archivedCount: 0, strays: [], unreadableCount: 0 });
    assert.deepEqual(lines.map(({ href }) => href), [...hrefs.values()].reverse());
    assert.deepEqual([...hrefs], runsIn(results).map((name) => [name, `run.html?run=${name}`]));
    const first = snapshot(out);
    assert.equal((await write()).readCount, 0);
    assert.deepEqual(snapshot(out), first);
    const file = join(results, runsIn(results)[1]!, "record.json");
    Deno.writeTextFileSync(file, Deno.readTextFileSync(file));
    assert.equal((await write()).readCount, 1);
    assert.deepEqual(snapshot(out), first);
  });
});

Deno.test("writeSite() does not believe an index that was edited, cut short or written by other code", async () => {
  await withSite(async ({ out, write }) => {
    await write();
    const first = snapshot(out);
    const file = join(out, "data", "index.tsv.gz");
    const lines = new TextDecoder().decode(gunzipSync(Deno.readFileSync(file))).split("\n");
    const store = (text: string): void => Deno.writeFileSync(file, gzipSync(text));
    const cases: readonly (readonly [damage: () => void, readCount: number])[] = [
      [() => store(lines.with(1, lines[1]!.replace("generated-0", "generated-9")).join("\n")), 1],
      [() => store(lines.join("\n").slice(0, -20)), 1],
      [() => store(lines.with(0, "watchbench-site-index 2 other").join("\n")), 3],
      [() => Deno.writeTextFileSync(file, "not compressed"), 3],
      [() => Deno.removeSync(file), 3],
    ];
    for (const [damage, readCount] of cases) {
      damage();
      assert.equal((await write()).readCount, readCount);
      assert.deepEqual(snapshot(out), first);
    }
  });
});

Deno.test("writeSite() writes files again that are gone or cut short, and removes those of runs that are gone", async () => {
  await withSite(async ({ results, out, write }) => {
    await write();
    const first = snapshot(out);
    const file = recordFile(out, runsIn(results)[0]!);
    Deno.removeSync(file);
    assert.equal((await write()).readCount, 1);
    Deno.truncateSync(file, 100);
    assert.equal((await write()).readCount, 1);
    assert.deepEqual(snapshot(out), first);
    Deno.removeSync(join(results, runsIn(results)[0]!), { recursive: true });
    assert.equal((await write()).runCount, 2);
    assert.equal([...snapshot(out).keys()].filter((name) => name.includes("record-")).length, 2);
  });
});

Deno.test("writeSite() goes on past damaged runs and tells which they are", async () => {
  await withSite(async ({ results, write }) => {
    const [first, second] = runsIn(results) as [string, string, string];
    Deno.writeTextFileSync(join(results, first, "blocks.jsonl"), "{}\n");
    Deno.removeSync(join(results, second, "blocks.jsonl"));
    const empty = "2026-11-22T00-00-00-empty";
    Deno.mkdirSync(join(results, empty));
    Deno.mkdirSync(join(results, "calibration"));
    Deno.mkdirSync(join(results, "imported"));
    Deno.writeTextFileSync(join(results, "imported", "broken.json"), "{");
    const { runCount, strays, unreadableCount } = await write();
    assert.equal(runCount, 1);
    assert.equal(unreadableCount, 2);
    assert.deepEqual(strays.map(({ path }) => path), [first, second, empty, "imported/broken.json"]);
  });
});

Deno.test("writeSite() gives every page the navigation, without reading a run again", async () => {
  await withSite(async ({ results, out, write }) => {
    await write();
    const links = [...SITE_LINKS, { text: "More", path: "more.html" }];
    assert.equal((await writeSite(results, out, links)).readCount, 0);
    for (
      const page of ["index.html", "runs.html", "run.html", "history.html", "devices.html", "runtimes.html"]
    ) {
      assert.ok(Deno.readTextFileSync(join(out, page)).includes('href="more.html"'), page);
    }
  });
});

Deno.test("writeSite() leaves the same site whether one processor made it or two", async () => {
  await withSite(async ({ results, out }) => {
    generateRuns(recordFixture(), results, 120);
    const damaged = runsIn(results)[60]!;
    Deno.writeTextFileSync(join(results, damaged, "blocks.jsonl"), "{}\n");
    const { readCount, strays } = await writeSite(results, out);
    assert.equal(readCount, 119);
    assert.deepEqual(strays.map(({ path }) => path), [damaged]);
    const byTwo = snapshot(out);
    // So few are prepared without workers.
    for (const name of runsIn(results).slice(0, 60)) Deno.removeSync(recordFile(out, name));
    assert.equal((await writeSite(results, out)).readCount, 60);
    assert.deepEqual(snapshot(out), byTwo);
  });
});

Deno.test("writeSite() rejects when a worker cannot write a file", async () => {
  await withSite(async ({ results, out }) => {
    generateRuns(recordFixture(), results, 120);
    const [name] = runsIn(results);
    Deno.mkdirSync(recordFile(out, name!), { recursive: true });
    await assert.rejects(
      () => writeSite(results, out),
      /Cannot write the pages as ".*" must be a writable folder/,
    );
  });
});

Deno.test("writeSite() begins with the run that covers most, and says so where none covers anything", async () => {
  await withSite(async ({ results, out }) => {
    const views: ChoiceView[] = [];
    const look = (view: ChoiceView) => {
      views.push(view);
      return {
        url: "https://example.org/",
        image: "https://example.org/card.svg",
        imageText: "A",
        feed: "f",
      };
    };
    const page = (): string => Deno.readTextFileSync(join(out, "index.html"));
    await writeSite(results, out, SITE_LINKS, look);
    assert.equal(views[0]!.run!.label, "generated-2");
    assert.ok(page().includes('<meta property="og:image" content="https://example.org/card.svg">'));
    for (const name of runsIn(results)) Deno.removeSync(join(results, name), { recursive: true });
    await writeSite(results, out, SITE_LINKS, look);
    assert.deepEqual([views[1]!.run, views[1]!.databases], [undefined, []]);
    await writeSite(results, out);
    assert.ok(!page().includes("og:image"));
  });
});
