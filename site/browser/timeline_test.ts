import assert from "node:assert/strict";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import type { BlockTimeline, PhaseTimeline, RunRecord } from "../../lib/model/mod.ts";
import {
  inlineAssets,
  readAssets,
  recordScript,
  runFiles,
  runPage,
  runsPage,
  sharedAssets,
  type TimelinesByPosition,
  timelinesScript,
} from "../pages/mod.ts";
import { HOSTILE, LONG_NAME } from "../../lib/testing/hostile_record.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { phaseOf, starvedPhase, stormPhase, wrongPhase } from "../../lib/testing/timeline_fixture.ts";
import { axeViolations, eventually, unfold } from "./_page.ts";
import { browserTests } from "./_with_browser.ts";

/** Ids of the buttons of cells in the fixture. */
const [FLOOR, TINYBASE, LIAR] = ["#timeline-0-0", "#timeline-0-1", "#timeline-0-3"] as const;

const PHASES: Readonly<Record<string, readonly PhaseTimeline[]>> = {
  "node-sqlite": [phaseOf(20, { unwatched: true })],
  tinybase: [phaseOf(5, { phase: "baseline" }), starvedPhase(), { ...stormPhase(), phase: "storm" }],
  liar: [wrongPhase(HOSTILE), wrongPhase(LONG_NAME)],
};

/** The common fixture with timelines of its first blocks; of the liar, those of two blocks. */
function picturedRun(): { record: RunRecord; timelines: TimelinesByPosition } {
  const timelines = new Map<number, BlockTimeline>();
  const plain = recordFixture();
  const results = plain.results.map((block) => {
    const { adapter } = plain.settings.cells.find(({ key }) => key === block.cellKey)!;
    const phases = PHASES[adapter];
    const isWanted = block.blockIndex === 0 || (adapter === "liar" && block.blockIndex === 1);
    if (block.status !== "measured" || phases === undefined || !isWanted) return block;
    const { cellKey, blockIndex } = block;
    timelines.set(block.position, { schemaVersion: 1, cellKey, blockIndex, phases });
    return { ...block, timeline: { file: "x.json.gz", sha256: "0".repeat(64) } };
  });
  return { record: { ...plain, results }, timelines };
}

type PageName = "site" | "alone" | "broken";

function writePages(folder: string): Readonly<Record<PageName, string>> {
  const { record, timelines } = picturedRun();
  const assets = readAssets();
  for (const name of ["assets", "data"]) Deno.mkdirSync(join(folder, name));
  const write = (path: string, text: string): string => {
    Deno.writeTextFileSync(join(folder, path), text);
    return join(folder, path);
  };
  write("assets/report.css", assets.css);
  write("assets/report.js", assets.js);
  const shown = write("run.html", runsPage(sharedAssets(0)));
  for (const name of ["site", "broken"]) write(runFiles(name).record, recordScript(record));
  write(runFiles("site").timelines, timelinesScript(timelines));
  return {
    site: `${shown}?run=site`,
    broken: `${shown}?run=broken`,
    alone: write("alone.html", runPage(record, inlineAssets(assets), timelines)),
  };
}

const withPages = browserTests<PageName>((folder) => {
  const pages = writePages(folder);
  return Promise.resolve((page) => pages[page]);
});

/** Unfolds the workload in which a button is. */
async function unfoldAround(tab: Page, id: string): Promise<void> {
  await tab.locator("details.folded", { has: tab.locator(id) })
    .evaluate((details) => (details as HTMLDetailsElement).open = true);
}

/** Opens a cell's timeline; resolves to its figure when its chart is drawn. */
async function openTimeline(tab: Page, id: string): Promise<Locator> {
  await unfoldAround(tab, id);
  await tab.locator(id).click();
  const figure = tab.locator("figure.timeline").last();
  await figure.locator(".timeline-chart[data-from]").waitFor();
  return figure;
}

/** What part of the phase is visible. */
async function span(figure: Locator): Promise<readonly [number, number]> {
  const chart = figure.locator(".timeline-chart");
  return [Number(await chart.getAttribute("data-from")), Number(await chart.getAttribute("data-to"))];
}

/** Resolves when something else is visible than before, and stays so for two frames. */
function changed(figure: Locator, before: readonly [number, number]): Promise<readonly [number, number]> {
  return eventually(async () => {
    const now = await span(figure);
    assert.notDeepEqual(now, before, "the chart must change");
    await frames(figure.page());
    assert.deepEqual(await span(figure), now);
    return now;
  });
}

