import assert from "node:assert/strict";
import { recordFixture } from "../../lib/testing/record_fixture.ts";
import { axeViolations, eventually, requireHostileIsText, sidewaysTables, unfold } from "./_page.ts";
import { type FixturePage, writeFixtureSite } from "./_site.ts";
import { browserTests } from "./_with_browser.ts";

const WIDTHS = [360, 1440] as const;
const PAGES: readonly FixturePage[] = [
  "index",
  "run",
  "hostile",
  "alone",
  "large",
  "history",
  "devices",
  "runtimes",
  "inRuntimes",
];

const withSite = browserTests<FixturePage>(async (folder) => {
  const site = await writeFixtureSite(folder);
  return (page) => site[page];
});

withSite("pages open from disk without an error or a request", async (t, open) => {
  for (const page of PAGES) {
    await t.step(page, async () => {
      const { tab, faults } = await open(page);
      assert.equal(await tab.getAttribute("body", "data-state"), "drawn");
      assert.deepEqual(faults, []);
      assert.ok((await tab.locator("table tbody tr").count()) > 0);
    });
  }
});

withSite("nothing is wider than the window", async (t, open) => {
  for (const page of PAGES) {
    for (const width of WIDTHS) {
      await t.step(`${page} at ${width} px`, async () => {
        const { tab } = await open(page, width);
        await unfold(tab);
        assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
      });
    }
  }
});

withSite("the page of a site shows the run in its address, at the place in its address", async (_t, open) => {
  const { tab, faults } = await open("large");
  assert.equal(await tab.locator("#page-data").textContent(), "");
  const { label } = recordFixture();
  assert.ok((await tab.title()).startsWith(`${label}, 2026-`));
  assert.equal(await tab.locator("h1").innerText(), label);
  assert.match(await tab.locator(".lead").innerText(), /, partial\. \d+ databases x workloads/);
  await tab.goto(`${tab.url()}#workload-20`);
  await tab.reload();
  await tab.locator("#workload-20 svg circle.dot").first().waitFor();
  await eventually(async () => {
    const top = await tab.locator("#workload-20").evaluate((one) => one.getBoundingClientRect().top);
    assert.ok(Math.abs(top) < 200, `the workload is ${top} px away`);
  });
  assert.deepEqual(faults, []);
});

withSite(
  "a table fades where columns are hidden behind its edge, and no more at its end",
  async (_t, open) => {
    const { tab } = await open("run", 700);
    await unfold(tab);
    const table = tab.locator("#workload-0 details.all .table").first();
    const isCut = (): Promise<boolean> => table.evaluate((box) => box.classList.contains("cut"));
    await eventually(async () => assert.equal(await isCut(), true));
    await table.evaluate((box) => box.scrollLeft = box.scrollWidth);
    await eventually(async () => assert.equal(await isCut(), false));
  },
);

withSite("the list leads to the page of a run", async (_t, open) => {
  const { tab, faults } = await open("index");
  await tab.locator("tbody a").first().click();
  await tab.locator("#overview tbody td b").first().waitFor();
  assert.equal(await tab.locator("h1").innerText(), recordFixture().label);
  assert.deepEqual(faults, []);
});

withSite("commands are those of whoever made the page", async (_t, open) => {
  for (const [page, program] of [["run", "deno task"], ["alone", "npx watchbench"]] as const) {
    const { tab } = await open(page);
    await unfold(tab);
    const commands = await tab.locator("#repeat pre").allInnerTexts();
    assert.ok(commands.length > 0);
    assert.deepEqual(commands.filter((command) => !command.startsWith(`${program} bench `)), []);
  }
});

withSite("a run that is not there is told, and so is an address without one", async (_t, open) => {
  for (
    const [page, message] of [
      ["gone", /Cannot load data\/record-gone\.js as it must stand beside the page/],
      ["nameless", /Cannot show a run as the address must name one, as links in the list of runs do/],
    ] as const
  ) {
    const { tab } = await open(page);
    assert.equal(await tab.getAttribute("body", "data-state"), "failed");
    assert.match(await tab.getByRole("alert").innerText(), message);
  }
});

