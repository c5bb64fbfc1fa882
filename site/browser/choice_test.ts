/** The page "Which database?" in a browser: what can be chosen, by pointer and by keyboard, and that it stays chosen. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { RunRecord } from "../../lib/model/mod.ts";
import { loadRun } from "../../lib/record/mod.ts";
import {
  choicePage,
  choiceView,
  EMPTY_CHOICE,
  readAssets,
  runHref,
  sharedAssets,
  type SiteLink,
} from "../pages/mod.ts";
import { hostileRecord } from "../../lib/testing/hostile_record.ts";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { wideRecord } from "../../lib/testing/wide_record.ts";
import { axeViolations, eventually, requireHostileIsText, unfold } from "./_page.ts";
import { browserTests } from "./_with_browser.ts";

type ChoicePage = "plain" | "hostile" | "wide" | "everyone" | "empty";

const LINKS: readonly SiteLink[] = [{ text: "Which database?", path: "index.html" }, {
  text: "Runs",
  path: "runs.html",
}];

/** Bytes of the first page of a site with everything that it loads. */
const MOST_BYTES = 300_000;

/** Of which scripts are read, compiled and run before it can be used. */
const MOST_SCRIPT_BYTES = 60_000;

/** What is laid out and painted before it can be used. */
const MOST_ELEMENTS = 2500;

/** 23 databases in five workloads. */
const EVERYONE = fileURLToPath(new URL("../../results/2026-11-27T09-43-10-everyone", import.meta.url));

const withPages = browserTests<ChoicePage>((folder) => {
  const { css, choiceJs } = readAssets();
  Deno.mkdirSync(join(folder, "assets"));
  Deno.writeTextFileSync(join(folder, "assets/report.css"), css);
  Deno.writeTextFileSync(join(folder, "assets/choice.js"), choiceJs);
  const assets = sharedAssets(0, "choice.js");
  const write = (name: string, record: RunRecord | undefined): string => {
    const view = record === undefined ? EMPTY_CHOICE : choiceView(record, runHref(name));
    const path = join(folder, `${name}.html`);
    Deno.writeTextFileSync(path, choicePage(view, assets, LINKS));
    return path;
  };
  const pages: Readonly<Record<ChoicePage, string>> = {
    plain: write("plain", recordFixture()),
    hostile: write("hostile", hostileRecord()),
    wide: write("wide", wideRecord(5)),
    everyone: write("everyone", loadRun(EVERYONE)),
    empty: write("empty", undefined),
  };
  return Promise.resolve((page) => pages[page]);
});

/** Names of the rows with their places and scores, such as `1 tinybase 1.00×`. */
async function rows(tab: Page): Promise<string[]> {
  return await tab.locator(".matrix tbody tr:not(.group, .unfolded)").evaluateAll((all) =>
    all.map((row) => {
      const text = (selector: string): string => row.querySelector(selector)?.textContent?.trim() ?? "";
      return [text(".rank").replace(" ≈", ""), text(".name b"), text("button.score")].join(" ").trim();
    })
  );
}

async function hashOf(tab: Page): Promise<string> {
  return await tab.evaluate(() => decodeURIComponent(location.hash));
}

withPages(
  "it opens from disk without an error or a request, and says first what was wrong",
  async (_t, open) => {
    const { tab, faults } = await open("plain");
    assert.equal(await tab.locator("h1").innerText(), "Which database?");
    assert.match(await tab.locator(".trust li").first().innerText(), /^✗ 1 of 6 pairs .* gave wrong answers/);
    assert.equal(await hashOf(tab), "");
    assert.deepEqual(faults, []);
  },
);

withPages("only who is complete is ranked, and everybody else says why", async (_t, open) => {
  const { tab } = await open("plain");
  const text = (await rows(tab)).join("\n");
  assert.match(text, /^1 .*tinybase.* 1\.00×$/m);
  for (const word of ["wrong answers", "not ranked", "lower bound"]) assert.ok(text.includes(word), word);
  await tab.locator("button.score.wrong").click();
  assert.match(
    await tab.locator("tr.unfolded .words").innerText(),
    /^Liar .* is not ranked: wrong answers in /,
  );
});

