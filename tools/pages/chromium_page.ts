/** Plays a child in a page: carries lines between the page and a channel, and tells the page how much CPU was used. */
import type { Page } from "playwright-core";
import type { Channel } from "../../lib/child/serve.ts";

/** What is played where. */
export interface PlayedPage {
  /** Open, and nowhere yet. */
  readonly page: Page;
  /** Where the bundle is served. */
  readonly origin: string;
  /** To the parent. */
  readonly channel: Pick<Channel, "receive" | "send">;
  /** CPU time of all processes of the browser so far, nanoseconds. */
  readonly processNs: () => number;
  /** Called when the page has taken its leave, with 0, or is gone, with 1. */
  readonly leave: (code: number) => void;
}

/** Plays until the channel is closed. Throws where the page cannot be opened. */
export async function playPage({ page, origin, channel, processNs, leave }: PlayedPage): Promise<void> {
  watch(page, leave);
  await page.goto(`${origin}/`);

  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const hear = (text: string) =>
    cdp.send("Runtime.evaluate", { expression: `watchbenchHear(${JSON.stringify(text)})` });
  /** The page or its browser is not there any more. */
  const gone = (error: unknown): void => {
    console.error(`The page is gone: ${error instanceof Error ? error.message : String(error)}`);
    leave(1);
  };
  const answerCpu = async (): Promise<void> => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "ThreadTime")!.value;
    await hear(`c${JSON.stringify({ callerNs: seconds * 1e9, processNs: processNs() })}`);
  };

  cdp.on("Runtime.bindingCalled", ({ payload }) => {
    if (payload.startsWith("l")) channel.send(payload.slice(1));
    else if (payload === "c") void answerCpu().catch(gone);
    else leave(0);
  });
  await cdp.send("Runtime.enable");
  await cdp.send("Runtime.addBinding", { name: "watchbenchSay" });
  // A module of its own: it defines what `hear` calls before it waits for the first line.
  const { exceptionDetails } = await cdp.send("Runtime.evaluate", {
    expression:
      `performance.mark("watchbench-import"); void import("${origin}/child.js").catch((error) => { ` +
      "setTimeout(() => { throw error; }); })",
  });
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
  await page.waitForFunction(() => "watchbenchHear" in globalThis);

  for (let line = await channel.receive(); line !== undefined; line = await channel.receive()) {
    await hear(`l${line}`).catch(gone);
  }
}

/** What a process would print, and how it would end. */
function watch(page: Page, leave: (code: number) => void): void {
  page.on("console", (message) => console.log(message.text()));
  page.on("pageerror", (error) => {
    // Some libraries throw what has no stack.
    console.error(error.stack || String(error));
    // As in other runtimes an error that nobody catches ends the child.
    leave(1);
  });
  page.on("crash", () => {
    console.error("The page crashed");
    leave(1);
  });
}
