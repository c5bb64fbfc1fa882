import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { SITE_LINKS, writeSite } from "../writer/write_site.ts";
import { makeExperiments } from "../experiments/_fixture.ts";
import { EXPERIMENTS_LINK, writeExperimentPages } from "../experiments/mod.ts";
import { loadExperiments } from "../../lib/experiments/mod.ts";
import { axeViolations, eventually, requireHostileIsText, sidewaysTables, unfold } from "./_page.ts";
import { browserTests } from "./_with_browser.ts";
import { HOSTILE, LONG_NAME } from "../../lib/testing/hostile_record.ts";

const LIST = "experiments.html";
const FASTER = "experiments/007-faster.html";
const PLANNED = "experiments/010-planned.html";
const PAGES = [LIST, FASTER, "experiments/009-refuting.html", PLANNED] as const;

const withExperiments = browserTests<string>(async (root) => {
  makeExperiments(root, HOSTILE + LONG_NAME);
  const [out, results] = [join(root, "site"), join(root, "results")];
  const links = [...SITE_LINKS, EXPERIMENTS_LINK];
  const { hrefs } = await writeSite(results, out, links);
  writeExperimentPages(await loadExperiments(root), { out, results, links, hrefs });
  return (page) => join(out, page);
});

/** Ids in the first column of the list. */
async function listed(tab: Page): Promise<string[]> {
  return await tab.locator("#experiments tbody th").allInnerTexts();
}

withExperiments("pages of experiments open from disk without an error or a request", async (t, open) => {
  for (const page of PAGES) {
    await t.step(page, async () => {
      const { tab, faults } = await open(page);
      assert.equal(await tab.getAttribute("body", "data-state"), "drawn");
      assert.deepEqual(faults, []);
    });
  }
});

withExperiments("pages of experiments are no wider than the window", async (t, open) => {
  for (const page of PAGES) {
    for (const width of [360, 1440]) {
      await t.step(`${page} at ${width} px`, async () => {
        const { tab } = await open(page, width);
        await unfold(tab);
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
      });
    }
  }
});

withExperiments("a phone shows experiments, claims and results as cards", async (t, open) => {
  for (const page of PAGES) {
    await t.step(page, async () => {
      const { tab } = await open(page, 390);
      await unfold(tab);
      assert.deepEqual(await sidewaysTables(tab), []);
    });
  }
});

withExperiments("experiments are searched, also by what is believed, and filtered", async (_t, open) => {
  const { tab } = await open(LIST);
  assert.deepEqual(await listed(tab), ["007", "009", "010"]);
  await tab.getByLabel("Search").fill("WASTE loop");
  assert.deepEqual(await listed(tab), ["007"]);
  await tab.getByLabel("Search").fill("order arms");
  assert.deepEqual(await listed(tab), ["009"]);
  await tab.getByLabel("Search").fill("");
  await tab.getByLabel("Outcome", { exact: true }).selectOption("planned");
  assert.deepEqual(await listed(tab), ["010"]);
  await tab.getByLabel("Outcome", { exact: true }).selectOption("");
  await tab.getByLabel("Direction", { exact: true }).selectOption("other-direction");
  assert.deepEqual(await listed(tab), ["009"]);
  assert.match(await tab.locator("#experiments [role=status]").innerText(), /^1 of 3 experiments/);
  assert.equal(await tab.evaluate(() => location.hash), "#direction=other-direction");
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.deepEqual(await listed(tab), ["009"]);
});

withExperiments("the list sorts by keyboard", async (_t, open) => {
  const { tab } = await open(LIST);
  await tab.locator("#experiments thead button", { hasText: "asked" }).focus();
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Enter");
  assert.deepEqual(await listed(tab), ["010", "009", "007"]);
});

withExperiments("a day shows what was recorded and believed by then, and nothing later", async (_t, open) => {
  const { tab } = await open(LIST);
  const claim = (id: string) => tab.locator("#beliefs li", { hasText: id }).first();
  assert.match(await claim("007.1").innerText(), /refuted.*by 009\.1/s);
  assert.match(await claim("007.2").innerText(), /unsupported/);

  await tab.getByLabel("As of", { exact: true }).last().fill("2026-11-24");
  assert.deepEqual(await listed(tab), ["007", "009"]);
  const outcomes = await tab.locator("#experiments tbody td:nth-child(3)").allInnerTexts();
  assert.deepEqual(outcomes, ["✓ accepted (performance)", "○ planned"]);
  assert.ok(!(await claim("007.1").innerText()).includes("refuted"));
  assert.equal(await tab.locator("#beliefs").getByText("009.1").count(), 0);
  assert.equal(await tab.locator(".graph .edge").count(), 0);
  assert.match(
    await tab.locator("#experiments [role=status]").innerText(),
    /as of the end of 2026-11-24, 1 came later/,
  );
  assert.ok(!(await tab.locator("#beliefs").textContent())!.includes("a late idea"));
  assert.ok((await tab.locator("#beliefs").textContent())!.includes("an early idea"));

  await tab.getByRole("button", { name: "The day of the next change" }).click();
  assert.equal(await tab.locator('input[type="date"]').inputValue(), "2026-11-25");
  assert.match(await claim("007.1").innerText(), /refuted/);
  await tab.getByRole("button", { name: "The day of the change before" }).click();
  await tab.getByRole("button", { name: "The day of the change before" }).click();
  assert.deepEqual(await listed(tab), ["007"]);
  await tab.getByRole("button", { name: "Now" }).click();
  assert.deepEqual(await listed(tab), ["007", "009", "010"]);
});

