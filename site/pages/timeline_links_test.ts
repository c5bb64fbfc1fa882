import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/model/mod.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { runTimelines } from "./timeline_links.ts";

const REFERENCE = { file: "x.json.gz", sha256: "0".repeat(64) };

/** The fixture, whose first blocks left timelines. */
function picturedRecord(): RunRecord {
  const record = recordFixture();
  return {
    ...record,
    results: record.results.map((block) =>
      block.status === "measured" && block.blockIndex < 2 ? { ...block, timeline: REFERENCE } : block
    ),
  };
}

Deno.test("runTimelines() lists them by cell and block, wrong cells too", () => {
  const record = picturedRecord();
  const summary = summarizeRun(record);
  const { file, links } = runTimelines(record, summary, "../data/x.js")!;
  assert.equal(file, "../data/x.js");
  const names = links.map(({ section, cell, block, position }) => {
    const found = summary.sections[section]!.cells[cell]!;
    assert.equal(record.results.find((one) => one.position === position)!.cellKey, found.cell.key);
    return `${found.name} ${block}`;
  });
  assert.deepEqual(names.slice(0, 4), ["node-sqlite 0", "node-sqlite 1", "tinybase 0", "tinybase 1"]);
  assert.ok(names.includes("liar[note=a|b] 1"));
  assert.ok(!names.some((name) => name.startsWith("crasher")));
});

Deno.test("runTimelines() offers none where none is stored or none can be loaded", () => {
  const [plain, pictured] = [recordFixture(), picturedRecord()];
  assert.equal(runTimelines(plain, summarizeRun(plain), "x"), undefined);
  assert.equal(runTimelines(pictured, summarizeRun(pictured), undefined), undefined);
});
