/** Tests with pages in the system's Chromium; skipped, with the reason said once, where there is none. */
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
 * Declares a test. `write` fills a folder and says where each page is; folder and browser are gone after the steps.
 */
export function browserTest<Name extends string>(
  name: string,
  write: (folder: string) => Promise<(page: Name) => string>,
  steps: (t: Deno.TestContext, open: Open<Name>) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: "reason" in found,
    fn: async (t) => {
      if ("reason" in found) return;
      const folder = Deno.makeTempDirSync({ prefix: "watchbench-pages-" });
      const browser = await launchChromium(found.path);
      try {
        const fileOf = await write(folder);
        await steps(t, (page, width, theme) => openPage(browser, fileOf(page), { width, theme }));
      } finally {
        await browser.close();
        Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}
