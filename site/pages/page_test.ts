import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type { RunRecord } from "../../lib/model/mod.ts";
import { METRICS } from "../../lib/metrics/mod.ts";
import { hostileRecord } from "../../lib/testing/hostile_record.ts";
import { olderRecordFixture, recordFixture } from "../../lib/testing/record_fixture.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { wideRecord } from "../../lib/testing/wide_record.ts";
import { METRIC_VIEWS, metricsScript } from "./metric_views.ts";
import {
  DevicesBuilder,
  inlineAssets,
  recordScript,
  runHref,
  runLine,
  runNameIn,
  runPage,
  runPoints,
  runsPage,
} from "./mod.ts";
import { parseRecordLines, recordLines } from "./record_lines.ts";
import { runView } from "./run_view.ts";
import { significant } from "./significant.ts";
import type { RunView } from "./view.ts";

const ASSETS = inlineAssets({ css: "p { color: red }", js: "void 0" });

const DATA = /<script type="text\/plain" id="page-data"([^>]*)>([^<]*)</;

/** The data of a page, unpacked. */
function unpacked(page: string): string {
  return inflated(DATA.exec(page)![2]!);
}

function inflated(base64: string): string {
  return inflateRawSync(Uint8Array.fromBase64(base64)).toString();
}

function viewOf(record: RunRecord): RunView {
  return runView(record, summarizeRun(record), METRIC_VIEWS);
}

Deno.test("runPage() gives the same bytes for the same record", () => {
  assert.equal(runPage(recordFixture(), ASSETS), runPage(recordFixture(), ASSETS));
});

