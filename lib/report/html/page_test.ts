import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type { RunRecord } from "../../model/mod.ts";
import { METRICS } from "../../metrics/mod.ts";
import { recordFixture } from "../../testing/record_fixture.ts";
import { summarizeRun } from "../summarize_run.ts";
import { wideRecord } from "../../testing/wide_record.ts";
import {
  inlineAssets,
  metricsScript,
  runPage,
  type RunPageData,
  runPageData,
  type RunPageFiles,
  runPageFiles,
  runView,
} from "./mod.ts";

const ASSETS = inlineAssets({ css: "p { color: red }", js: "void 0" });

function dataOf(page: string): RunPageData {
  return inflated(/id="page-data">([^<]*)</.exec(page)![1]!);
}

function inflated(base64: string): RunPageData {
  return JSON.parse(inflateRawSync(Uint8Array.fromBase64(base64)).toString()) as RunPageData;
}

function filesOf(record: RunRecord): RunPageFiles {
  return runPageFiles(record, summarizeRun(record), {
    links: [],
    source: { kind: "file", href: "../data/timelines-a.js" },
    detailsHref: "../data/details-a.js",
  });
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

Deno.test("runPage() keeps a hostile label text in the frame", () => {
  const page = runPage({ ...recordFixture(), label: `</title><script>alert(1)</script>"'` }, ASSETS);
  assert.equal(page.match(/<script/g)!.length, 2);
  assert.ok(page.includes("<h1>&#60;/title&#62;&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;</h1>"));
});

Deno.test("runView() holds no invisible character and no number of a cell that was wrong", () => {
  const view = dataOf(runPage(recordFixture(), ASSETS));
  assert.deepEqual(view, JSON.parse(JSON.stringify(runPageData(runView(recordFixture())))));
  assert.ok(
    !/[\p{Cc}\p{Cf}]/u.test(Object.values(view).join("") + JSON.stringify(view).replaceAll("\\n", "")),
  );
  const liar = view.sections[0]!.cells.find(({ name }) => name.startsWith("liar"))!;
  assert.deepEqual([liar.status, liar.verdict, liar.phases, liar.metrics], ["wrong", "phantom", [], {}]);
  assert.match(liar.findings[0]!.detail, /after write 36/);
});

Deno.test("runPageFiles() gives one file of a small run, and of a large one a head and the rest", () => {
  assert.equal(filesOf(recordFixture()).details, undefined);
  const record = wideRecord(12);
  const { page, details } = filesOf(record);
  const head = dataOf(page);
  assert.equal(head.details, "../data/details-a.js");
  assert.ok(page.length < details!.length / 2, `${page.length} beside ${details!.length}`);
  const [, base64] = /^watchbenchDetails\("([^"]*)"\);\n$/.exec(details!)!;
  assert.deepEqual(inflated(base64!), JSON.parse(JSON.stringify(runPageData(runView(record)))));
  assert.deepEqual(head.sections.map(({ key }) => key), runView(record).sections.map(({ key }) => key));
  const metrics = head.sections.flatMap(({ cells }) => cells).flatMap(({ phases }) => phases)
    .flatMap(({ metrics }) => Object.keys(metrics));
  assert.deepEqual([...new Set(metrics)], ["wall_ns"]);
});

Deno.test("metricsScript() is the registry, and cannot end its element", () => {
  const text = metricsScript();
  assert.ok(!text.includes("<"));
  const [, json] = /^globalThis\.watchbenchMetrics=(.*);\n$/.exec(text)!;
  assert.deepEqual((JSON.parse(json!) as { id: string }[]).map(({ id }) => id), METRICS.map(({ id }) => id));
});

Deno.test("runView() takes its metrics from the registry, in its order", () => {
  const { metrics } = runView(recordFixture());
  const ids = METRICS.map(({ id }) => id);
  assert.deepEqual(
    metrics.map(({ id }) => id),
    ids.filter((id) => metrics.some((metric) => metric.id === id)),
  );
  assert.ok(
    metrics.every(({ title, meaning, unit }) => title !== "" && meaning !== "" && (unit as string) !== ""),
  );
});