withPages("a slider moves by keyboard, changes scores, and stands in the address", async (_t, open) => {
  const { tab, faults } = await open("plain");
  await tab.locator(".choice-chip", { hasText: "Overlapping lists" }).click();
  await eventually(async () => assert.match((await rows(tab)).join("\n"), /^2 .*pglite/m));
  const before = (await rows(tab)).find((row) => row.includes("pglite"));
  const slider = tab.getByRole("slider", { name: /^Freshness/ });
  await slider.focus();
  await tab.keyboard.press("End");
  await eventually(async () => assert.match(await hashOf(tab), /freshness=4/));
  assert.match(await hashOf(tab), /ask=keyed-pk/);
  const after = (await rows(tab)).find((row) => row.includes("pglite"));
  assert.notEqual(after, before);
  assert.equal(await slider.getAttribute("aria-valuetext"), "most of all");
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal((await rows(tab)).find((row) => row.includes("pglite")), after);
  assert.equal(await slider.inputValue(), "4");
  await tab.getByRole("button", { name: "Start over" }).click();
  assert.equal(await hashOf(tab), "");
  assert.deepEqual(faults, []);
});

withPages("what it must have leaves out who does not have it", async (_t, open) => {
  const { tab } = await open("plain");
  await tab.getByRole("button", { name: /Browser$/ }).click();
  await eventually(async () => assert.equal((await rows(tab)).length, 1));
  assert.match((await rows(tab))[0]!, /tinybase/);
  assert.match(await hashOf(tab), /need=browser/);
  await tab.getByRole("button", { name: /SQL$/ }).click();
  await eventually(async () =>
    assert.match(await tab.getByRole("status").innerText(), /^No database has all that/)
  );
});

withPages(
  "one database becomes what all are held against, and the button keeps the focus",
  async (_t, open) => {
    const { tab } = await open("plain");
    await tab.goto(`${tab.url().replace(/#.*/, "")}#ask=keyed-pk`);
    await tab.locator('[data-key="compare pglite[storage=file]"]').focus();
    await tab.keyboard.press("Enter");
    await eventually(async () => assert.match((await rows(tab)).join("\n"), /pglite.* 1\.00×/));
    assert.match(await hashOf(tab), /vs==pglite\[storage=file\]/);
    assert.equal(
      await tab.evaluate(() => document.activeElement?.getAttribute("data-key")),
      "compare pglite[storage=file]",
    );
    assert.equal(await tab.getByLabel("1.00× is").inputValue(), "=pglite[storage=file]");
    await tab.keyboard.press("Enter");
    await eventually(async () => assert.ok(!(await hashOf(tab)).includes("vs=")));
  },
);

withPages("a score opens its parts: every number, known gaps, versions", async (_t, open) => {
  const { tab } = await open("plain");
  await tab.locator('[data-key="parts tinybase"]').click();
  const parts = tab.locator("tr.unfolded");
  await parts.waitFor();
  assert.match(
    await parts.locator(".words").innerText(),
    /weighted geometric mean of speed 1\.00× \(weight 2\)/,
  );
  // One phase of keyed-pk, two of overlap.
  assert.equal(await parts.locator("tbody tr").count(), 3);
  assert.match(
    await parts.innerText(),
    /△ What it is known to get wrong\s+ordered limit window: tinybase 1\.0/,
  );
  assert.match(await hashOf(tab), /open=tinybase/);
});

withPages(
  "columns sort both ways and look as if they did; columns and rows can be taken out",
  async (_t, open) => {
    const { tab } = await open("plain");
    const head = tab.locator("th", { has: tab.locator('[data-key="sort name"]') });
    const mark = (): Promise<string> =>
      head.locator("button").evaluate((button) => getComputedStyle(button, "::after").content);
    assert.match(await mark(), /↕/);
    await head.locator("button").click();
    await eventually(async () => assert.equal(await head.getAttribute("aria-sort"), "ascending"));
    assert.match(await mark(), /▲/);
    await tab.locator('[data-key="sort name"]').click();
    await eventually(async () => assert.equal(await head.getAttribute("aria-sort"), "descending"));
    assert.match(await hashOf(tab), /sort=-name/);
    const columnCount = await tab.locator(".matrix thead th").count();
    await tab.locator("summary", { hasText: "Columns" }).click();
    await tab.getByLabel("Runs in", { exact: true }).uncheck();
    await eventually(async () =>
      assert.equal(await tab.locator(".matrix thead th").count(), columnCount - 1)
    );
    const rowCount = (await rows(tab)).length;
    await tab.locator("summary", { hasText: "Databases" }).click();
    await tab.locator(".menu .check", { hasText: "late" }).locator("input").uncheck();
    await eventually(async () => assert.equal((await rows(tab)).length, rowCount - 1));
  },
);

