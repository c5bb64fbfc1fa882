import assert from "node:assert/strict";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { runFeed } from "./run_feed.ts";
import { runLine } from "./run_line.ts";
import { siteMap } from "./site_map.ts";

Deno.test("siteMap() names every page below the address, as XML", () => {
  const text = siteMap("https://example.org/b/", [
    { path: "", changedAt: "2026-11-28T10:00:00.000Z" },
    { path: "run.html?run=a&b=<c>" },
  ]);
  assert.deepEqual(text.split("\n").slice(2, -2), [
    "<url><loc>https://example.org/b/</loc><lastmod>2026-11-28</lastmod></url>",
    "<url><loc>https://example.org/b/run.html?run=a&#38;b=&#60;c&#62;</loc></url>",
  ]);
});

Deno.test("runFeed() shows the newest runs that are over, and nothing of a label is markup", () => {
  const line = runLine(recordFixture(), "run.html?run=x");
  const at = (day: string) => ({ ...line, startedAt: `2026-11-${day}T10:00:00.000Z` });
  const text = runFeed("https://example.org/", [
    { ...at("01"), label: "<b>first</b> & more" },
    { ...at("03"), label: "going on", status: "running" },
    { ...at("02"), label: "second" },
  ]);
  const titles = [...text.matchAll(/<item><title>([^<]*)</g)].map(([, title]) => title);
  assert.deepEqual(titles, ["second", "&#60;b&#62;first&#60;/b&#62; &#38; more"]);
  assert.ok(text.includes("<link>https://example.org/run.html?run=x</link>"));
  assert.ok(text.includes("<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>"));
  const many = runFeed("https://example.org/", Array.from({ length: 60 }, () => line));
  assert.equal(many.match(/<item>/g)!.length, 50);
});