withSite("another metric can be chosen, and stays chosen", async (_t, open) => {
  const { tab } = await open("large");
  const select = tab.locator("#overview select");
  const before = await tab.locator("#overview tbody").innerText();
  await select.selectOption({ index: 1 });
  await eventually(async () => {
    assert.equal(await select.inputValue(), await select.locator("option").nth(1).getAttribute("value"));
    assert.notEqual(await tab.locator("#overview tbody").innerText(), before);
  });
});

withSite("charts have a mark for every adapter and every block", async (_t, open) => {
  const { tab } = await open("run");
  await unfold(tab);
  await eventually(async () => {
    // node-sqlite, tinybase and pglite with three blocks each, flaky with two; the liar, the crasher and the late have none.
    assert.equal(await tab.locator("#workload-0 svg circle.dot").count(), 11);
    assert.equal(await tab.locator("#workload-0 svg path.point").count(), 3);
    assert.equal(await tab.locator("#workload-0 svg rect.cpu").count(), 4);
    assert.equal(await tab.locator("#workload-0 svg path.tail").count(), 4);
    assert.ok((await tab.locator("#environment svg rect.noise").count()) > 10);
  });
  for (const svg of await tab.locator("svg").all()) {
    assert.ok((await svg.getAttribute("aria-label"))!.length > 20);
  }
});

withSite("the conclusions stand before everything else, wrong answers first", async (_t, open) => {
  const { tab } = await open("run");
  assert.equal(await tab.locator(".content section").first().getAttribute("id"), "conclusions");
  const sentences = await tab.locator("#conclusions li").allTextContents();
  assert.equal(sentences.length, 3);
  assert.match(sentences[0]!, /^liar\[note=a\|b\] was wrong in keyed-pk@2/);
});

withSite("a wrong cell shows its evidence and no number", async (_t, open) => {
  const { tab } = await open("run");
  assert.match(
    await tab.locator("#workload-0 summary").first().innerText(),
    /1 wrong\s+1 failed\s+1 not run/,
  );
  await unfold(tab);
  const section = tab.locator("#workload-0");
  assert.match(await section.locator(".trouble.bad").innerText(), /12 wrong answers[\s\S]*after write 36/);
  const steps = await section.locator("table.history tbody tr").allInnerTexts();
  assert.equal(steps.length, 4);
  assert.match(steps[1]!, /2 more commits/);
  assert.match(steps[3]!, /emission 4 of 12[\s\S]*"new"[\s\S]*"half"/);
  assert.equal(await section.locator("svg .name", { hasText: "liar" }).count(), 0);
  assert.match(await section.innerText(), /crasher failed in repetitions 0, 1/);
  assert.match(await tab.locator("#workload-1").innerText(), /node-sqlite was skipped/);
});

withSite(
  "what is known to be wrong is said where all was right, and leads to the database",
  async (_t, open) => {
    const { tab, faults } = await open("run");
    await tab.locator("#workload-0 > details").evaluate((details) =>
      (details as HTMLDetailsElement).open = true
    );
    const list = tab.locator("#workload-0 .exceptions");
    assert.match(
      await list.innerText(),
      /4 of 7 gave right answers only; node-sqlite ran without live queries/,
    );
    assert.match(await list.innerText(), /not asked here: tinybase \(ordered limit window\)/);
    assert.deepEqual(await list.locator(".pill").allInnerTexts(), ["✗ phantom", "! failed", "not run"]);
    await list.getByRole("link", { name: "tinybase" }).click();
    const adapter = tab.locator("#adapters details.all[open]");
    await adapter.first().waitFor();
    assert.equal(await adapter.count(), 1);
    assert.match(
      await adapter.locator(".trouble").innerText(),
      /ordered limit window \(watch\/ordered-limit-window\): tinybase 1\.0 leaves out/,
    );
    await eventually(async () => {
      const top = await adapter.evaluate((one) => one.getBoundingClientRect().top);
      assert.ok(top >= -1 && top < 900, `the adapter is ${top} px away`);
    });
    assert.deepEqual(faults, []);
  },
);

