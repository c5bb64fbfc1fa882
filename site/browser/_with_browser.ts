/** Tests with pages in the system's Chromium; skipped, with the reason said once, where there is none. */
import type { Browser } from "playwright-core";
import { type OpenPage, openPage } from "./_page.ts";
import { findChromium, launchChromium } from "./chromium.ts";

const found = findChromium();
if ("reason" in found) console.error(`Browser tests are skipped as ${found.reason}`);

/** Opens one of the pages that were written, 1440 pixels wide and light unless told otherwise. */
export type Open<Name extends string> = (
  page: Name,
  width?: number,
  theme?: "light" | "dark",
) => Promise<OpenPage>;

/**
 * Declares a test: what is opened in it is closed when its steps are done. `before` runs in every page before anything of
 * it.
 */
export type BrowserTest<Name extends string> = (
  name: string,
  steps: (t: Deno.TestContext, open: Open<Name>) => Promise<void>,
  before?: () => void,
) => void;

/**
 * What declares the tests of a file. `write` fills a folder before the first of them, and says where each page is; folder
 * and browser are gone after the last.
 */
export function browserTests<Name extends string>(
  write: (folder: string) => Promise<(page: Name) => string>,
): BrowserTest<Name> {
  if ("reason" in found) return (name) => Deno.test({ name, ignore: true, fn: () => {} });
  let folder: string | undefined;
  let browser: Browser | undefined;
  let fileOf: (page: Name) => string;
  Deno.test.beforeAll(async () => {
    folder = Deno.makeTempDirSync({ prefix: "watchbench-pages-" });
    fileOf = await write(folder);
    browser = await launchChromium(found.path);
  });
  Deno.test.afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) Deno.removeSync(folder, { recursive: true });
  });
  return (name, steps, before) =>
    Deno.test(name, async (t) => {
      try {
        await steps(t, (page, width, theme) => openPage(browser!, fileOf(page), { width, theme, before }));
      } finally {
        for (const context of browser!.contexts()) await context.close();
      }
    });
}
