import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { METRICS } from "../../metrics/mod.ts";
import { recordFixture } from "../../testing/record_fixture.ts";
import { inlineAssets, runPage, type RunView, runView } from "./mod.ts";

const ASSETS = inlineAssets({ css: "p { color: red }", js: "void 0" });

function dataOf(page: string): RunView {
  const base64 = /id="page-data">([^<]*)</.exec(page)![1]!;
  return JSON.parse(inflateRawSync(Uint8Array.fromBase64(base64)).toString()) as RunView;
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
  assert.deepEqual(view, JSON.parse(JSON.stringify(runView(recordFixture()))));
  assert.ok(
    !/[\p{Cc}\p{Cf}]/u.test(Object.values(view).join("") + JSON.stringify(view).replaceAll("\\n", "")),
  );
  const liar = view.sections[0]!.cells.find(({ name }) => name.startsWith("liar"))!;
  assert.deepEqual([liar.status, liar.verdict, liar.phases, liar.metrics], ["wrong", "phantom", [], {}]);
  assert.match(liar.findings[0]!.detail, /after write 36/);
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