withSite("the ranking marks whoever is known to get something wrong, and nobody else", async (_t, open) => {
  const { tab } = await open("run");
  await unfold(tab);
  const figure = tab.locator("#workload-0 figure", { hasText: "Ranking" });
  await figure.locator("svg .row .name").first().waitFor();
  const names = await figure.locator("svg .row .name").allTextContents();
  assert.deepEqual(names.filter((name) => name.startsWith("△")), ["△ tinybase"]);
  assert.match(await figure.innerText(), /△: known to be wrong in something/);
  assert.equal(await tab.locator("#overview tbody th [role=img]").count(), 1);
});

withSite(
  "every row of the matrix tells its class, and a database where it runs and how long it waits",
  async (_t, open) => {
    const { tab } = await open("run");
    const row = tab.locator("#overview tbody tr", { hasText: "pglite" });
    assert.equal(await row.locator("td").last().innerText(), "memory");
    await unfold(tab);
    const facts = await tab.locator("#adapters details.all", { hasText: "The tinybase adapter" }).locator(
      "dl",
    )
      .innerText();
    assert.match(facts, /class\s+memory\s+runs in\s+deno, node, browser\s+waits\s+0 ms/);
  },
);

withSite(
  "one filter takes a database out of the matrix and of every chart, and stands in the address",
  async (_t, open) => {
    const { tab, faults } = await open("run");
    await unfold(tab);
    const dots = (): Promise<number> => tab.locator("#workload-0 svg circle.dot").count();
    await eventually(async () => assert.equal(await dots(), 11));
    await tab.locator(".adapter-filter button", { hasText: "flaky" }).click();
    await eventually(async () => assert.equal(await dots(), 9));
    assert.equal(await tab.locator("#overview tbody tr", { hasText: "flaky" }).count(), 0);
    assert.match(await tab.evaluate(() => location.hash), /hide=flaky/);
    await tab.reload();
    await tab.locator("#overview tbody tr").first().waitFor();
    assert.equal(await tab.locator("#overview tbody tr", { hasText: "flaky" }).count(), 0);
    await tab.locator(".adapter-filter").evaluate((details) => (details as HTMLDetailsElement).open = true);
    await tab.locator(".adapter-filter").getByRole("button", { name: "all", exact: true }).click();
    await eventually(async () =>
      assert.equal(await tab.locator("#overview tbody tr", { hasText: "flaky" }).count(), 1)
    );
    assert.deepEqual(faults, []);
  },
);

withSite(
  "a run of many workloads is one matrix, and workloads that are unfolded stay so",
  async (_t, open) => {
    const { tab } = await open("large");
    assert.ok(await tab.locator("section.fold").count() > 20);
    assert.equal(await tab.locator("details.folded[open]").count(), 0);
    await tab.locator("#workload-3 summary").first().click();
    await eventually(async () => assert.match(await tab.evaluate(() => location.hash), /open=workload-3/));
    await tab.reload();
    await tab.locator("#workload-3 svg circle.dot").first().waitFor();
    assert.equal(await tab.locator("details.folded[open]").count(), 1);
  },
);

withSite(
  "a run of 23 databases and five workloads fits: one matrix, and less than 4,000 px of page",
  async (_t, open) => {
    const { tab, faults } = await open("everyone");
    assert.equal(await tab.locator("#overview tbody tr").count(), 23);
    const box = tab.locator("#overview .table");
    assert.ok(
      await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth),
      "the matrix is cut",
    );
    const height = await tab.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height < 4000, `the page is ${height} px high`);
    assert.deepEqual(faults, []);
  },
);

withSite("a phone shows the matrix as cards", async (_t, open) => {
  const { tab } = await open("run", 390);
  assert.equal(await tab.locator("#overview table").count(), 0);
  assert.match(
    await tab.locator("#overview .choice-card", { hasText: "tinybase" }).innerText(),
    /keyed-pk@2/,
  );
});

withSite("a phone shows lists as cards, and no table scrolls sideways", async (t, open) => {
  for (const page of ["index", "history", "devices", "run", "everyone"] as const) {
    await t.step(page, async () => {
      const { tab } = await open(page, 390);
      await unfold(tab);
      assert.ok(await tab.locator(".table.rows tbody tr").count() > 0);
      assert.deepEqual(await sidewaysTables(tab), []);
    });
  }
});

