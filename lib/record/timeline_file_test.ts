import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { RecordFormatError } from "../model/errors.ts";
import type { Block, MeasuredBlock } from "../model/record.ts";
import { edit, END, exampleBlock, examplePhases, exampleStart, withDirectory } from "./_fixtures.ts";
import { loadRun } from "./load_run.ts";
import { createRun, type OpenRun, resumeRun } from "./run_folder.ts";
import { checkTimeline } from "./schema.ts";
import { loadTimeline, timelineFileName } from "./timeline_file.ts";

const FILE = join("timelines", "keyed-pk-2-fast-smoke-");

/** A sealed run of two blocks whose first one has a timeline. */
function storeRun(root: string): { folder: string; block: MeasuredBlock; path: string } {
  using run = createRun(exampleStart(root));
  run.append(exampleBlock(0), examplePhases(1));
  run.append(exampleBlock(1));
  run.seal({ status: "complete", now: END });
  const block = loadRun(run.folder).results[0] as MeasuredBlock;
  return { folder: run.folder, block, path: join(run.folder, "timelines", block.timeline!.file) };
}

function assertFault(load: () => unknown, path: string, rule: RegExp): void {
  assert.throws(load, (error) => {
    assert.ok(error instanceof RecordFormatError, String(error));
    assert.equal(error.file, path);
    assert.match(error.message, rule);
    return true;
  });
}

Deno.test("append() stores a timeline that loadTimeline() gives back", () => {
  withDirectory((root) => {
    const { folder, block } = storeRun(root);
    assert.ok(join("timelines", block.timeline!.file).startsWith(FILE));
    const timeline = loadTimeline(folder, block)!;
    assert.deepEqual([timeline.cellKey, timeline.blockIndex], [block.cellKey, 0]);
    assert.deepEqual(timeline.phases, examplePhases(1));
    assert.equal(loadTimeline(folder, loadRun(folder).results[1]!), undefined);
  });
});

Deno.test("timelineFileName() is safe, readable, and different for every cell and block", () => {
  const keys = [
    "sync-burst@2/watchlite/standard",
    "sync-burst@2/watchlite[profile=on]/standard",
    "sync-burst@2/WATCHLITE/standard",
    "../../etc/passwd",
    "CON",
    "☃",
    `x${"y".repeat(10_000)}`,
    `x${"y".repeat(10_001)}`,
  ];
  const names = keys.flatMap((key) => [0, 1].map((block) => timelineFileName(key, block)));
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
  for (const name of names) assert.match(name, /^[a-z0-9-]{1,80}\.json\.gz$/);
});

for (
  const [what, change, rule] of [
    [
      "gone",
      (path: string) => Deno.removeSync(path),
      /the file must exist, as block 0 of "keyed-pk@2\/fast\/smoke" names it/,
    ],
    [
      "cut short",
      (path: string) => Deno.truncateSync(path, 50),
      /must have the bytes that were measured: their digest is/,
    ],
    ["empty", (path: string) => Deno.truncateSync(path, 0), /must have the bytes that were measured/],
    [
      "changed inside",
      (path: string) => {
        const text = new TextDecoder().decode(gunzipSync(Deno.readFileSync(path)));
        Deno.writeFileSync(path, gzipSync(text.replace('"quietUs":21000', '"quietUs":21001')));
      },
      /must have the bytes that were measured/,
    ],
    [
      "a folder",
      (path: string) => {
        Deno.removeSync(path);
        Deno.mkdirSync(path);
      },
      /must be readable: it is no regular file/,
    ],
  ] as const
) {
  Deno.test(`loadRun() names a timeline that is ${what}, sealed or not`, () => {
    withDirectory((root) => {
      const { folder, path } = storeRun(root);
      change(path);
      assertFault(() => loadRun(folder), path, rule);
    });
    withDirectory((root) => {
      const run = createRun(exampleStart(root));
      run.append(exampleBlock(0), examplePhases(1));
      run.close();
      const [file] = [...Deno.readDirSync(join(run.folder, "timelines"))];
      const path = join(run.folder, "timelines", file!.name);
      change(path);
      assertFault(() => loadRun(run.folder), path, rule);
      assertFault(() => resumeRun(run.folder), path, rule);
    });
  });
}

