import assert from "node:assert/strict";
import { parseTabs, type StoredTabs, storeTabs, tabsPage } from "./second_tab_page.ts";

const TABS: StoredTabs = storeTabs(
  [
    {
      adapter: "fast",
      options: { storage: "idb" },
      writeCount: 3,
      shownAfterMs: [1.23456, 20, 4],
      isRead: true,
    },
    { adapter: "deaf", options: {}, writeCount: 1, shownAfterMs: [], isRead: false },
    { adapter: "alone", options: {}, writeCount: 0, shownAfterMs: [], refused: "No | access.\nat line 3" },
    { adapter: "broken", options: {}, writeCount: 2, shownAfterMs: [7], fault: "closed" },
    {
      adapter: "memory",
      options: {},
      writeCount: 0,
      shownAfterMs: [],
      unavailable: "Its data ends with the page",
    },
  ],
  { chromium: "156.0", os: "linux", cpuModel: "CPU", commit: "0123456789abcdef", isDirty: false },
  new Date("2026-11-28T18:00:00Z"),
);

Deno.test("tabsPage() tells of each adapter whether the second tab opens, and what the first one sees when", () => {
  const page = tabsPage(TABS);
  const rows = page.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  assert.deepEqual(rows, [
    "| fast:storage=idb | opens | 3 of 3 | 4.0 ms | 20 ms | yes |",
    "| deaf | opens | none | - | - | no |",
    "| alone | refused: No \\| access | - | - | - | - |",
    "| broken | opens, then: closed | 1 of 2 | 7.0 ms | 7.0 ms | - |",
  ]);
  assert.match(page, /- memory was not tried: Its data ends with the page\./);
  assert.match(page, /Chromium 156\.0, linux, CPU, commit 0123456789ab\./);
});

Deno.test("parseTabs() reads what was stored, and names what does not fit", () => {
  assert.deepEqual(parseTabs(JSON.stringify(TABS), "a.json"), JSON.parse(JSON.stringify(TABS)));
  assert.throws(() => parseTabs(JSON.stringify({ ...TABS, reports: [{ adapter: 1 }] }), "a.json"), {
    name: "SyntaxError",
    message: /^Cannot read "a\.json" as it must hold what tabs saw: reports\.0\.adapter: /,
  });
});
