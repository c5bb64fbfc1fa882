import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import type { BlockTimeline, PhaseTimeline } from "../../lib/model/mod.ts";
import { HOSTILE_TEXT, recordFixture } from "../../lib/testing/record_fixture.ts";
import { starvedPhase, wrongPhase } from "../../lib/testing/timeline_fixture.ts";
import { runPage } from "./mod.ts";
import { timelinesJson } from "./timeline.ts";

function timelineOf(...phases: PhaseTimeline[]): BlockTimeline {
  return { schemaVersion: 1, cellKey: "c", blockIndex: 0, phases };
}

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
  const timelines = new Map([[1, timelineOf(starvedPhase())]]);
  const assets = { kind: "inline", css: "", js: "" } as const;
  const page = runPage(recordFixture(), assets, timelines);
  assert.match(page, /<script type="text\/plain" id="timelines">\{"1":"[\w+/=]+"\}<\/script>/);
  assert.doesNotMatch(runPage(recordFixture(), assets), /id="timelines"/);
});