withSite("a card has its fields beside their titles, and titles sort on a phone as well", async (_t, open) => {
  const { tab } = await open("index", 390);
  const card = tab.getByRole("row").nth(1);
  assert.ok((await card.getByRole("rowheader").innerText()).length > 0);
  const titles = await card.getByRole("cell").evaluateAll((fields) =>
    fields.map((field) => getComputedStyle(field, "::before").content)
  );
  assert.deepEqual(titles.slice(0, 2), ['"outcome"', '"started (UTC)"']);
  await tab.getByRole("columnheader", { name: "run" }).first().getByRole("button").click();
  const labels = (await tab.getByRole("rowheader").allInnerTexts()).slice(0, 20);
  assert.deepEqual(labels, labels.toSorted());
});

withSite("an adapter says how it is driven, by whose word, and what else was tried", async (_t, open) => {
  const { tab } = await open("run");
  await unfold(tab);
  const adapter = tab.locator("#adapters details.all", { hasText: "The tinybase adapter" });
  const rows = await adapter.locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, 6);
  assert.match(
    rows[2]!,
    /^read a page\tA slice of an index[^\t]*\tlib\/adapters\/tinybase\.ts\tA query \| for each page/,
  );
  assert.equal(
    await adapter.locator("tbody a").first().getAttribute("href"),
    "https://example.com/docs#write",
  );
  assert.match(await adapter.innerText(), /What its author could object to: Its author would keep/);
});

withSite("a chosen metric changes the ranking and its table", async (_t, open) => {
  const { tab } = await open("run");
  await unfold(tab);
  const figure = tab.locator("#workload-0 figure", { hasText: "Ranking" });
  await figure.locator("select").selectOption("writes_per_second");
  await eventually(async () => {
    assert.match(await figure.innerText(), /Higher is better/);
    const names = await figure.locator("svg .row .name").allTextContents();
    assert.match(names[0] ?? "none", /^flaky/);
    assert.equal(await figure.locator("tbody tr").count(), names.length);
  });
  assert.match(await tab.evaluate(() => location.hash), /figures=workload-0-0-ranking\.writes_per_second/);
  // A filter draws the figure anew, about the same metric.
  await tab.locator(".adapter-filter button", { hasText: "flaky" }).click();
  await eventually(async () => assert.doesNotMatch(await figure.innerText(), /flaky/));
  assert.equal(await figure.locator("select").inputValue(), "writes_per_second");
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  await unfold(tab);
  assert.equal(await figure.locator("select").inputValue(), "writes_per_second");
  assert.match(await figure.innerText(), /Higher is better/);
});

withSite("tables sort by keyboard, both ways, values that are missing last", async (_t, open) => {
  const { tab } = await open("run");
  const table = tab.locator("#overview table");
  const column = table.locator("thead th").nth(1);
  const adapters = async (): Promise<string[]> =>
    (await table.locator("tbody th").allInnerTexts()).map((text) => text.trim());
  await column.locator("button").focus();
  await tab.keyboard.press("Enter");
  assert.equal(await column.getAttribute("aria-sort"), "ascending");
  assert.deepEqual((await adapters()).slice(0, 4), [
    "flaky",
    "node-sqlite",
    "tinybase △",
    "pglite[storage=file]",
  ]);
  await tab.keyboard.press("Enter");
  assert.equal(await column.getAttribute("aria-sort"), "descending");
  assert.deepEqual((await adapters()).slice(0, 4), [
    "pglite[storage=file]",
    "tinybase △",
    "node-sqlite",
    "flaky",
  ]);
});

withSite("runs are found by words and shown a hundred at a time", async (_t, open) => {
  const { tab } = await open("index");
  assert.equal(await tab.locator("tbody tr").count(), 100);
  await tab.getByRole("button", { name: "Show more" }).click();
  assert.equal(await tab.locator("tbody tr").count(), 200);
  await tab.getByRole("searchbox").fill("Filler 249");
  assert.equal(await tab.locator("tbody tr").count(), 1);
  assert.match(await tab.getByRole("status").innerText(), /^1 of 252 runs/);
  assert.equal(await tab.evaluate(() => location.hash), "#search=Filler+249");
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal(await tab.locator("tbody tr").count(), 1);
  await tab.getByRole("searchbox").fill("fixture");
  await tab.getByRole("link", { name: "fixture", exact: true }).first().click();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal(await tab.locator("h1").innerText(), "fixture");
});

