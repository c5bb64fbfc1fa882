/**
 * Plays a block in a page of Chromium: `chromium_relay.ts <order as JSON>`. To its parent this is the child: lines come and go on
 * the two pipes that every child has, what the page prints is printed here, and the browser ends with this process.
 *
 *     parent --- two pipes --- relay --- binding, evaluate --- page: lib/child, adapter
 */
import { chromium } from "playwright-core";
import { openDescriptors } from "../../lib/child/file_descriptors.ts";
import type { RelayOrder } from "../../lib/runner/launchers/relay_order.ts";
import { playPage } from "./chromium_page.ts";
import { BrowserProcesses } from "./processes.ts";
import { serveAgain } from "./serve_folder.ts";
import { takeTabs } from "./tabs.ts";

/** Quiet and offline: nothing that a browser does by itself may reach the network or the CPU. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  // A spare renderer would start in the middle of a phase.
  "--disable-features=SpareRendererForSitePerProcess",
  "--js-flags=--expose-gc",
];

/** A browser that is well closes within a tenth of that. */
const CLOSE_MS = 2000;

const order = JSON.parse(Deno.args[0]!) as RelayOrder;
const channel = openDescriptors(() => Deno.exit(1));
const origin = await serveAgain(order);
// Never a context without a profile: its storage is another implementation, in memory.
const context = await chromium.launchPersistentContext(order.profile, {
  executablePath: order.executable,
  args: FLAGS,
});
const page = context.pages()[0] ?? await context.newPage();
const processes = new BrowserProcesses(Deno.pid);
const processNs = () => processes.cpuNs();
if (order.takesTabs) await takeTabs(context, order.profile, { origin, processNs });
await playPage({ page, origin, channel, processNs, leave: (code) => void leave(code) });

async function leave(code: number): Promise<void> {
  // A browser whose page has crashed may not answer; it goes when this process does.
  const patience = new Promise((resolve) => setTimeout(resolve, CLOSE_MS));
  await Promise.race([context.close().catch(() => {}), patience]);
  Deno.exit(code);
}