Deno.test("loadRun() lets a block name no file but its own", () => {
  withDirectory((root) => {
    const run = createRun(exampleStart(root));
    run.append(exampleBlock(0), examplePhases(1));
    run.close();
    edit(run.folder, "blocks.jsonl", (text) => text.replace(/"file":"[^"]+"/, '"file":"../record.json"'));
    assertFault(
      () => loadRun(run.folder),
      join(run.folder, "blocks.jsonl"),
      /its timeline must be in "timelines\/keyed-pk-2-fast-smoke-\w{8}-0\.json\.gz": it is in "\.\.\/record\.json"/,
    );
  });
});

/** The block, naming this content as if it had been measured. */
function plant(folder: string, block: MeasuredBlock, bytes: Uint8Array): Block {
  const { file } = block.timeline!;
  Deno.writeFileSync(join(folder, "timelines", file), bytes);
  return { ...block, timeline: { file, sha256: createHash("sha256").update(bytes).digest("hex") } };
}

Deno.test("loadTimeline() names the rule that a file breaks", () => {
  withDirectory((root) => {
    const { folder, block, path } = storeRun(root);
    const timeline = loadTimeline(folder, block)!;
    const load = (content: unknown) =>
      loadTimeline(folder, plant(folder, block, gzipSync(JSON.stringify(content))));
    assertFault(
      () => loadTimeline(folder, plant(folder, block, new Uint8Array([1, 2]))),
      path,
      /must be gzipped JSON/,
    );
    assertFault(
      () => loadTimeline(folder, plant(folder, block, gzipSync("{"))),
      path,
      /must be gzipped JSON/,
    );
    assertFault(() => load({ ...timeline, extra: 1 }), path, /"extra"/);
    assertFault(() => load({ ...timeline, schemaVersion: 9 }), path, /"schemaVersion"/);
    assertFault(
      () => load({ ...timeline, blockIndex: 5 }),
      path,
      /of the block that names it: it is of block 5/,
    );
    assert.deepEqual(load(timeline), timeline);
    // A file that grows without end when it is unpacked must not take the memory with it.
    const bomb = gzipSync(new Uint8Array(80 * 2 ** 20));
    assertFault(() => loadTimeline(folder, plant(folder, block, bomb)), path, /must be gzipped JSON/);
  });
});

for (
  const [what, change, rule] of [
    [
      "columns of different length",
      { operations: { label: [0], gapUs: [1, 1], tookUs: [1] } },
      /equally long: they have 1, 2 and 1/,
    ],
    ["an unknown label", { labels: [] }, /one of the 0 labels: one has 0/],
    ["a negative duration", { operations: { label: [0], gapUs: [0], tookUs: [-1] } }, /tookUs/],
    [
      "an unknown query",
      { queries: [] },
      /"phases\.0": the stream of watch 0: its query must be one of 0: it is 0/,
    ],
  ] as const
) {
  Deno.test(`checkTimeline() refuses ${what}`, () => {
    const phases = examplePhases(1).map((phase) => ({ ...phase, ...change }));
    const checked = checkTimeline({ schemaVersion: 1, cellKey: "c", blockIndex: 0, phases });
    assert.match("rule" in checked ? checked.rule : "none", rule);
  });
}

for (
  const [what, change, rule] of [
    ["a change by no operation", { changeGaps: [21] }, /one of the 21 operations: one is made by 21/],
    ["a shorter column", { shownGaps: [0] }, /21 emissions show 1 states/],
    ["an emission of a change that is not there", { changeGaps: [0] }, /one of 1 changes: one shows 20/],
    ["a fault of no emission", { faults: [{ emission: 21, verdict: "phantom" }] }, /one is of emission 21/],
    ["an unknown verdict", { faults: [{ emission: 1, verdict: "lost" }] }, /verdict/],
    ["a span without end", { outdatedGapsUs: [1] }, /each span must have an end/],
    ["spans that go back", { requeryGapsUs: [5, -1] }, /its spans must be in order/],
    ["a time that is no whole number", { emissionGapsUs: [0.5] }, /emissionGapsUs/],
  ] as const
) {
  Deno.test(`checkTimeline() refuses a stream with ${what}`, () => {
    const phases = examplePhases(1).map((phase) => ({
      ...phase,
      streams: phase.streams.map((stream) => ({ ...stream, ...change })),
    }));
    const checked = checkTimeline({ schemaVersion: 1, cellKey: "c", blockIndex: 0, phases });
    assert.match("rule" in checked ? checked.rule : "none", rule);
  });
}

function filesIn(run: OpenRun): string[] {
  try {
    return [...Deno.readDirSync(join(run.folder, "timelines"))].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("append() writes nothing when the block or its timeline breaks the format", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    const broken = examplePhases(1).map((phase) => ({ ...phase, labels: [] }));
    assert.throws(() => run.append(exampleBlock(0), broken), {
      name: "TypeError",
      message:
        /Cannot write the timeline of block 0 of ".+" as it must be sound: "phases\.0": operations must/,
    });
    assert.throws(() => run.append({ ...exampleBlock(0), cellKey: "none" }, examplePhases(1)), TypeError);
    assert.deepEqual([run.blocks, filesIn(run)], [[], []]);
  });
});

Deno.test("append() replaces the timeline of a block that was not kept", () => {
  withDirectory((root) => {
    using run = createRun(exampleStart(root));
    run.append(exampleBlock(0), examplePhases(1));
    // What a process leaves that is killed between the two writes.
    const path = join(run.folder, "timelines", filesIn(run)[0]!);
    Deno.writeFileSync(path.replace("-0.json", "-1.json"), new Uint8Array([1]));
    Deno.writeFileSync(`${path.replace("-0.json", "-1.json")}.tmp`, new Uint8Array([1]));
    run.append(exampleBlock(1));
    run.append(exampleBlock(2), examplePhases(2));
    run.seal({ status: "partial", now: END });
    const { results } = loadRun(run.folder);
    assert.deepEqual(loadTimeline(run.folder, results[2]!)!.phases, examplePhases(2));
  });
});

Deno.test("resumeRun() knows which cells have a timeline", () => {
  withDirectory((root) => {
    const run = createRun(exampleStart(root));
    run.append(exampleBlock(0), examplePhases(1));
    run.append(exampleBlock(1));
    run.seal({ status: "partial", now: END });
    using resumed = resumeRun(run.folder);
    const [fast, slow] = [exampleBlock(0).cellKey, exampleBlock(1).cellKey];
    assert.deepEqual([resumed.hasTimeline(fast), resumed.hasTimeline(slow)], [true, false]);
    resumed.append(exampleBlock(3), examplePhases(3));
    assert.equal(resumed.hasTimeline(slow), true);
    resumed.seal({ status: "complete", now: END });
    assert.equal(loadRun(run.folder).results.length, 3);
  });
});
