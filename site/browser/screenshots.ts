/** `deno task screenshots <site> <out>`: pictures of a report's pages, in both themes and two widths. */
import { join, resolve } from "node:path";
import { runHref } from "../pages/run_address.ts";
import { findChromium, launchChromium } from "./chromium.ts";
import { pageAddress } from "./page_address.ts";

const SIZES = [["desktop", 1440, 900], ["phone", 390, 844]] as const;
const THEMES = ["light", "dark"] as const;

/** Addresses of the pages to picture, seen from the site: the lists, the newest run's page, and each experiment's. */
function pagesOf(site: string): string[] {
  const top = ["index.html", "runs.html", "history.html", "devices.html", "runtimes.html", "experiments.html"].filter((name) =>
    exists(join(site, name))
  );
  const pagesIn = (folder: string): string[] =>
    exists(join(site, folder))
      ? [...Deno.readDirSync(join(site, folder))].map(({ name }) => `${folder}/${name}`).sort()
      : [];
  const newest = exists(join(site, "data"))
    ? [...Deno.readDirSync(join(site, "data"))].flatMap(({ name }) =>
      /^record-(.+)\.js$/.exec(name)?.[1] ?? []
    )
      .sort().at(-1)
    : undefined;
  return [...top, ...(newest === undefined ? [] : [runHref(newest)]), ...pagesIn("experiments")];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const [site, out] = Deno.args;
  if (site === undefined || out === undefined) {
    console.error("Cannot take pictures without two folders: deno task screenshots <site> <out>");
    Deno.exit(2);
  }
  const found = findChromium();
  if ("reason" in found) {
    console.error(`Cannot take pictures as ${found.reason}`);
    Deno.exit(1);
  }
  Deno.mkdirSync(out, { recursive: true });
  const browser = await launchChromium(found.path);
  try {
    for (const page of pagesOf(site)) {
      for (const [sizeName, width, height] of SIZES) {
        for (const colorScheme of THEMES) {
          const context = await browser.newContext({ viewport: { width, height }, colorScheme });
          const tab = await context.newPage();
          await tab.goto(pageAddress(resolve(site, page)));
          await tab.waitForSelector("body[data-state]");
          const name = `${
            page.replace(/\?.*/, "").replace("experiments/", "experiment-").replace(".html", "")
          }-${sizeName}-${colorScheme}.png`;
          await tab.screenshot({ path: join(out, name), fullPage: true });
          console.log(join(out, name));
          await context.close();
        }
      }
    }
  } finally {
    await browser.close();
  }
}