/** Two frames: what was asked for before the first is drawn by the second. */
async function frames(tab: Page): Promise<void> {
  await tab.evaluate(() =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  );
}

/** How many pixels of a canvas have a colour. */
function inked(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
    let count = 0;
    for (let index = 3; index < data.length; index += 4) if (data[index]! > 0) count++;
    return count;
  });
}

withPages("timelines open on demand, in a site and alone, without an error or a request", async (t, open) => {
  for (const page of ["site", "alone"] as const) {
    await t.step(page, async () => {
      const { tab, faults } = await open(page);
      assert.equal(await tab.locator("figure.timeline").count(), 0);
      const figure = await openTimeline(tab, TINYBASE);
      assert.equal(
        await figure.locator(".words").innerText(),
        "3 of 100 commits were shown; the screen was outdated 98 % of the time, longest span 40.1 ms. 3 updates after 3 re-queries.",
      );
      await eventually(async () => assert.ok(await inked(figure.locator("canvas").first()) > 1000));
      await eventually(async () =>
        assert.ok(await inked(figure.locator(".lanes canvas")) > 20_000, "most of the lane is shaded")
      );
      assert.equal(await tab.locator(TINYBASE).getAttribute("aria-expanded"), "true");
      await tab.locator(TINYBASE).click();
      assert.equal(await tab.locator("figure.timeline").count(), 0);
      assert.deepEqual(faults, []);
    });
  }
});

withPages("an address opens a timeline", async (_t, open) => {
  const { tab } = await open("site");
  await tab.goto(`${tab.url()}${TINYBASE}`);
  await tab.reload();
  await tab.locator("figure.timeline .timeline-chart[data-from]").waitFor();
  await tab.waitForFunction(() => scrollY > 0);
});

withPages(
  "a timeline zooms and moves by drag, wheel, keys and buttons, and shows all again",
  async (_t, open) => {
    const { tab, faults } = await open("site");
    const figure = await openTimeline(tab, TINYBASE);
    const plot = figure.locator(".plot-area");
    await plot.scrollIntoViewIfNeeded();
    const all = await span(figure);
    const box = (await plot.boundingBox())!;
    const y = box.y + 80;

    await tab.mouse.move(box.x + 400, y);
    await tab.mouse.down();
    await tab.mouse.move(box.x + 600, y, { steps: 4 });
    await tab.mouse.up();
    const dragged = await changed(figure, all);
    assert.ok(dragged[0] > all[0] && dragged[1] < all[1]);
    await eventually(async () =>
      assert.match(
        await figure.locator(".timeline-tools .span").innerText(),
        /^\d+\.\d{3} ms to \d+\.\d{3} ms$/,
      )
    );

    await tab.keyboard.down("Shift");
    await tab.mouse.move(box.x + 400, y);
    await tab.mouse.down();
    await tab.mouse.move(box.x + 500, y, { steps: 4 });
    await tab.mouse.up();
    await tab.keyboard.up("Shift");
    const moved = await changed(figure, dragged);
    assert.ok(moved[0] < dragged[0]);
    assert.ok(Math.abs((moved[1] - moved[0]) - (dragged[1] - dragged[0])) <= 1, "moving keeps the length");

    await tab.mouse.move(box.x + 500, y);
    await plot.dblclick({ position: { x: 500, y: 80 } });
    assert.deepEqual(await changed(figure, moved), all);

    await plot.focus();
    await tab.mouse.wheel(0, -100);
    const wheeled = await changed(figure, all);
    assert.ok(wheeled[1] - wheeled[0] < all[1] - all[0]);
    await tab.keyboard.press("Home");
    assert.deepEqual(await changed(figure, wheeled), all);
    await tab.keyboard.press("+");
    const zoomed = await changed(figure, all);
    await tab.keyboard.press("ArrowRight");
    const later = await changed(figure, zoomed);
    assert.ok(later[0] > zoomed[0]);
    await figure.getByRole("button", { name: "Show all of the phase" }).click();
    await changed(figure, later);
    await figure.getByRole("button", { name: "Zoom in" }).click();
    await changed(figure, all);
    assert.deepEqual(faults, []);
  },
);