withSite("the theme follows the system until it is chosen", async (_t, open) => {
  const { tab } = await open("run", 1440, "dark");
  const background = (): Promise<string> =>
    tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await tab.getByRole("button", { name: "Theme: auto" }).click();
  const light = await background();
  assert.notEqual(light, dark);
  await tab.reload();
  await tab.waitForSelector("body[data-state]");
  assert.equal(await background(), light);
  await tab.getByRole("button", { name: "Theme: light" }).click();
  assert.equal(await background(), dark);
});

withSite("hostile text stays text", async (_t, open) => {
  for (const page of ["hostile", "index"] as const) {
    await requireHostileIsText(await open(page));
  }
});

withSite("the history follows what is chosen and can be zoomed", async (_t, open) => {
  const { tab, faults } = await open("history");
  await tab.locator(".uplot canvas").waitFor();
  await tab.getByLabel("Machine", { exact: true }).selectOption({ label: "machine 01234567" });
  const inked = (): Promise<number> =>
    tab.locator(".uplot canvas").evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height).data;
      return pixels.filter((value, index) => index % 4 === 3 && value > 0).length;
    });
  await tab.waitForFunction(() =>
    document.querySelector(".plot [role=img]")!.getAttribute("aria-label")!.includes("48 runs")
  );
  await eventually(async () => assert.ok(await inked() > 1000));
  assert.match(
    await tab.locator(".changes").innerText(),
    /tinybase (better|worse): [\d.]+x .* since generated-\d+ of 2026-01-0\d, commit [0-9a-f]{8}/,
  );
  assert.match(await tab.locator(".gaps").innerText(), /liar\[note=a\|b\] wrong: phantom, in 48 runs/);
  const spoken = (): Promise<string | null> => tab.locator(".plot [role=img]").getAttribute("aria-label");
  const first = await tab.locator(".toggle").first().innerText();
  assert.ok((await spoken())!.includes(`${first}: `));
  await tab.locator(".toggle").first().click();
  await eventually(async () => assert.ok(!(await spoken())!.includes(`${first}: `)));
  await tab.locator(".toggle").first().click();
  await eventually(async () => assert.ok((await spoken())!.includes(`${first}: `)));
  await tab.getByRole("button", { name: "none", exact: true }).click();
  await eventually(async () => assert.equal(await tab.locator('.toggle[aria-pressed="true"]').count(), 0));
  assert.match(await tab.evaluate(() => location.hash), /machine=machine\+01234567&hide=/);
  await tab.reload();
  await tab.locator(".uplot canvas").waitFor();
  assert.equal(await tab.locator('.toggle[aria-pressed="true"]').count(), 0);
  assert.ok(!(await spoken())!.includes("values"));
  await tab.getByRole("button", { name: "all", exact: true }).click();
  await eventually(async () => assert.equal(await tab.locator('.toggle[aria-pressed="false"]').count(), 0));
  assert.ok((await spoken())!.includes(`${first}: `));
  await tab.getByLabel("Metric", { exact: true }).selectOption({ label: "burst / writes/s" });
  await tab.locator(".plot + .caption", { hasText: /^Rows written/ }).waitFor();
  await tab.getByLabel("Workload", { exact: true }).selectOption({ index: 1 });
  await tab.waitForFunction(() =>
    document.querySelector(".plot [role=img]")!.getAttribute("aria-label")!.startsWith("baseline")
  );
  const dates = (): Promise<string> =>
    tab.locator(".uplot canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const all = await dates();
  const box = (await tab.locator(".u-over").boundingBox())!;
  await tab.mouse.move(box.x + box.width * 0.3, box.y + 60);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await tab.mouse.up();
  await tab.mouse.move(0, 0);
  await tab.waitForFunction(
    (before) => (document.querySelector(".uplot canvas") as HTMLCanvasElement).toDataURL() !== before,
    all,
  );
  await tab.locator(".u-over").dblclick({ position: { x: 5, y: 5 } });
  await tab.mouse.move(0, 0);
  await tab.waitForFunction(
    (before) => (document.querySelector(".uplot canvas") as HTMLCanvasElement).toDataURL() === before,
    all,
  );
  assert.deepEqual(faults, []);
});

