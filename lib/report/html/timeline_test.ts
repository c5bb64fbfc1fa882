import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import type { BlockTimeline, PhaseTimeline, RunRecord } from "../../model/mod.ts";
import { HOSTILE_TEXT, recordFixture } from "../../testing/record_fixture.ts";
import { starvedPhase, wrongPhase } from "../../testing/timeline_fixture.ts";
import { summarizeRun } from "../summarize_run.ts";
import { runPage } from "./mod.ts";
import { runTimelines, timelinesJson } from "./timeline.ts";

const REFERENCE = { file: "x.json.gz", sha256: "0".repeat(64) };

function timelineOf(...phases: PhaseTimeline[]): BlockTimeline {
  return { schemaVersion: 1, cellKey: "c", blockIndex: 0, phases };
}

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
  const { file, links } = runTimelines(record, summary, { kind: "file", href: "../data/x.js" })!;
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
  assert.equal(runTimelines(plain, summarizeRun(plain), { kind: "file", href: "x" }), undefined);
  assert.equal(runTimelines(pictured, summarizeRun(pictured), undefined), undefined);
});

Deno.test("timelinesJson() packs each by itself, with every text made visible", () => {
  const json = timelinesJson(
    new Map([[3, timelineOf(wrongPhase(HOSTILE_TEXT))], [7, timelineOf(starvedPhase())]]),
  );
  assert.match(json, /^\{"3":"[\w+/=]+","7":"[\w+/=]+"\}$/, "nothing in it can end an element");
  const packed = JSON.parse(json) as Record<string, string>;
  const unpack = (key: string): unknown =>
    JSON.parse(inflateRawSync(Uint8Array.fromBase64(packed[key]!)).toString());
  assert.deepEqual(unpack("7"), [starvedPhase()]);
  const text = JSON.stringify(unpack("3"));
  // deno-lint-ignore no-control-regex -- control characters are what this is about
  assert.doesNotMatch(text, /[\x00-\x1f\u202e]/);
  assert.match(text, /\{U\+202E\}evil/);
});

Deno.test("runPage() carries timelines itself when it is alone", () => {
  const record = picturedRecord();
  const timelines = new Map([[1, timelineOf(starvedPhase())]]);
  const page = runPage(record, { kind: "inline", css: "", js: "" }, [], summarizeRun(record), {
    kind: "page",
    timelines,
  });
  assert.match(page, /<script type="text\/plain" id="timelines">\{"1":"[\w+/=]+"\}<\/script>/);
  const without = runPage(record, { kind: "inline", css: "", js: "" });
  assert.doesNotMatch(without, /id="timelines"/);
});
