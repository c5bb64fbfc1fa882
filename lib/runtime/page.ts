/** A page of a browser. What a page cannot know, the CPU time of its thread and processes, it asks of the relay. */
import type { RuntimeId } from "../model/runtime.ts";
import type { ChildRuntime, CpuReading } from "./runtime.ts";
import { openPageScreen } from "./page_screen.ts";
import { STAND_STILL_MS } from "./stand_still.ts";
import { watchWebEvents } from "./web_events.ts";

/** What the page gets from outside. */
export interface PageHost {
  /** See `ChildRuntime.readCpu`. */
  readCpu(): Promise<CpuReading>;
  /** See `ChildRuntime.pageStartNs`. */
  readonly pageStartNs: number;
}

/** The runtime of this page. A turn is a message to itself, 5 to 10 us, since `setTimeout(0)` takes 4 ms when nested. */
export function pageRuntime({ readCpu, pageStartNs }: PageHost): ChildRuntime {
  const now = performance.now.bind(performance);
  const timer = globalThis.setTimeout.bind(globalThis);
  const { crossOriginIsolated, gc } = globalThis as { crossOriginIsolated?: boolean; gc?: () => void };
  const { browser, version } = browserOf(navigator.userAgent);
  const { port1, port2 } = new MessageChannel();
  const send = port2.postMessage.bind(port2);
  /** Everybody who waits for the next message. */
  let waiting: (() => void)[] = [];
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting[waiting.length] = resolve;
      send(0);
    });
  port1.onmessage = () => {
    const resolved = waiting;
    waiting = [];
    for (let index = 0; index < resolved.length; index++) resolved[index]!();
  };
  return {
    id: browser,
    facts: {
      runtime: `${browser} ${version}`,
      crossOriginIsolated: String(crossOriginIsolated),
    },
    nowNs: () => now() * 1e6,
    turn,
    sleep: (ms) => new Promise((resolve) => timer(resolve, ms)),
    readCpu,
    pageStartNs,
    openScreen: () => openPageScreen(),
    collectGarbage: () => gc?.(),
    watchBackground: watchWebEvents,
    standStill: async () => {
      // What was said leaves with the end of its task.
      await turn();
      for (const startMs = now(); now() - startMs < STAND_STILL_MS;);
    },
  };
}

/** Which browser it is, by the name that it gives itself. */
function browserOf(userAgent: string): { readonly browser: RuntimeId; readonly version: string } {
  const firefox = /Firefox\/(\S+)/.exec(userAgent)?.[1];
  if (firefox !== undefined) return { browser: "firefox", version: firefox };
  return { browser: "chromium", version: /Chrome\/(\S+)/.exec(userAgent)?.[1] ?? "unknown" };
}
