/**
 * `deno task bench:site [site]`: how soon the first page of a site can be used, in the system's Chromium, on a CPU that
 * is slowed down. A page can be used when it is drawn and no task holds the main thread any more.
 */
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { CHOICE_PAGE } from "../pages/run_address.ts";
import { findChromium, launchChromium } from "./chromium.ts";
import { pageAddress } from "./page_address.ts";

/** A phone of the middle against a desktop, as Lighthouse slows pages down. */
const SLOWDOWN = 4;
const LOADS = 9;
const MOST_MS = 1000;

/** How long nothing long may happen before a page counts as quiet. */
const QUIET_MS = 500;

/** One load of a page, with nothing cached. Times in ms since it was asked for. */
export interface Load {
  readonly drawnMs: number;
  /** End of the last long task, or drawn where there was none after it. */
  readonly usableMs: number;
  /** The longest task, 0 when none took 50 ms. */
  readonly longestTaskMs: number;
  /** From a click that changes a choice to the second frame after it. */
  readonly changeMs: number;
}

/** What the page keeps while it is loaded. */
interface Watched {
  drawnMs?: number;
  readonly tasks: { readonly startTime: number; readonly duration: number }[];
}

/** Loads a page once, slowed down, and changes a choice. */
export async function loadSlowly(browser: Browser, file: string, slowdown: number): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  try {
    const tab = await context.newPage();
    const devtools = await context.newCDPSession(tab);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await tab.addInitScript(() => {
      const watched: Watched = { tasks: [] };
      Object.assign(globalThis, { watched });
      new PerformanceObserver((list) => watched.tasks.push(...list.getEntries()))
        .observe({ type: "longtask", buffered: true });
      new MutationObserver(() => {
        if (document.body?.dataset["state"] === "drawn") watched.drawnMs ??= performance.now();
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
    });
    await tab.goto(pageAddress(file));
    await tab.waitForSelector("body[data-state=drawn]");
    const { drawnMs, tasks } = await tab.evaluate(async (quietMs) => {
      const { watched } = globalThis as unknown as { readonly watched: Watched };
      const endMs = (): number =>
        watched.tasks.reduce((last, { startTime, duration }) => Math.max(last, startTime + duration), 0);
      while (performance.now() - Math.max(endMs(), watched.drawnMs ?? 0) < quietMs) {
        await new Promise((done) => setTimeout(done, 50));
      }
      return {
        drawnMs: watched.drawnMs!,
        tasks: watched.tasks.map(({ startTime, duration }) => ({ startTime, duration })),
      };
    }, QUIET_MS);
    const changeMs = await tab.evaluate(async () => {
      const frame = (): Promise<number> => new Promise(requestAnimationFrame);
      await frame();
      const startMs = performance.now();
      document.querySelector<HTMLElement>(".choice-chip")!.click();
      await frame();
      await frame();
      return performance.now() - startMs;
    });
    const ends = tasks.map(({ startTime, duration }) => startTime + duration);
    return {
      drawnMs,
      usableMs: Math.max(drawnMs, ...ends),
      longestTaskMs: Math.max(0, ...tasks.map(({ duration }) => duration)),
      changeMs,
    };
  } finally {
    await context.close();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) {
  const [site = "_site"] = Deno.args;
  const file = join(resolve(site), CHOICE_PAGE);
  const found = findChromium();
  if ("reason" in found) {
    console.error(`Cannot measure the page as ${found.reason}`);
    Deno.exit(1);
  }
  try {
    Deno.statSync(file);
  } catch {
    console.error(`Cannot measure the page as there must be one: ${file} is missing. Write it with deno task site`);
    Deno.exit(2);
  }
  const browser = await launchChromium(found.path);
  try {
    const loads: Load[] = [];
    for (let load = 0; load < LOADS; load++) loads.push(await loadSlowly(browser, file, SLOWDOWN));
    const of = (name: keyof Load): string => {
      const values = loads.map((load) => load[name]);
      return `${Math.round(median(values))} ms (${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))})`;
    };
    const usableMs = median(loads.map((load) => load.usableMs));
    console.log(
      [
        `${file}, ${LOADS} loads with an empty cache, CPU ${SLOWDOWN} times slower, Chromium ${browser.version()}`,
        `drawn         ${of("drawnMs")}`,
        `usable        ${of("usableMs")}`,
        `longest task  ${of("longestTaskMs")}`,
        `a choice      ${of("changeMs")}`,
        `usable within ${MOST_MS} ms: ${usableMs <= MOST_MS ? "yes" : "no"}`,
      ].join("\n"),
    );
    Deno.exitCode = usableMs <= MOST_MS ? 0 : 1;
  } finally {
    await browser.close();
  }
}
