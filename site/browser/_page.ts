/** A page in the browser, and what every page must hold. */
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { pageAddress } from "./page_address.ts";

/** A page that was drawn. */
export interface OpenPage {
  /** The tab that shows it. */
  readonly tab: Page;
  /** Errors of the console and of scripts, requests that left the disk. */
  readonly faults: string[];
}

/** How a page is looked at. */
export interface Look {
  /** Width of the window in pixels. */
  readonly width?: number | undefined;
  /** What the system asks for. */
  readonly theme?: "light" | "dark" | undefined;
  /** Runs in the page before anything of it. */
  readonly before?: (() => void) | undefined;
}

/** Opens a page from disk and waits until it is drawn. A path may end in a query. */
export async function openPage(
  browser: Browser,
  file: string,
  { width = 1440, theme = "light", before }: Look = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
  const tab = await context.newPage();
  if (before !== undefined) await tab.addInitScript(before);
  const faults: string[] = [];
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on(
    "request",
    (request) => request.url().startsWith("file:") || faults.push(`request of ${request.url()}`),
  );
  await tab.goto(pageAddress(file));
  await tab.waitForSelector("body[data-state]");
  return { tab, faults };
}

/** How often a page is looked at before a test gives up. */
const LOOKS = 500;

/**
 * Looks at a page until an assertion holds: pages draw in frames, observers and events of their own, so that an
 * action ends before its effect is there. Throws what the last look threw.
 */
export async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  for (let count = 1;; count++) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || count === LOOKS) throw error;
      await delay(20);
    }
  }
}

/** Unfolds everything, so that what is folded away is looked at as well; resolves when all have been told. */
export async function unfold(tab: Page): Promise<void> {
  await tab.evaluate(() =>
    Promise.all(
      [...document.querySelectorAll("details:not([open])")].map((details) =>
        new Promise((resolve) => {
          details.addEventListener("toggle", resolve, { once: true });
          (details as HTMLDetailsElement).open = true;
        })
      ),
    )
  );
}

/** What tables are called that are wider than their boxes, which would have to be scrolled sideways. */
export async function sidewaysTables(tab: Page): Promise<string[]> {
  return await tab.locator(".table").evaluateAll((boxes) =>
    boxes.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map((box) => box.getAttribute("aria-label") ?? "")
  );
}

/** Rules of axe that look at colours and are on by default. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** What axe finds on a page. In the dark theme, what colours decide: the rest is what it is in the light one. */
export async function axeViolations(tab: Page, theme: "light" | "dark" = "light"): Promise<string[]> {
  await tab.evaluate(axe.source);
  return await tab.evaluate(async (options) => {
    const page = globalThis as unknown as { readonly axe: typeof axe };
    return (await page.axe.run(document, options)).violations.map(({ id, nodes }) =>
      `${id}: ${
        nodes.slice(0, 3).map(({ html, failureSummary }) =>
          `${html.slice(0, 160)} (${failureSummary?.slice(0, 260)})`
        ).join("; ")
      }`
    );
  }, theme === "light" ? {} : { runOnly: { type: "rule" as const, values: COLOUR_RULES } });
}

/** Fails unless what hostile labels hold has stayed text on a page that shows them. */
export async function requireHostileIsText({ tab, faults }: OpenPage): Promise<void> {
  assert.deepEqual(faults, []);
  assert.equal(await tab.evaluate(() => "pwned" in globalThis), false);
  assert.equal(await tab.locator("main img, main script").count(), 0);
  assert.equal(await tab.locator('a[href^="javascript:" i]').count(), 0);
  const text = await tab.locator("main").innerText();
  assert.ok(text.includes("<script>"));
  assert.ok(!text.includes("\u202E"));
}