withPages("a phone shows cards, and nothing is wider than the window", async (t, open) => {
  for (const page of ["plain", "wide", "hostile"] as const) {
    for (const width of [360, 390, 1440]) {
      await t.step(`${page} at ${width} px`, async () => {
        const { tab } = await open(page, width);
        assert.equal(await tab.locator(".choice-card").count() > 0, width < 800);
        assert.equal(await tab.locator(".matrix").count() > 0, width > 800);
        await tab.locator("button.score").first().click();
        await unfold(tab);
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
      });
    }
  }
});

withPages("hostile text stays text", async (_t, open) => {
  await requireHostileIsText(await open("hostile"));
});

withPages("without a run it says what one must be", async (_t, open) => {
  const { tab, faults } = await open("empty");
  assert.match(await tab.locator("main").innerText(), /No stored run covers enough/);
  assert.deepEqual(faults, []);
});

withPages("axe finds no fault, whatever is unfolded", async (t, open) => {
  for (const width of [1440, 390]) {
    for (const theme of ["light", "dark"] as const) {
      await t.step(`${width} px, ${theme}`, async () => {
        const { tab } = await open("plain", width, theme);
        const keys = await tab.locator("button.score").evaluateAll((all) =>
          all.map((button) => button.getAttribute("data-key"))
        );
        for (const key of keys) await tab.locator(`[data-key="${key}"]`).click();
        assert.deepEqual(await axeViolations(tab, theme), []);
        await unfold(tab);
        assert.deepEqual(await axeViolations(tab, theme), []);
      });
    }
  }
});

// Times are measured by `deno task bench:site`; what they come from is kept here.
withPages("the first page loads and lays out little, once, however many databases it has", async (_t, open) => {
  const { tab } = await open("everyone");
  assert.ok((await rows(tab)).length >= 20);
  const { loaded, elements, draws } = await tab.evaluate(() => ({
    // Pages opened from disk have no timings of what they load.
    loaded: [...document.querySelectorAll<HTMLScriptElement>("script[src]")].map(({ src }) => src)
      .concat([...document.querySelectorAll<HTMLLinkElement>("link[href]")].map(({ href }) => href))
      .map((address) => address.replace(/.*\//, "")).sort(),
    elements: document.querySelectorAll("*").length,
    draws: (globalThis as unknown as { readonly tables: number }).tables,
  }));
  assert.deepEqual(loaded, ["choice.js", "report.css"]);
  assert.ok(elements < MOST_ELEMENTS, `it has ${elements} elements`);
  assert.equal(draws, 1);
}, () => {
  const page = globalThis as unknown as { tables: number };
  page.tables = 0;
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node instanceof Element) {
          page.tables += Number(node.matches(".matrix")) + node.querySelectorAll(".matrix").length;
        }
      }
    }
  }).observe(document, { childList: true, subtree: true });
});

withPages("Tab reaches everything that can be pressed, in the order of the page, and shows it", async (t, open) => {
  for (const width of [1440, 390]) {
    await t.step(`${width} px`, async () => {
      const { tab } = await open("plain", width);
      const count = await tab.evaluate(() => {
        const stops = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, summary, [tabindex="0"]')]
          .filter((element) => element.checkVisibility() && !element.matches(":disabled"));
        stops.forEach((element, index) => element.dataset["stop"] = String(index));
        return stops.length;
      });
      const reached: string[] = [];
      for (let press = 0; press < count; press++) {
        await tab.keyboard.press("Tab");
        reached.push(
          await tab.evaluate(() => {
            const element = document.activeElement as HTMLElement;
            const { outlineStyle, outlineWidth } = getComputedStyle(element);
            const isShown = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
            return `${element.dataset["stop"]} ${isShown ? "shown" : element.outerHTML}`;
          }),
        );
      }
      assert.deepEqual(reached, Array.from({ length: count }, (_, index) => `${index} shown`));
    });
  }
});

Deno.test("the first page with all that it loads is small", () => {
  const { css, choiceJs } = readAssets();
  const size = (text: string): number => new TextEncoder().encode(text).length;
  for (const record of [wideRecord(5), loadRun(EVERYONE)]) {
    const page = choicePage(choiceView(record, "x"), sharedAssets(0, "choice.js"), LINKS);
    const bytes = [css, choiceJs, page].reduce((sum, text) => sum + size(text), 0);
    assert.ok(bytes < MOST_BYTES, `it has ${bytes} bytes`);
  }
  assert.ok(size(choiceJs) < MOST_SCRIPT_BYTES, `its script has ${size(choiceJs)} bytes`);
});