withSite("runtimes stand side by side, with what is kept in each and the run that it is from", async (_t, open) => {
  const { tab, faults } = await open("runtimes");
  const table = tab.locator("#databases table");
  assert.deepEqual(await table.locator("th[scope=col]").allInnerTexts(), [
    "database",
    "phase",
    "Deno",
    "Node",
    "Chromium",
  ]);
  const rows = await table.locator("tbody tr").allInnerTexts();
  assert.equal(rows.length, 2);
  assert.match(rows[0]!, /^tinybase\s+burst\s.*ms.* memory\s+.*(?:0\.9\d|1\.[01])×.* memory\s+.*[23]\.\d×.* relaxed file$/);
  assert.match(rows[1]!, /^pglite\[storage=file\]\s+burst\s.* memory\s+–\s+.*[23]\.\d×.* relaxed file$/);
  assert.match(await tab.locator("#runs li").first().innerText(), /^generated-1 of 2026-01-01$/);
  const number = tab.getByLabel("Number", { exact: true });
  await number.selectOption("shown_p50_ns");
  await eventually(async () => assert.match(await tab.evaluate(() => location.hash), /number=shown_p50_ns/));
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal(await tab.getByLabel("Number", { exact: true }).inputValue(), "shown_p50_ns");
  assert.deepEqual(faults, []);
});

withSite("the page of a run in several runtimes has a table of them, without a rank", async (_t, open) => {
  const { tab, faults } = await open("inRuntimes");
  const section = tab.locator("#runtimes");
  assert.equal(await section.locator("h2").innerText(), "What changes with the runtime?");
  const names = (): Promise<string[]> => section.locator("tbody tr td:nth-child(2)").allInnerTexts();
  assert.deepEqual(await names(), ["Deno", "Node", "Chromium", "Deno", "Chromium"]);
  const last = section.locator("th[scope=col] button").last();
  await last.click();
  await last.click();
  assert.deepEqual((await names()).slice(0, 2), ["Chromium", "Chromium"]);
  assert.equal(await tab.locator("nav.contents a", { hasText: "What changes with the runtime?" }).count(), 1);
  assert.deepEqual(faults, []);
});

withSite("devices stand side by side", async (_t, open) => {
  const { tab } = await open("devices");
  assert.deepEqual((await tab.locator("#machines thead th").allInnerTexts()).slice(1), [
    "machine fedcba98",
    "machine 01234567",
  ]);
  const row = await tab.locator("#spans tbody tr", { hasText: "tinybase" }).first().innerText();
  assert.match(row, /ms.*ms/s);
  // A single block has no interval, and none is made up.
  assert.doesNotMatch(await tab.locator("#spans").innerText(), /\(([\d.]+ \w+) to \1[,)]/);
});

withSite("the workload of the devices stands in the address", async (_t, open) => {
  const { tab } = await open("devices");
  const heads = tab.locator("#spans thead th");
  assert.ok(!(await heads.allInnerTexts()).includes("workload"));
  await tab.getByLabel("Workload", { exact: true }).selectOption("every workload");
  await eventually(async () => assert.match(await tab.evaluate(() => location.hash), /workload=every/));
  await tab.reload();
  await tab.waitForSelector("body[data-state=drawn]");
  assert.equal(await tab.getByLabel("Workload", { exact: true }).inputValue(), "every");
  assert.ok((await heads.allInnerTexts()).some((text) => text.includes("workload")));
});

withSite("pages have no accessibility fault that axe finds", async (t, open) => {
  // The large one has what others have, many times.
  for (const page of PAGES.filter((page) => page !== "large")) {
    for (const theme of ["light", "dark"] as const) {
      await t.step(`${page}, ${theme}`, async () => {
        const { tab } = await open(page, 1440, theme);
        await unfold(tab);
        assert.deepEqual(await axeViolations(tab, theme), []);
      });
    }
  }
});
