/**
 * Plays a block in a page of Chromium: `relay.ts <order as JSON>`. To its parent this is the child: lines come and go on
 * the two pipes that every child has, what the page prints is printed here, and the browser ends with this process.
 *
 *     parent --- two pipes --- relay --- binding, evaluate --- page: lib/child, adapter
 */
import { chromium, type Page } from "playwright-core";
import { openDescriptors } from "../../lib/child/file_descriptors.ts";
import { BrowserProcesses } from "./processes.ts";
import { serveFolder } from "./serve_folder.ts";

interface RelayOrder {
  /** Path of Chromium. */
  readonly executable: string;
  /** The folder that the page is served from. */
  readonly bundle: string;
  /** The browser's profile: a new folder, or one that an earlier relay left, which is opened at the same origin. */
  readonly profile: string;
}

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
/** The port is part of the origin, and databases belong to one. */
const PORT_FILE = `${order.profile}.port`;
const channel = openDescriptors(() => Deno.exit(1));
const origin = serveFolder(order.bundle, await formerPort());
await Deno.writeTextFile(PORT_FILE, new URL(origin).port);
// Never a context without a profile: its storage is another implementation, in memory.
const context = await chromium.launchPersistentContext(order.profile, {
  executablePath: order.executable,
  args: FLAGS,
});
const page = context.pages()[0] ?? await context.newPage();
watch(page);
await page.goto(`${origin}/`);

const cdp = await context.newCDPSession(page);
await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
const processes = new BrowserProcesses(Deno.pid);
const hear = (text: string) =>
  cdp.send("Runtime.evaluate", { expression: `watchbenchHear(${JSON.stringify(text)})` });

cdp.on("Runtime.bindingCalled", ({ payload }) => {
  if (payload.startsWith("l")) channel.send(payload.slice(1));
  else if (payload === "c") void answerCpu().catch(gone);
  else void leave(0);
});
await cdp.send("Runtime.enable");
await cdp.send("Runtime.addBinding", { name: "watchbenchSay" });
// A module of its own: it defines what `hear` calls before it waits for the first line.
const { exceptionDetails } = await cdp.send("Runtime.evaluate", {
  expression: `void import("${origin}/child.js").catch((error) => { setTimeout(() => { throw error; }); })`,
});
if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
await page.waitForFunction(() => "watchbenchHear" in globalThis);

for (let line = await channel.receive(); line !== undefined; line = await channel.receive()) {
  await hear(`l${line}`).catch(gone);
}

/** The page or its browser is not there any more. */
function gone(error: unknown): void {
  console.error(`The page is gone: ${error instanceof Error ? error.message : String(error)}`);
  void leave(1);
}

/** Of the relay that made the profile; 0, which is any, for a new one. */
async function formerPort(): Promise<number> {
  try {
    return Number(await Deno.readTextFile(PORT_FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function answerCpu(): Promise<void> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const seconds = metrics.find(({ name }) => name === "ThreadTime")!.value;
  await hear(`c${JSON.stringify({ callerNs: seconds * 1e9, processNs: processes.cpuNs() })}`);
}

/** What a process would print, and how it would end. */
function watch(page: Page): void {
  page.on("console", (message) => console.log(message.text()));
  page.on("pageerror", (error) => {
    // Some libraries throw what has no stack.
    console.error(error.stack || String(error));
    // As in other runtimes an error that nobody catches ends the child.
    void leave(1);
  });
  page.on("crash", () => {
    console.error("The page crashed");
    void leave(1);
  });
}

async function leave(code: number): Promise<void> {
  // A browser whose page has crashed may not answer; it goes when this process does.
  const patience = new Promise((resolve) => setTimeout(resolve, CLOSE_MS));
  await Promise.race([context.close().catch(() => {}), patience]);
  Deno.exit(code);
}
