import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RunHeader, RunRecord } from "../../lib/model/mod.ts";
import { headerDigest, loadRun } from "../../lib/record/load_run.ts";
import { writeTimeline } from "../../lib/record/timeline_file.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { starvedPhase } from "../../lib/testing/timeline_fixture.ts";
import { readTimelines } from "./run_timelines.ts";
import { writeSite } from "./write_site.ts";

/** A results folder with one sealed run whose blocks have timelines, and a place for a site. */
async function withRun(
  steps: (folders: { results: string; run: string; out: string }) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "watchbench-site-" });
  try {
    const { results: blocks, sha256: _, ...header }: RunRecord = recordFixture();
    const [results, out] = [join(folder, "results"), join(folder, "site")];
    const run = join(results, header.id);
    Deno.mkdirSync(run, { recursive: true });
    const lines = blocks.map((block) =>
      `${
        JSON.stringify(
          block.status === "measured"
            ? { ...block, timeline: writeTimeline(run, block, [starvedPhase()]) }
            : block,
        )
      }\n`
    ).join("");
    const sha256 = createHash("sha256").update(lines).digest("hex");
    const sealed: RunHeader = { ...header, blocks: { sha256, count: blocks.length } };
    Deno.writeTextFileSync(join(run, "blocks.jsonl"), lines);
    Deno.writeTextFileSync(
      join(run, "record.json"),
      JSON.stringify({ ...sealed, sha256: headerDigest(sealed) }),
    );
    await steps({ results, run, out });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("readTimelines() finds those of all measured blocks by position", () =>
  withRun((folders) => {
    const record = loadRun(folders.run);
    const timelines = readTimelines(folders.run, record);
    const measured = record.results.filter(({ status }) => status === "measured");
    assert.deepEqual([...timelines.keys()], measured.map(({ position }) => position));
    for (const { phases } of timelines.values()) assert.deepEqual(phases, [starvedPhase()]);
    return Promise.resolve();
  }));

Deno.test("writeSite() writes the timelines of a run beside its page, and removes them with it", () =>
  withRun(async ({ results, run, out }) => {
    assert.equal((await writeSite(results, out)).readCount, 1);
    const file = join(out, "data", "timelines-2026-11-22T10-00-00-fixture.js");
    const text = Deno.readTextFileSync(file);
    assert.match(text, /^watchbenchTimelines\(\{"1":"[\w+/=]+",/);
    assert.equal((await writeSite(results, out)).readCount, 0);
    for (const damage of [() => Deno.removeSync(file), () => Deno.truncateSync(file, 9)]) {
      damage();
      assert.equal((await writeSite(results, out)).readCount, 1, "it is made again");
      assert.equal(Deno.readTextFileSync(file), text);
    }
    Deno.removeSync(run, { recursive: true });
    await writeSite(results, out);
    assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
  }));

Deno.test("writeSite() names a run whose timeline is not what was measured", () =>
  withRun(async ({ results, run, out }) => {
    const [file] = [...Deno.readDirSync(join(run, "timelines"))];
    Deno.writeFileSync(join(run, "timelines", file!.name), new Uint8Array([0]), { append: true });
    const { unreadableCount, strays } = await writeSite(results, out);
    assert.equal(unreadableCount, 1);
    assert.match(strays[0]!.reason, /must have the bytes that were measured/);
  }));