withPages("a plain wheel scrolls the page as long as the chart was not chosen", async (_t, open) => {
  const { tab } = await open("site");
  const figure = await openTimeline(tab, TINYBASE);
  const plot = figure.locator(".plot-area");
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox())!;
  const all = await span(figure);
  const before = await tab.evaluate(() => scrollY);
  await tab.mouse.move(box.x + 500, box.y + 60);
  await tab.mouse.wheel(0, 200);
  await tab.waitForFunction((top) => scrollY > top, before);
  assert.deepEqual(await span(figure), all);
});

withPages("marks are read by pointer and by keys", async (_t, open) => {
  const { tab } = await open("site");
  const figure = await openTimeline(tab, TINYBASE);
  const plot = figure.locator(".plot-area");
  await plot.scrollIntoViewIfNeeded();
  const tip = figure.locator(".tooltip");
  const tells = (text: RegExp): Promise<void> =>
    eventually(async () => assert.match(await tip.innerText(), text));
  await plot.focus();
  await tab.keyboard.press("n");
  await tells(/^#1 items: First result at -900 us shows the state at the start$/);
  await tab.keyboard.press("n");
  await tells(
    /^#1 items: Update 1 of 3 at 40\.600 ms shows commit 41 of 100, 41 commits at once, 100 us after its acknowledgement$/,
  );
  await tab.keyboard.press("Escape");
  await tip.waitFor({ state: "hidden" });

  const [from, to] = await span(figure);
  const box = (await plot.boundingBox())!;
  // The lanes begin behind the names and end before the room of a scroll bar.
  const x = (us: number): number => box.x + 176 + (us - from) / (to - from) * (box.width - 14 - 176);
  await tab.mouse.move(x(20_000), box.y + 24 + 12);
  await tells(/^Operation \d+ of 100, update \(write\): .* took 500 us$/);
  await tab.mouse.move(x(60_000), box.y + 24 + 24 + 60);
  await tells(/^#1 items: outdated for 39\.1 ms, from 41\.500 ms to 80\.600 ms$/);
  await tab.mouse.move(x(40_300), box.y + 24 + 24 + 110);
  await tells(/re-query from 40\.000 ms, took 500 us|Update 1 of 3/);
  await tab.mouse.move(box.x + 600, box.y - 50);
  await tip.waitFor({ state: "hidden" });
});

withPages("many live queries are ordered, searched and scrolled", async (_t, open) => {
  const { tab, faults } = await open("site");
  const figure = await openTimeline(tab, TINYBASE);
  await figure.getByLabel("Phase", { exact: true }).selectOption("storm");
  await figure.locator(".words", { hasText: "1,770 of them showed nothing new" }).waitFor();
  const status = figure.getByRole("status").filter({ hasText: "live queries" });
  await status.filter({ hasText: "60 of 60" }).waitFor();
  const lanes = figure.locator(".lanes");
  const image = (): Promise<string> =>
    lanes.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const differs = (before: string): Promise<string> =>
    eventually(async () => {
      const now = await image();
      assert.ok(now !== before, "the lanes must be drawn anew");
      return now;
    });
  assert.ok(await lanes.evaluate((box) => box.scrollHeight > box.clientHeight));
  await frames(tab);
  const first = await image();
  await lanes.evaluate((box) => box.scrollTop = 300);
  const scrolled = await differs(first);
  await figure.getByLabel("Order", { exact: true }).selectOption("watch");
  await differs(scrolled);
  await figure.getByRole("searchbox").fill("#7 ITEMS");
  await status.filter({ hasText: "1 of 60" }).waitFor();
  await figure.getByRole("searchbox").fill("no such thing");
  await status.filter({ hasText: "0 of 60" }).waitFor();
  assert.deepEqual(faults, []);
});

withPages("what is chosen in a timeline stands in the address", async (_t, open) => {
  const { tab } = await open("site");
  const figure = await openTimeline(tab, TINYBASE);
  await figure.getByLabel("Phase", { exact: true }).selectOption("storm");
  const status = figure.getByRole("status").filter({ hasText: "live queries" });
  await status.filter({ hasText: "60 of 60" }).waitFor();
  await figure.getByLabel("Order", { exact: true }).selectOption("watch");
  await figure.getByRole("searchbox").fill("#7 ITEMS");
  await status.filter({ hasText: "1 of 60" }).waitFor();
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  await status.filter({ hasText: "1 of 60" }).waitFor();
  assert.equal(await figure.getByLabel("Phase", { exact: true }).inputValue(), "storm");
  assert.equal(await figure.getByLabel("Order", { exact: true }).inputValue(), "watch");
  assert.equal(await figure.getByRole("searchbox").inputValue(), "#7 ITEMS");
});

withPages("the numbers behind the marks sort", async (_t, open) => {
  const { tab } = await open("site");
  const figure = await openTimeline(tab, TINYBASE);
  await figure.getByLabel("Phase", { exact: true }).selectOption("storm");
  await figure.locator(".words", { hasText: "1,770 of them showed nothing new" }).waitFor();
  await figure.locator("details.numbers summary").click();
  const table = figure.locator("table").first();
  await eventually(async () => assert.equal(await table.locator("tbody tr").count(), 60));
  const head = table.locator("thead th", { hasText: "nothing new" });
  await head.getByRole("button").click();
  await head.getByRole("button").click();
  assert.equal(await head.getAttribute("aria-sort"), "descending");
  assert.match(await table.locator("tbody tr").first().innerText(), /#31 items \(31\)\s+0\s+0\s+30\s+30/);
  // One change, 31 emissions and a span of the busiest.
  assert.equal(await figure.locator("table").nth(1).locator("tbody tr").count(), 33);
});

withPages("a timeline that lies says so, and its texts stay texts", async (_t, open) => {
  for (const page of ["site", "alone"] as const) {
    const { tab, faults } = await open(page);
    const figure = await openTimeline(tab, LIAR);
    assert.match(
      await figure.locator(".words.wrong").innerText(),
      /2 updates cannot be true.*did not end with the final/,
    );
    await figure.locator("details.numbers summary").click();
    await figure.locator("table").first().waitFor();
    const text = await figure.innerText();
    assert.ok(text.includes("<script>") && text.includes("{U+202E}"));
    assert.match(text, /equals no committed state/);
    const first = await figure.locator(".timeline-chart").elementHandle();
    await figure.getByLabel("Repetition", { exact: true }).selectOption("repetition 1");
    await first!.waitForElementState("hidden");
    await figure.locator(".timeline-chart[data-from]").waitFor();
    assert.equal(await tab.evaluate(() => "pwned" in globalThis), false);
    assert.equal(await tab.locator("main img, main script").count(), 0);
    assert.deepEqual(faults, []);
  }
});

withPages("a floor shows its operations", async (_t, open) => {
  const { tab } = await open("site");
  const figure = await openTimeline(tab, FLOOR);
  assert.match(await figure.locator(".words").innerText(), /^20 operations in 20\.0 ms, unwatched/);
  await figure.locator("details.numbers summary").click();
  await eventually(async () => assert.equal(await figure.locator("tbody tr").count(), 20));
});

withPages("a timeline whose file is gone says which", async (_t, open) => {
  const { tab } = await open("broken");
  await unfoldAround(tab, TINYBASE);
  await tab.locator(TINYBASE).click();
  const alert = tab.locator("figure.timeline").getByRole("alert");
  assert.match(
    await alert.innerText(),
    /Cannot load data\/timelines-broken\.js as it must stand beside the page/,
  );
});

withPages(
  "no timeline is wider than the window or has an accessibility fault that axe finds",
  async (t, open) => {
    for (const [width, theme] of [[360, "light"], [1440, "light"], [1440, "dark"]] as const) {
      await t.step(`${width} px, ${theme}`, async () => {
        const { tab } = await open("site", width, theme);
        for (const id of [FLOOR, TINYBASE, LIAR]) await openTimeline(tab, id);
        await tab.locator("figure.timeline").nth(1).getByLabel("Phase", { exact: true }).selectOption(
          "storm",
        );
        await tab.locator("figure.timeline .words", { hasText: "1,770" }).waitFor();
        await unfold(tab);
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
        assert.deepEqual(await axeViolations(tab, theme), []);
      });
    }
  },
);

withPages("a timeline follows the theme", async (_t, open) => {
  const { tab } = await open("site", 1440, "light");
  const figure = await openTimeline(tab, TINYBASE);
  const image = (): Promise<string> =>
    figure.locator(".lanes canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  await frames(tab);
  const light = await image();
  await tab.getByRole("button", { name: "Theme: auto" }).click();
  await tab.getByRole("button", { name: "Theme: light" }).click();
  await eventually(async () => assert.ok(await image() !== light, "the lanes must be drawn anew"));
});