Deno.test("runPage() allows its own script and style by digest and nothing else", () => {
  const page = runPage(recordFixture(), ASSETS);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  assert.deepEqual(policy.split("; "), [
    "default-src 'none'",
    `script-src ${digest("void 0")}`,
    `style-src ${digest("p { color: red }")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.ok(!/\son\w+=|\sstyle=|https?:/.test(page));
});

Deno.test("runPage() says how commands are typed where they are no tasks", () => {
  const frame = (program?: string): string => {
    const page = runPage(recordFixture(), inlineAssets({ css: "", js: "" }, program));
    return /<html[^>]*>/.exec(page)![0];
  };
  assert.equal(frame("npx watchbench"), '<html lang="en" data-theme="auto" data-program="npx watchbench">');
  assert.equal(frame(), '<html lang="en" data-theme="auto">');
});

Deno.test("runPage() keeps a hostile label text in the frame", () => {
  const page = runPage({ ...recordFixture(), label: `</title><script>alert(1)</script>"'` }, ASSETS);
  assert.equal(page.match(/<script/g)!.length, 2);
  assert.ok(page.includes("<h1>&#60;/title&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;</h1>"));
});

Deno.test("runPage() carries the record as it is", () => {
  assert.deepEqual(parseRecordLines(unpacked(runPage(recordFixture(), ASSETS))), recordFixture());
});

Deno.test("runsPage() carries no record, and recordScript() hands one over", () => {
  const page = runsPage(ASSETS, [{ text: "Runs", path: "index.html" }]);
  assert.deepEqual(DATA.exec(page)!.slice(1), [' data-page="run"', ""]);
  assert.ok(page.includes('<a href="index.html">Runs</a>'));
  const [, base64] = /^watchbenchRecord\("([^"]*)"\);\n$/.exec(recordScript(wideRecord(12)))!;
  assert.deepEqual(parseRecordLines(inflated(base64!)), wideRecord(12));
});

Deno.test("runNameIn() reads a name from an address, and nothing that could lead elsewhere", () => {
  const name = "2026-11-22T10-00-00-a_b.c";
  assert.equal(runNameIn(runHref(name).slice("run.html".length)), name);
  for (const search of ["", "?run=", "?run=../x", "?run=a/b", "?run=a%2Fb", "?other=1", "?run=a b"]) {
    assert.equal(runNameIn(search), undefined, search);
  }
});

Deno.test("recordLines() takes blocks as they are stored, and parseRecordLines() gives the record again", () => {
  const record = recordFixture();
  const stored = new TextEncoder().encode(
    record.results.map((block) => `${JSON.stringify(block)}\n`).join(""),
  );
  assert.deepEqual(recordLines(record, stored), recordLines(record));
  assert.deepEqual(parseRecordLines(new TextDecoder().decode(recordLines(record))), record);
  const empty = { ...record, results: [] };
  assert.deepEqual(parseRecordLines(new TextDecoder().decode(recordLines(empty))), empty);
});

Deno.test("runView() holds no invisible character and no number of a cell that was wrong", () => {
  const view = viewOf(recordFixture());
  assert.ok(!/[\p{Cc}\p{Cf}]/u.test(JSON.stringify(view)));
  const liar = view.sections[0]!.cells.find(({ name }) => name.startsWith("liar"))!;
  assert.deepEqual([liar.status, liar.verdict, liar.phases, liar.metrics], ["wrong", "phantom", [], {}]);
  assert.match(liar.findings[0]!.detail, /after write 36/);
});

Deno.test("runView() tells of each adapter what it gets wrong with its options, how it is driven and how long it waits", () => {
  const { adapters } = viewOf(recordFixture());
  const [floor, tinybase, pglite] = adapters;
  assert.deepEqual(tinybase!.knownGaps.map(({ title, scenario }) => [title, scenario]), [
    ["ordered limit window", "watch/ordered-limit-window"],
  ]);
  assert.deepEqual(pglite!.knownGaps, [], "its gap is one of another option");
  assert.deepEqual([floor!.delay, tinybase!.delay?.atMostMs, pglite!.delay], [undefined, 0, {
    atMostMs: 30,
    isDefault: false,
    reason: "pglite 1.0 waits | for nobody",
  }]);
  assert.deepEqual([tinybase!.cellClass, tinybase!.worksOn, tinybase!.runsIn], [
    "memory",
    "caller",
    ["deno", "node", "browser"],
  ]);
  assert.deepEqual(tinybase!.idioms.map(({ act, source }) => [act, source]), [
    ["write", "example.com/docs#write"],
    ["batch", "example.com/docs#batch"],
    ["read a page", "lib/adapters/tinybase.ts"],
    ["read by key", "example.com/docs#read"],
    ["join", "example.com/docs#read"],
    ["watch a row", "example.com/docs#watch"],
  ]);
  assert.deepEqual(floor!.idioms, [], "older records do not say");
});

Deno.test("runView() links to plain https addresses only", () => {
  const links = viewOf(hostileRecord()).adapters.flatMap(({ idioms }) => idioms.map(({ link }) => link));
  assert.ok(links.length > 0);
  assert.deepEqual(links.filter((link) => link !== ""), []);
});

Deno.test("metricsScript() is the registry, and cannot end its element", () => {
  const text = metricsScript();
  assert.ok(!text.includes("<"));
  const [, json] = /^globalThis\.watchbenchMetrics=(.*);\n$/.exec(text)!;
  assert.deepEqual((JSON.parse(json!) as { id: string }[]).map(({ id }) => id), METRICS.map(({ id }) => id));
});

Deno.test("runView() takes its metrics from the registry, in the order of its reports and with the meaning they had", () => {
  const { metrics, meaning } = viewOf(recordFixture());
  assert.deepEqual(metrics.slice(0, 4).map(({ id }) => id), [
    "done_ns",
    "done_per_operation_ns",
    "shown_p50_ns",
    "shown_p99_ns",
  ]);
  assert.equal(meaning, "");
  const older = viewOf(olderRecordFixture());
  assert.equal(older.metrics[0]!.id, "wall_ns");
  assert.match(older.meaning, /meaning of before/);
  const meaningOf = (all: typeof metrics) => all.find(({ id }) => id === "latency_p99_ns")!.meaning;
  assert.notEqual(meaningOf(older.metrics), meaningOf(metrics));
  assert.ok(
    metrics.every(({ title, meaning, unit }) => title !== "" && meaning !== "" && (unit as string) !== ""),
  );
});

Deno.test("runView() draws the 99th percentile that was recorded, and none that its samples do not carry", () => {
  const record = recordFixture();
  const quantile = (record: RunRecord, share: number): number | null => {
    const view = viewOf(record);
    const { quantilesNs } = view.sections[0]!.cells.find(({ name }) => name === "tinybase")!.phases[0]!
      .operations[0]!;
    return quantilesNs[view.shares.indexOf(share)]!;
  };
  // The stored quantiles of the fixture reach half as far again as the percentile that was recorded.
  const recorded = record.results.filter(({ cellKey }) => cellKey.includes("/tinybase/")).flatMap((block) =>
    block.status === "measured" ? block.phases.filter(({ name }) => name === "burst") : []
  ).map(({ operations }) => operations[0]!.metrics["latency_p99_ns"]!);
  assert.equal(quantile(record, 0.99), significant(recorded[1]!, 5));
  assert.notEqual(quantile(record, 0.95), null);
  const withoutTail = record.results.map((block) =>
    block.status !== "measured" ? block : {
      ...block,
      phases: block.phases.map((phase) => ({
        ...phase,
        operations: phase.operations.map((operation) => {
          const { latency_p99_ns: _, ...metrics } = operation.metrics;
          return { ...operation, metrics };
        }),
      })),
    }
  );
  assert.equal(quantile({ ...record, results: withoutTail }, 0.99), null);
});

Deno.test("runPoints() keeps numbers of different meanings in lanes of their own", () => {
  const lanesOf = (record: RunRecord) => new Set(runPoints(record).cells.map(({ lane }) => lane));
  const [now, before] = [lanesOf(recordFixture()), lanesOf(olderRecordFixture())];
  assert.equal(now.intersection(before).size, 0);
  const devices = new DevicesBuilder();
  for (const record of [recordFixture(), olderRecordFixture()]) {
    devices.addRun(runLine(record, "a.html"), runPoints(record));
  }
  const { rows } = devices.view();
  assert.ok(
    [...now, ...before].every((lane) => rows.some((row) => row.lane === lane && row.spans[0] !== null)),
  );
});

Deno.test("runView() shows nothing of an anchor that the bench added", () => {
  const record = recordFixture();
  const cells = record.settings.cells.map((cell, index) =>
    index === 0 ? { ...cell, anchor: true as const } : cell
  );
  const view = viewOf({ ...record, settings: { ...record.settings, cells } });
  assert.ok(!view.blocks.some(({ title }) => title.startsWith("keyed-pk@2 node-sqlite")));
  assert.ok(view.blocks.length > 0);
});