withExperiments(
  "the graph has boxes that lead to experiments, typed arrows, and a table beside it",
  async (_t, open) => {
    const { tab } = await open(LIST);
    assert.equal(await tab.locator(".graph a.node").count(), 3);
    const arrows = tab.locator(".graph .edge title");
    assert.deepEqual(await arrows.allTextContents(), ["009 refutes and refines 007"]);
    const rows = tab.locator("#lineage tbody tr");
    assert.deepEqual(
      (await rows.allInnerTexts()).map((row) => row.split("\t").slice(0, 3).join(" ")).sort(),
      ["007.2 depends on 007.1", "009.1 refines 007.2", "009.1 refutes 007.1"],
    );
    const node = tab.locator(".graph a.node", { hasText: "007" });
    await node.focus();
    await tab.keyboard.press("Enter");
    await tab.waitForURL(/007-faster\.html$/);
    assert.match(await tab.locator("h1").innerText(), /Two arms/);
  },
);

withExperiments("a page has the verdict, the rule in words, and a dot for every pair", async (_t, open) => {
  const { tab } = await open(FASTER);
  assert.match(await tab.locator("#verdict").innerText(), /accepted \(performance\)\s+arm after/);
  assert.match(
    await tab.locator("#rule").innerText(),
    /Arm after is accepted when it clears the primary bar and keeps every guardrail[\s\S]*at least 5 % lower than before/,
  );
  const rows = tab.locator("#ratios svg .row");
  await eventually(async () => {
    assert.equal(await rows.count(), 2);
    for (const row of await rows.all()) {
      assert.equal(await row.locator("circle.dot, path.dot").count(), 10);
      assert.equal(await row.locator("rect.band").count(), 1);
      assert.equal(await row.locator("line.interval").count(), 1);
      assert.equal(await row.locator(".bar path").count(), 1);
    }
    assert.match((await rows.first().locator(".result").textContent())!, /pass/);
    // Emissions have a fixed bar: both arms in one picture, ten rounds each.
    assert.equal(await tab.locator(".fixed svg circle.dot").count(), 20);
    assert.equal(await tab.locator(".fixed svg .row.control").count(), 1);
  });
  assert.equal(await tab.locator("#results table tbody tr").count(), 3);
  const evidence = tab.locator("#repeat a");
  assert.match((await evidence.first().getAttribute("href"))!, /^\.\.\/run\.html\?run=.*exp-007$/);
  assert.match(await tab.locator("#repeat pre").first().innerText(), /deno task experiment --id 007/);
});

withExperiments("claims lead to those that bear on them", async (_t, open) => {
  const { tab } = await open(FASTER);
  await tab.locator("#claim-007\\.1 a", { hasText: "009.1" }).first().click();
  await tab.waitForURL(/009-refuting\.html#claim-009\.1$/);
  assert.match(
    await tab.locator("#claim-009\\.1").innerText(),
    /Nothing of an update is waste[\s\S]*refutes 007\.1/,
  );
});

withExperiments("a burst is drawn batch by batch, and a choice of batches", async (_t, open) => {
  const { tab } = await open(FASTER);
  const batches = tab.locator(".traces figure g.trace");
  await eventually(async () => {
    assert.equal(await batches.count(), 30);
    assert.equal(await tab.locator(".traces figure .delivery").count(), 30);
  });
  assert.match(await tab.locator(".traces figcaption").innerText(), /3 deliveries for 30 batches/);
  await tab.getByLabel("Batches", { exact: true }).selectOption("20 20");
  await eventually(async () => {
    assert.equal(await batches.count(), 10);
    assert.equal(await tab.locator(".traces figure .invalidation").count(), 10);
  });
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal(await tab.getByLabel("Batches", { exact: true }).inputValue(), "20 20");
  await eventually(async () => assert.equal(await batches.count(), 10));
  assert.equal(await tab.locator("#bursts table tbody tr").count(), 30);
});

withExperiments("hostile text of an experiment stays text", async (_t, open) => {
  for (const page of [LIST, PLANNED]) {
    await requireHostileIsText(await open(page));
  }
});

withExperiments("what cannot be read is named with its reason", async (_t, open) => {
  const { tab } = await open(LIST);
  await tab.locator("summary", { hasText: "cannot be read as an experiment" }).click();
  assert.match(await tab.locator("details.all").innerText(), /experiments\/011_damaged\.ts: title: /);
});

withExperiments("pages of experiments have no accessibility fault that axe finds", async (t, open) => {
  for (const page of PAGES) {
    for (const theme of ["light", "dark"] as const) {
      await t.step(`${page}, ${theme}`, async () => {
        const { tab } = await open(page, 1440, theme);
        await unfold(tab);
        assert.deepEqual(await axeViolations(tab, theme), []);
      });
    }
  }
});
